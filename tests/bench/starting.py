"""A flow begins for many: until the last of the first questions is in the outbox, and how long whoever writes waits.

No gateway takes anything, so that the figure is of the beginning alone; the database is a file with `synchronous=FULL`.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import func, select

from channels.gsm7 import measure as parts_of
from commands.listening import spare_memory
from engine import schema
from engine.audience import Audience
from engine.clock import SystemClock
from engine.delivery import Down, Message, Outcome
from engine.facts import Record
from engine.ids import Ids
from engine.inbox import Arrival
from engine.library import Library
from engine.opening import open_store
from engine.orders import Order
from engine.phrases import load
from engine.registry import Registry
from engine.runtime import Runtime, Setup
from grammar.loader import load_text
from tests.bench.figures import FULL, Figure

WORKERS = 100_000 if FULL else 5_000
FLOW = """\
flow flash: Flash survey
    languages: en
    start on word FLASH
    remind after 4 hours
    give up after 2 days: stop as no_answer

ask has_ors: {worker.first_name}, do you have ORS packets at your facility today?
    1. yes: Yes
    2. no: No
say: Thank you.
"""
WRITE_EVERY = 0.05


class _Nowhere:
    """A gateway that cannot be reached."""

    async def send(self, message: Message) -> Outcome:
        return Down("nobody is there")


def measure() -> list[Figure]:
    """Seconds for all, and how long a message waits meanwhile."""
    seconds, waited = asyncio.run(_start())
    waited.sort()
    rate = WORKERS / seconds
    p99 = waited[len(waited) * 99 // 100] * 1000
    return [
        Figure(f"a flow begins for {WORKERS:,} workers", seconds, "s", seconds, seconds),
        Figure("workers for whom it begins a second", rate, "/s", rate, rate),
        Figure(
            "99 of 100 who write meanwhile answered within",
            p99,
            "ms",
            waited[-1] * 1000,
            statistics.median(waited) * 1000,
        ),
    ]


async def _start() -> tuple[float, list[float]]:
    with tempfile.TemporaryDirectory() as folder:
        clock, library = SystemClock(), Library(load())
        store, ids = open_store(Path(folder) / "bench.sqlite"), Ids(clock)
        registry = Registry(store, ids, clock)
        setup = Setup({"sms": _Nowhere()}, parts_of, zone="Africa/Monrovia")
        runtime = Runtime(store, registry, library, setup, ids, clock)
        await registry.put_workers(_workers())
        spare_memory()  # as a server does before it begins
        await runtime.start()
        await runtime.broadcasts.stop()  # it is begun by hand, so that nobody has to look whether it is over
        compiled = load_text(FLOW, "flash.flow").compiled
        assert compiled is not None
        await runtime.publish(compiled.programs[0])
        try:
            took = await _broadcast(runtime)
            async with store.read() as connection:
                reached = await connection.scalar(select(func.count()).select_from(schema.outbox)) or 0
            assert reached >= WORKERS, f"only {reached} of {WORKERS} were reached"
            return took
        finally:
            await runtime.stop(1)
            await store.close()


async def _broadcast(runtime: Runtime) -> tuple[float, list[float]]:
    waited: list[float] = []
    writing = asyncio.create_task(_write(runtime, waited))
    await runtime.broadcasts.orders.place(Order(Audience("all"), "flash"), "bench")
    begun = time.perf_counter()
    await runtime.broadcasts.send_due()
    seconds = time.perf_counter() - begun
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    return seconds, waited


async def _write(runtime: Runtime, waited: list[float]) -> None:
    """Somebody else writes, again and again."""
    for key in range(1_000_000):
        begun = time.perf_counter()
        await runtime.accept(Arrival("sms", str(key), "+231880000001", "HELP"))
        waited.append(time.perf_counter() - begun)
        await asyncio.sleep(WRITE_EVERY)


def _workers() -> Iterator[Record]:
    for n in range(WORKERS):
        yield {"id": f"w{n}", "name": f"Worker {n}", "phone": f"+23177{n:07}", "language": "en", "groups": "all"}
