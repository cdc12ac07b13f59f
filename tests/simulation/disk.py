"""The disk of a simulation, and the store upon it: a database in memory that is there after any crash of the process.

A transaction runs whole, on the loop, and takes virtual time.  A crash in it rolls it back, one after COMMIT does not.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from random import Random
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import StaticPool

from engine import schema, writer
from engine.store import Store, StoreError
from engine.vault import Vault
from tests.simulation.loop import SimulatedLoop

T = TypeVar("T")
COMMIT = (0.02, 0.5, 1.0, 1.0)
"""Seconds that a transaction takes at most, one of these for a process: what is slow makes large batches."""

_Job = tuple[int, int, Callable[[Connection], Any], "asyncio.Future[Any]"]


class CrashError(Exception):
    """The process ends here.  No BaseException: for one SQLAlchemy throws the connection away, and the disk with it."""


class Drive:
    """Where the disk of the present simulation is put in: statements are compiled once for all of them."""

    def __init__(self) -> None:
        self.raw = sqlite3.connect(":memory:")
        self.writing = self._engine()
        self.reading = self._engine()
        self.until_crash = 0
        event.listen(self.writing, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        event.listen(self.writing, "before_cursor_execute", self._count)

    def _engine(self) -> Engine:
        return create_engine("sqlite://", creator=lambda: self.raw, poolclass=StaticPool)

    def put_in(self, raw: sqlite3.Connection) -> None:
        """From now on this is the disk."""
        self.writing.dispose()
        self.reading.dispose()
        self.raw = raw
        self.until_crash = 0

    def _count(self, *_: Any) -> None:
        if self.until_crash:
            self.until_crash -= 1
            if not self.until_crash:
                raise CrashError


@cache
def drive() -> Drive:
    """One for the process."""
    return Drive()


def empty_disk() -> sqlite3.Connection:
    """A disk with our tables."""
    raw = sqlite3.connect(":memory:", isolation_level=None)
    drive().put_in(raw)
    with drive().writing.begin() as connection:
        schema.metadata.create_all(connection)
    return raw


def copied(image: bytes) -> sqlite3.Connection:
    """A disk with this on it."""
    raw = sqlite3.connect(":memory:", isolation_level=None)
    raw.deserialize(image)
    drive().put_in(raw)
    return raw


class Reading:
    """What of an asynchronous connection the engine uses."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def execute(self, *statement: Any) -> Any:
        return self._connection.execute(*statement)

    async def scalar(self, *statement: Any) -> Any:
        return self._connection.scalar(*statement)

    async def scalars(self, *statement: Any) -> Any:
        return self._connection.scalars(*statement)

    async def run_sync(self, work: Callable[..., T], *rest: Any) -> T:
        return work(self._connection, *rest)


class SimulatedStore(Store):
    """One process's store.  `full`: the disk is, and nothing can be written.  `crashed`: it ended in a transaction.
    `dead`: the process has ended.
    """

    shared = False
    new_key = None

    def __init__(self, vault: Vault, loop: SimulatedLoop, chance: Random) -> None:
        self.name = "the simulated disk"
        self.vault = vault
        self.full = False
        self.dead = False
        self.crashed = False
        self.commits = 0
        self._loop = loop
        self._chance = chance
        self._jobs: list[_Job] = []
        self._order = itertools.count()
        self._busy = False
        self._slowest = chance.choice(COMMIT)
        self._writer = drive().writing.connect()
        self._reader = drive().reading.connect()

    async def write(self, work: Callable[[Connection], T], urgency: int = writer.BULK) -> T:
        """See `Store.write`."""
        if self.dead:
            raise asyncio.CancelledError
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._jobs, (urgency, next(self._order), work, future))
        if not self._busy:
            self._busy = True
            self._loop.call_later(self._chance.random() * self._slowest, self._turn)
        return await future

    def _turn(self) -> None:
        if not self._jobs:
            self._busy = False
            return
        _, _, work, future = heapq.heappop(self._jobs)
        if not future.cancelled():  # from here on, a caller who is gone changes nothing
            try:
                result = self._transact(work)
            except CrashError:
                self.crashed = True
                return
            except Exception as error:  # noqa: BLE001  (whoever waits gets it, whatever it is)
                self._loop.call_soon(_fail, future, error)
            else:
                self._loop.call_soon(_give, future, result)
        self._loop.call_later(self._chance.random() * self._slowest, self._turn)

    def _transact(self, work: Callable[[Connection], T]) -> T:
        if self.full:
            raise StoreError("The disk is full. Nothing was stored.")
        try:
            with self._writer.begin():
                result = work(self._writer)
        except OperationalError as error:
            raise StoreError(f"It cannot be written: {error.orig}. Nothing was stored.") from error
        self.commits += 1
        return result

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Any]:
        """See `Store.read`."""
        await asyncio.sleep(0)
        try:
            yield Reading(self._reader)
        finally:
            self._reader.rollback()

    async def close(self) -> None:
        """Let go of the disk."""
        self.die()

    def die(self) -> None:
        """The process has ended; the disk stays."""
        self.dead = True
        self._writer.close()
        self._reader.close()


def _give(future: asyncio.Future[T], result: T) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[Any], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
