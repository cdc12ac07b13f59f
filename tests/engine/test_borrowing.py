"""Whoever is cancelled while he waits for a connection, or while he has one, leaves none behind."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from engine.sqlite import SqliteStore
from engine.store import open_store


@pytest.mark.parametrize("turns", range(0, 40, 3))
async def test_a_connection_goes_back(tmp_path: Path, turns: int) -> None:
    store = open_store(tmp_path / "test.sqlite")
    assert isinstance(store, SqliteStore)

    async def read() -> None:
        async with store.read() as connection:
            await connection.scalar(text("SELECT count(*) FROM meta"))

    reading = asyncio.create_task(read())
    for _ in range(turns):
        await asyncio.sleep(0)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    assert store._readers.pool.checkedout() == 0  # type: ignore[attr-defined]
    await store.close()
