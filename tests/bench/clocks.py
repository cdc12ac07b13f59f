"""Timers: so many wait, and those that are due are found and taken away 500 at a time, each slice one transaction."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from engine import schema, timers, writing
from engine.ids import bucket_of
from engine.sets import many
from engine.store import Store, open_store
from tests.bench.figures import FULL, Figure

TIMERS = 1_000_000 if FULL else 50_000
SLICE = 10_000
CLAIMED = 40
"""Slices that are taken away: after the first, each takes as long as the next."""

NOW = 1_000_000_000


def measure() -> list[Figure]:
    """Timers claimed a second."""
    took = sorted(asyncio.run(_claim()))
    rates = [timers.AT_ONCE / seconds for seconds in took]
    return [Figure(f"timers claimed a second, of {TIMERS:,}", rates[len(rates) // 2], "/s", rates[-1], rates[0])]


async def _claim() -> list[float]:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "bench.sqlite")
        try:
            for first in range(0, TIMERS, SLICE):
                await store.write(partial(_load, first=first))
            return [await _take(store) for _ in range(CLAIMED)]
        finally:
            await store.close()


def _load(connection: Connection, first: int) -> None:
    many(connection, insert(schema.timer), list(_rows(first)))


def _rows(first: int) -> Iterator[dict[str, Any]]:
    """Each of another session; every other one is due."""
    for number in range(first, first + SLICE):
        due_at = NOW + (number if number % 2 else -number)
        key = {"bucket": bucket_of(number), "box_id": number, "session_id": number}
        yield {**key, "name": "remind:0", "guard": 1, "after": None, "due_at": due_at}


async def _take(store: Store) -> float:
    """Seconds for one slice, found and taken away."""
    begun = time.perf_counter()
    async with store.read() as connection:
        due = (await connection.execute(timers._DUE, {"now": NOW})).all()
    assert len(due) == timers.AT_ONCE
    keys = [
        {"in_bucket": row.bucket, "in_box": row.box_id, "in_session": row.session_id, "named": row.name} for row in due
    ]
    await store.write(lambda c: many(c, writing._FIRED, keys))
    return time.perf_counter() - begun
