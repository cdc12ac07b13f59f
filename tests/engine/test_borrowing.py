"""Whoever is cancelled while he waits for a connection, or has one, leaves none behind; nor does a closing store."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from engine.opening import open_store
from engine.store import Store
from tests.engine import motion

world = motion.world  # its tests run on both databases


async def reading(store: Store, has_it: asyncio.Event | None = None) -> None:
    async with store.read() as connection:
        await connection.scalar(text("SELECT count(*) FROM meta"))
        if has_it:
            has_it.set()
            await asyncio.Event().wait()


def lent(store: Store) -> Any:
    """The pool of those who read it; it is another one after the store was closed."""
    lender = store._pool if store.shared else store._readers  # type: ignore[attr-defined]
    return lender._engine.pool


@pytest.mark.parametrize("turns", range(0, 40, 3))
async def test_a_connection_goes_back(tmp_path: Path, turns: int) -> None:
    store = open_store(*motion.place(tmp_path))
    pool = lent(store)
    task = asyncio.create_task(reading(store))
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await store.close()
    assert pool.checkedout() == 0


async def test_a_store_that_closes_waits_for_connections_that_are_out(tmp_path: Path) -> None:
    store = open_store(*motion.place(tmp_path))
    pool, has_it = lent(store), asyncio.Event()
    task = asyncio.create_task(reading(store, has_it))
    await has_it.wait()
    closing = asyncio.create_task(store.close())
    await asyncio.sleep(0.05)
    task.cancel()
    await closing
    assert pool.checkedout() == 0
    assert pool.checkedin() == 0
    assert task.cancelled()
