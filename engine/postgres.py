"""PostgreSQL: any number of processes on one database; what a transaction returned for is committed there.

Whoever writes rows of a box locks it first (`engine.locks`), so that nobody waits in a circle.  A transaction that the
server itself took back, that a lost connection cut off before its COMMIT, or that needs more boxes than it locked, is
done again.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from socket import gaierror
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from engine import founding, writer
from engine.attending import attended
from engine.borrowing import Pool
from engine.locks import MoreError, foresee
from engine.store import DoubtError, Readable, Store, StoreError, reason_of
from engine.vault import Vault

T = TypeVar("T")

_CONNECTIONS = 8
_STATEMENTS = 500
_CONNECT_WITHIN = 10.0
_END_WITHIN = 0.5
"""Seconds for transactions that are under way when the store is closed; whoever asked for them had time before."""

_TRIES = 4
_ADVICE = {
    "28P01": "Put the right password into the settings, or into the environment that they name.",
    "28000": "Does this user exist there, and does its pg_hba.conf let him in from this machine?",
    "3D000": "Make it there: createdb --owner USER NAME",
    "42501": "Let this user own that database and its tables.",
    "53300": f"Each Dundun takes up to {2 * _CONNECTIONS} of them: allow more there (max_connections), or stop others.",
    "57P03": "It begins or ends just now: wait a moment.",
}
"""What to do, by the server's code for what is wrong."""

_ELSE = "Does its server run, is the database there, and may this user use it?"
_TAKEN_BACK = frozenset({"40001", "40P01", "55P03"})  # not serialisable, deadlock, lock not to be had
_NO_ROOM = "53"  # disk full, out of memory, too many connections: nothing was written
_GONE = ("08", "57P0")  # the connection broke, or the server goes down
_FOUNDING = 0x64756E64756E  # the advisory lock of whoever makes or changes the tables
_ONE = text("SELECT 1")
_TAKE_TURN = text("SELECT pg_advisory_xact_lock(:which)")

_log = structlog.get_logger(__name__)
logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)  # what cannot be closed is told by whoever lost it


class PostgresStore(Store):
    """A pool of connections to one database."""

    shared = True

    def __init__(self, url: str, name: str, vault: Vault, new_key: Path | None) -> None:
        self.url = url
        self.name = name
        self.vault = vault
        self.new_key = new_key
        self._pool = Pool(_engine(url), name)
        self._bulk = asyncio.Semaphore(1)  # what can wait takes one connection at a time
        self._under_way: set[asyncio.Task[Any]] = set()

    async def write(self, work: Callable[[Connection], T], urgency: int = writer.BULK) -> T:
        """See `Store.write`."""
        if urgency == writer.BULK:
            async with self._bulk:
                return await self._persist(work)
        return await self._persist(work)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """See `Readable.read`."""
        async with _reading(self._pool, self.name) as connection:
            yield connection

    async def close(self) -> None:
        """End what is under way, and close all connections; a database that does not answer is not waited for."""
        waiting = set(self._under_way)
        hanging = (await asyncio.wait(waiting, timeout=_END_WITHIN))[1] if waiting else waiting
        if hanging:
            _log.warning("the database does not answer: transactions are left to it", transactions=len(hanging))
        for task in hanging:
            task.cancel()
        left = await self._pool.close()
        if left:
            _log.warning("connections did not come back: the database is left without them", connections=left)

    async def _persist(self, work: Callable[[Connection], T]) -> T:
        for tries in range(_TRIES):
            try:
                return await self._with_all_boxes(work)
            except _AgainError as again:
                if tries == _TRIES - 1:
                    raise StoreError(f"{self.name} cannot be written: {again}. Nothing was stored.") from again
                await asyncio.sleep(random.uniform(0.5, 1.5) * 0.02 * 4**tries)  # noqa: S311  (only who waits longer)
        raise AssertionError("unreachable")

    async def _with_all_boxes(self, work: Callable[[Connection], T]) -> T:
        """As often as it needs one box more; boxes only become fewer, so this comes to an end."""
        boxes: frozenset[int] = frozenset()
        while True:
            try:
                return await self._try(partial(_under, boxes, work))
            except MoreError as more:
                boxes |= more.boxes

    async def _try(self, work: Callable[[Connection], T]) -> T:
        """One transaction, ended properly even where whoever waits for it goes away."""
        task = asyncio.create_task(self._transaction(work), name="transaction")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return await asyncio.shield(task)

    async def _transaction(self, work: Callable[[Connection], T]) -> T:
        try:
            connection = await self._pool.borrow()
        except (OSError, TimeoutError, SQLAlchemyError) as error:
            raise _AgainError(_reason(error)) from error
        try:
            result = await self._work(connection, work)
            await self._commit(connection)
        finally:
            await self._pool.give_back(connection)
        return result

    async def _work(self, connection: AsyncConnection, work: Callable[[Connection], T]) -> T:
        try:
            return await connection.run_sync(work)
        except DBAPIError as error:
            if _once_more(error):
                raise _AgainError(_reason(error)) from error
            if _state(error).startswith(_NO_ROOM):
                raise StoreError(f"{self.name} cannot be written: {_reason(error)}. Nothing was stored.") from error
            raise

    async def _commit(self, connection: AsyncConnection) -> None:
        try:
            await connection.commit()
        except (OSError, DBAPIError) as error:
            if isinstance(error, DBAPIError) and _state(error) in _TAKEN_BACK:
                raise _AgainError(_reason(error)) from error
            raise DoubtError(f"{self.name} was lost while it stored: {_reason(error)}.") from error


class PostgresReader(Readable):
    """A database that is only read."""

    def __init__(self, url: str, name: str, vault: Vault) -> None:
        self.name = name
        self.vault = vault
        self._pool = Pool(_engine(url), name)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """See `Readable.read`."""
        async with _reading(self._pool, self.name) as connection:
            yield connection

    async def close(self) -> None:
        """Close all connections."""
        await self._pool.close()


def open_store(url: str, key: Path) -> PostgresStore:
    """See `engine.store.open_store`; may be called with or without a running event loop."""
    name = name_of(url)
    vault, new_key = _apart(_once(url, name, lambda connection: _found(connection, name, key)))
    return PostgresStore(url, name, vault, new_key)


async def open_reader(url: str, key: Path) -> PostgresReader:
    """See `engine.store.open_reader`."""
    name = name_of(url)
    vault = await _once(url, name, lambda connection: founding.check(connection, name, key))
    return PostgresReader(url, name, vault)


async def once(url: str, work: Callable[[Connection], T]) -> T:
    """See `engine.store.once`."""

    def alone(connection: Connection) -> T:
        connection.execute(_TAKE_TURN, {"which": _FOUNDING})
        return work(connection)

    return await _once(url, name_of(url), alone)


class _AgainError(Exception):
    """Nothing was written, and the same may go well now."""


def _under(boxes: frozenset[int], work: Callable[[Connection], T], connection: Connection) -> T:
    foresee(connection, boxes)
    return work(connection)


def _found(connection: Connection, name: str, key: Path) -> tuple[Vault, Path | None]:
    connection.execute(_TAKE_TURN, {"which": _FOUNDING})
    return founding.found(connection, name, key)


async def _once(url: str, name: str, work: Callable[[Connection], T]) -> T:
    """One transaction on a connection of its own."""
    engine = _engine(url)
    try:
        async with _heard(engine, name), engine.begin() as connection:
            return await connection.run_sync(work)
    except (OSError, TimeoutError, SQLAlchemyError) as error:
        raise StoreError(f"{name} cannot be opened: {_reason(error)}. {_advice(error)}") from error
    finally:
        await engine.dispose()


@asynccontextmanager
async def heard(url: str) -> AsyncIterator[None]:
    """Ends with a StoreError where the server falls silent while another program works with it."""
    engine = _engine(url)
    try:
        async with _heard(engine, name_of(url)):
            yield
    finally:
        await engine.dispose()


@asynccontextmanager
async def _heard(engine: AsyncEngine, name: str) -> AsyncIterator[None]:
    async def ask() -> None:
        async with engine.connect() as connection:
            await connection.scalar(_ONE)

    async with attended(name, ask):
        yield


def _apart(work: Coroutine[Any, Any, T]) -> T:
    """Run it to its end, though an event loop may run already: on a thread, with a loop of its own."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


@asynccontextmanager
async def _reading(pool: Pool, name: str) -> AsyncIterator[AsyncConnection]:
    try:
        connection = await pool.borrow()
    except (OSError, TimeoutError, SQLAlchemyError) as error:
        raise StoreError(f"{name} cannot be read: {_reason(error)}.") from error
    try:
        await connection.execution_options(isolation_level="READ COMMITTED", postgresql_readonly=True)
        yield connection
    except DBAPIError as error:
        if _once_more(error):
            raise StoreError(f"{name} cannot be read: {_reason(error)}.") from error
        raise
    finally:
        await pool.give_back(connection)


def _engine(url: str) -> AsyncEngine:
    address = make_url(url).set(drivername="postgresql+asyncpg")
    return create_async_engine(
        address,
        hide_parameters=True,
        pool_size=_CONNECTIONS,
        max_overflow=_CONNECTIONS,
        pool_timeout=_CONNECT_WITHIN,
        connect_args={
            "timeout": _CONNECT_WITHIN,
            "prepared_statement_cache_size": _STATEMENTS,
            "statement_cache_size": _STATEMENTS,  # else asyncpg names no statement, and each is planned each time
            "server_settings": {"application_name": "dundun", "jit": "off", "random_page_cost": "1.1"},
        },
    )


def name_of(url: str) -> str:
    """See `engine.store.name_of`."""
    address = make_url(url)
    return f"The database {address.database} on {address.host or 'this machine'}"


def _state(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", None) or "")


def _advice(error: BaseException) -> str:
    """What the person who gave the command should do."""
    code = _state(error) if isinstance(error, DBAPIError) else str(getattr(error, "sqlstate", None) or "")
    return _ADVICE.get(code, _ELSE)


def _once_more(error: DBAPIError) -> bool:
    state = _state(error)
    return error.connection_invalidated or state in _TAKEN_BACK or state.startswith(_GONE)


def _reason(error: BaseException) -> str:
    """In one line, in words, and without the statement and its values."""
    if isinstance(error, PoolTimeout):
        return "no connection became free"
    if isinstance(error, TimeoutError):
        return f"it does not answer within {_CONNECT_WITHIN:.0f} seconds"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens at that address"
    if isinstance(error, gaierror):
        return "there is no machine of that name"
    return reason_of(error)
