"""A pool is closed when every connection is back, and each comes back: even where whoever wanted it is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from engine.store import StoreError

_BACK_WITHIN = 0.5
"""Seconds.  A database that does not answer keeps nobody from stopping."""

_CLOSED_WITHIN = 0.25
"""Seconds for the last words to it."""

TASK = "a connection comes or goes"
"""The name of tasks that nobody should cancel: half a connection cannot be given back."""


class Pool:
    """The connections of an engine, lent one by one.  `name`: of the database, as messages say it."""

    def __init__(self, engine: AsyncEngine, name: str) -> None:
        self._engine = engine
        self._name = name
        self._closed = False
        self._out: set[asyncio.Task[None]] = set()
        self._lent = 0
        self._all_back = asyncio.Event()
        self._all_back.set()

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[AsyncConnection]:
        """A connection, for as long as the block runs."""
        connection = await self.borrow()
        try:
            yield connection
        finally:
            await self.give_back(connection)

    async def borrow(self) -> AsyncConnection:
        """A connection, to be given back; raises what connecting raises, and StoreError once the pool is closed."""
        if self._closed:
            raise StoreError(f"{self._name} is closed.")
        getting = asyncio.create_task(self._get(), name=TASK)
        try:
            return await asyncio.shield(getting)
        except asyncio.CancelledError:
            # Whoever is cancelled leaves the rest to the task that gets it.
            getting.add_done_callback(self._unwanted)
            raise

    async def give_back(self, connection: AsyncConnection) -> None:
        """It goes back though whoever gives it is cancelled."""
        await asyncio.shield(self._close(connection))

    async def close(self) -> int:
        """Wait for those that are out: what comes back later would be closed by nobody.  How many did not come back?"""
        self._closed = True
        with suppress(TimeoutError):
            async with asyncio.timeout(_BACK_WITHIN):
                await self._all_back.wait()
        left = self._lent
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSED_WITHIN):
                await self._engine.dispose()
        return left

    async def _get(self) -> AsyncConnection:
        self._lent += 1
        self._all_back.clear()
        try:
            return await self._engine.connect()
        except BaseException:
            self._is_back()
            raise

    def _unwanted(self, getting: asyncio.Task[AsyncConnection]) -> None:
        if not getting.cancelled() and getting.exception() is None:
            self._close(getting.result())

    def _close(self, connection: AsyncConnection) -> asyncio.Task[None]:
        closing = asyncio.create_task(self._return(connection), name=TASK)
        self._out.add(closing)
        closing.add_done_callback(self._out.discard)
        return closing

    async def _return(self, connection: AsyncConnection) -> None:
        try:
            with suppress(OSError, DBAPIError):  # it may be gone
                await connection.close()
        finally:
            self._is_back()

    def _is_back(self) -> None:
        self._lent -= 1
        if not self._lent:
            self._all_back.set()
