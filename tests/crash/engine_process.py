"""An engine in a process of its own that can be killed: reads deliveries, prints the key of each that is committed.

Run as `python -m tests.crash.engine_process FOLDER`; a line on its input is "key number text".  What its gateway is
handed it appends to FOLDER/sent, one line a message: "ref recipient".  A message DEADLY ends it at once, as a fault in
a library of C would.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import structlog

from engine import box
from engine.clock import SystemClock
from engine.delivery import Message, Outcome, Sent
from engine.ids import Ids
from engine.inbox import Arrival
from engine.library import Library
from engine.opening import open_store
from engine.phrases import load
from engine.registry import Registry
from engine.runtime import Runtime, Setup
from engine.view import View
from grammar.loader import load_text

WORKERS = 40
NUMBERS = [f"+2317700003{number:02}" for number in range(WORKERS)]
FLOW = """
    flow survey: Survey
        languages: en
        channels: sms
        start on word SURVEY
    say: Hello.
    ask cases: How many cases?
        answer: whole number from 0 to 500
    ask problem: What is the problem?
        answer: text up to 300 letters
    say: Thank you.
"""


class Notebook:
    """A gateway that has a message on the disk before it says so."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    async def send(self, message: Message) -> Outcome:
        await asyncio.sleep(0)
        os.write(self._handle, f"{message.ref} {message.recipient}\n".encode())
        await asyncio.sleep(0)
        return Sent()


DEADLY = "DEADLY"


def let_one_be_deadly() -> None:
    """Whoever steps it dies of it."""
    real = box.receive

    def receive(view: View, text: str, *rest: Any, **more: Any) -> list[box.Applied]:
        if text == DEADLY:
            os._exit(9)
        return real(view, text, *rest, **more)

    box.receive = receive


async def main(folder: Path) -> None:
    let_one_be_deadly()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # what is printed are keys
    clock = SystemClock()
    ids = Ids(clock)
    store = open_store(folder / "test.sqlite")
    registry = Registry(store, ids, clock)
    await registry.put_workers({"id": number, "phone": number} for number in NUMBERS)
    setup = Setup({"sms": Notebook(folder / "sent")}, lambda _: ("gsm7", 1))
    runtime = Runtime(store, registry, Library(load()), setup, ids, clock)
    loaded = load_text(dedent(FLOW), "survey.flow")
    assert loaded.compiled is not None
    await runtime.publish(loaded.compiled.programs[0])
    await runtime.start()
    await serve(runtime)
    await runtime.stop()
    await store.close()


async def serve(runtime: Runtime) -> None:
    async with asyncio.TaskGroup() as group:
        while line := await asyncio.to_thread(sys.stdin.readline):
            group.create_task(take(runtime, *line.strip().split(" ", 2)))


async def take(runtime: Runtime, key: str, number: str, text: str) -> None:
    await runtime.accept(Arrival("sms", key, number, text))
    os.write(1, f"{key}\n".encode())


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
