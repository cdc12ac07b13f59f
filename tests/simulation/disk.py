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
from pathlib import Path
from random import Random
from typing import Any, Protocol, TypeVar, cast

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from engine import schema, writer
from engine.store import Store, StoreError
from engine.vault import Vault
from tests.simulation.driver import Driver
from tests.simulation.loop import SimulatedLoop

T = TypeVar("T")
COMMIT = (0.02, 0.5, 1.0, 1.0)
"""Seconds that a transaction takes at most, one of these for a process: what is slow makes large batches."""

_Job = tuple[int, int, Callable[[Connection], Any], "asyncio.Future[Any]"]


class CrashError(Exception):
    """The process ends here.  No BaseException: for one SQLAlchemy throws the connection away, and the disk with it."""


class Place(Protocol):
    """Where a store is.  `shared`: there are other processes.  `committed`: told after every transaction."""

    vault: Vault
    loop: SimulatedLoop
    shared: bool

    def committed(self) -> None: ...


class Drive:
    """Where the disk of the present simulation is put in."""

    def __init__(self) -> None:
        self.image = b""
        self.put_in(_blank())

    def put_in(self, raw: sqlite3.Connection) -> None:
        """From now on this is the disk."""
        self.raw = raw
        self.reading = cast("Connection", Driver(raw, _nothing))


def _nothing() -> None:
    """Nobody counts what is read."""


def _blank() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", isolation_level=None, cached_statements=1_024)


@cache
def drive() -> Drive:
    """One for the process."""
    return Drive()


def empty_disk() -> sqlite3.Connection:
    """A disk with our tables."""
    raw = _blank()
    drive().put_in(raw)
    schema.metadata.create_all(create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool))
    return raw


def copied(image: bytes) -> sqlite3.Connection:
    """A disk with this on it: the last one, wiped, so that what was said to it need not be read by SQLite again."""
    raw = drive().raw
    if drive().image is not image:
        drive().image = image
        raw = _blank()
        raw.deserialize(image)
        raw.execute("ATTACH ':memory:' AS pristine")
        raw.deserialize(image, name="pristine")
    else:
        raw.execute("BEGIN")
        for table in schema.metadata.tables:
            raw.execute(f"DELETE FROM main.{table}")
            raw.execute(f"INSERT INTO main.{table} SELECT * FROM pristine.{table}")
        raw.execute("COMMIT")
    drive().put_in(raw)
    return raw


def replaced(file: Path) -> None:
    """From now on the present disk holds what a database file does.  Its rows are numbered anew."""
    raw = drive().raw
    raw.execute("ATTACH ? AS file", (str(file),))
    raw.execute("BEGIN")
    for table in schema.metadata.tables:
        raw.execute(f"DELETE FROM main.{table}")
        raw.execute(f"INSERT INTO main.{table} SELECT * FROM file.{table}")
    raw.execute("COMMIT")
    raw.execute("DETACH file")


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
    `until_crash`: so many statements, 0 for none.  `dead`: the process has ended.
    """

    new_key = None

    def __init__(self, place: Place, chance: Random) -> None:
        self.name = "the simulated disk"
        self.vault = place.vault
        self.shared = place.shared
        self.full = False
        self.dead = False
        self.crashed = False
        self.until_crash = 0
        self._place = place
        self._loop = place.loop
        self._chance = chance
        self._jobs: list[_Job] = []
        self._order = itertools.count()
        self._busy = False
        self._slowest = chance.choice(COMMIT)
        self._writer = Driver(drive().raw, self._count)

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
                result = work(cast("Connection", self._writer))
        except sqlite3.OperationalError as error:
            raise StoreError(f"It cannot be written: {error}. Nothing was stored.") from error
        self._place.committed()
        return result

    def _count(self) -> None:
        if self.until_crash:
            self.until_crash -= 1
            if not self.until_crash:
                raise CrashError

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Any]:
        """See `Store.read`."""
        await asyncio.sleep(0)
        yield Reading(drive().reading)

    async def close(self) -> None:
        """Let go of the disk."""
        self.die()

    def die(self) -> None:
        """The process has ended; the disk stays."""
        self.dead = True


def _give(future: asyncio.Future[T], result: T) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[Any], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
