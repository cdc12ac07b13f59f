"""A database with very many conversations that sleep, each with its timer: written by statements, not by conversations.

Only the workers who are in it write; the others' rows are as long as real ones, and nobody opens them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from channels.gsm7 import measure as parts_of
from commands import flows
from engine import schema
from engine.clock import SystemClock
from engine.delivery import Down, Message, Outcome
from engine.facts import Record
from engine.ids import Ids, bucket_of
from engine.opening import open_store
from engine.registry import Registry
from engine.runtime import Runtime, Setup
from engine.sets import many
from engine.store import Store

CONVERSATIONS = int(os.environ.get("BENCH_CONVERSATIONS", "1000000"))
WRITERS = 200
SLICE = 10_000
SEALED = 330
"""Bytes of a stored conversation with three answers."""


class Nowhere:
    """A gateway that cannot be reached."""

    async def send(self, message: Message) -> Outcome:
        """Nothing is taken."""
        return Down("nobody is there")


async def build(path: Path, due_at: int) -> None:
    """The database, with all timers due at one moment (ms UTC)."""
    store = open_store(path)
    clock = SystemClock()
    ids = Ids(clock)
    await Registry(store, ids, clock).put_workers(_writers())
    for begin in range(0, CONVERSATIONS, SLICE):
        numbers = range(begin, min(begin + SLICE, CONVERSATIONS))
        await store.write(lambda c, numbers=numbers: _fill(c, numbers, ids, due_at))  # type: ignore[misc]
    await store.close()


def runtime(store: Store) -> Runtime:
    """An engine over the database, with one flow to come."""
    clock = SystemClock()
    ids = Ids(clock)
    _, library = flows.one("flows/cholera_flash.flow")
    return Runtime(store, Registry(store, ids, clock), library, Setup({"line": Nowhere()}, parts_of), ids, clock)


def phone(number: int) -> str:
    """The number of a worker who writes."""
    return f"+23159{number:07}"


def _writers() -> Iterator[Record]:
    for n in range(WRITERS):
        yield {"id": f"w{n}", "name": f"Worker {n}", "phone": phone(n), "language": "en"}


def _fill(connection: Connection, numbers: range, ids: Ids, due_at: int) -> None:
    keys = [(ids.new(), ids.new()) for _ in numbers]
    many(connection, insert(schema.box), [{"bucket": bucket_of(box), "box_id": box} for box, _ in keys])
    many(connection, insert(schema.session), list(_sessions(keys)))
    many(connection, insert(schema.timer), [_timer(box, session, due_at) for box, session in keys])


def _sessions(keys: list[tuple[int, int]]) -> Iterator[dict[str, Any]]:
    state = os.urandom(SEALED)
    for box, session in keys:
        yield {
            "bucket": bucket_of(box),
            "box_id": box,
            "session_id": session,
            "worker_id": f"w{session}",
            "program": "p" * 64,
            "status": "sleeping",
            "seq": 4,
            "wait": 3,
            "line_id": box,
            "answered": 3,
            "state": state,
            "same": f"{session:032x}",
            "started_at": 0,
            "changed_at": 0,
        }


def _timer(box: int, session: int, due_at: int) -> dict[str, Any]:
    """Of an earlier wait, so that it is claimed and gives nothing."""
    return {
        "bucket": bucket_of(box),
        "box_id": box,
        "session_id": session,
        "name": "remind:0",
        "guard": 1,
        "after": None,
        "due_at": due_at,
    }
