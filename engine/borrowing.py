"""A connection that is borrowed from a pool goes back to it, even where whoever wanted it is cancelled meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


async def borrow(engine: AsyncEngine) -> AsyncConnection:
    """A connection, to be closed by whoever gets it."""
    getting = asyncio.create_task(_get(engine))
    try:
        return await asyncio.shield(getting)
    except asyncio.CancelledError:
        # Half a connection cannot be given back: it is waited for, and then it can.
        await asyncio.wait([getting])
        if not getting.cancelled() and getting.exception() is None:
            await getting.result().close()
        raise


@asynccontextmanager
async def borrowed(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection, for as long as the block runs."""
    connection = await borrow(engine)
    try:
        yield connection
    finally:
        await asyncio.shield(asyncio.create_task(connection.close()))


async def _get(engine: AsyncEngine) -> AsyncConnection:
    return await engine.connect()
