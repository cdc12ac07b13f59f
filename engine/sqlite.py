"""The database file: one process owns it, one thread writes it, a whole transaction at a time; readers never wait.

Writes are BEGIN IMMEDIATE with synchronous=FULL: what `write` returned is on the disk.  Reads go through connections
that cannot write.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from engine import founding, writer
from engine.borrowing import Pool
from engine.filelock import FileLock, lock_of
from engine.ownfiles import identity, opened
from engine.store import READ_ONLY, NothingError, Readable, Store, StoreError, is_read_only, trouble
from engine.vault import Vault
from engine.writer import ClosedError, Writer

T = TypeVar("T")

_OLDEST_SQLITE = (3, 35)
_BUSY_MS = 5_000
PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    f"busy_timeout = {_BUSY_MS}",
    "wal_autocheckpoint = 4000",
    "cache_size = -65536",
)


class SqliteStore(Store):
    """One open database file."""

    shared = False

    def __init__(self, path: Path, engine: Engine, vault: Vault, new_key: Path | None, lock: FileLock) -> None:
        self.path = path
        self.name = str(path)
        self.vault = vault
        self.new_key = new_key
        self._engine = engine
        self._lock = lock
        self._connection = engine.connect()
        self._writer = Writer(self._connection)
        self._readers = Pool(_readers(path), self.name)
        self._file = identity(path)

    async def write(self, work: Callable[[Connection], T], urgency: int = writer.BULK) -> T:
        """See `Store.write`."""
        try:
            return await self._writer.run(partial(self._kept, work), urgency)
        except OperationalError as error:
            reason = str(error.orig)
            advice = "Make room. " if "is full" in reason else READ_ONLY if is_read_only(reason) else ""
            raise StoreError(f"{self.path} cannot be written: {error.orig}. {advice}Nothing was stored.") from error
        except ClosedError:
            raise StoreError(f"{self.path} is closed. Nothing was stored.") from None

    def _kept(self, work: Callable[[Connection], T], connection: Connection) -> T:
        """A file that was moved away or deleted takes every COMMIT as if it were there, and is gone after the last."""
        result = work(connection)
        if identity(self.path) != self._file:
            raise StoreError(
                f"{self.path} was moved, deleted or replaced while this server uses it. Nothing was stored. Put it "
                "back as it was, or stop this server and bring the last backup: dundun restore FILE"
            )
        return result

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """See `Readable.read`."""
        async with self._readers.lend() as connection:
            yield connection

    async def close(self) -> None:
        """Finish what waits for the writer and let go of the file."""
        self._writer.close()
        await self._readers.close()
        self._connection.close()
        self._engine.dispose()
        self._lock.release()


class SqliteReader(Readable):
    """A database file that is only read, beside the process that owns it."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._readers = Pool(_readers(path), self.name)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """See `Readable.read`."""
        async with self._readers.lend() as connection:
            yield connection

    async def close(self) -> None:
        """Let go of the file."""
        await self._readers.close()


async def open_reader(path: Path, key: Path) -> SqliteReader:
    """See `engine.store.open_reader`."""
    reader = _reader(path)
    try:
        async with reader.read() as connection:
            reader.vault = await connection.run_sync(founding.check, str(path), key)
    except DatabaseError as error:
        await reader.close()
        raise StoreError(_why(path, error)) from None
    except BaseException:
        await reader.close()
        raise
    return reader


def _reader(path: Path) -> SqliteReader:
    if not path.exists():
        raise _missing(path)
    _no_folder(path)
    return SqliteReader(path)


def _no_folder(path: Path) -> None:
    if path.is_dir():
        raise StoreError(f"{path} is a folder. Give the path of a file, like {path / 'dundun.sqlite'}")


def _missing(path: Path) -> NothingError:
    return NothingError(f"There is no database {path}. Start the server once, or say where its dundun.toml is.")


def open_store(path: Path, key: Path) -> SqliteStore:
    """See `engine.store.open_store`."""
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise StoreError(f"SQLite {sqlite3.sqlite_version} is too old: 3.35 or newer is needed. Use a newer Python.")
    with _owned(path) as (engine, lock):
        return _opened(path, key, engine, lock)


def once(path: Path, work: Callable[[Connection], T]) -> T:
    """See `engine.store.once`."""
    with alone(path) as connection:
        return work(connection)


@contextmanager
def alone(path: Path) -> Iterator[Connection]:
    """One transaction on a database file of any version, which nobody else uses meanwhile."""
    if not path.exists():
        raise _missing(path)
    with _owned(path) as (engine, lock):
        with engine.begin() as connection:
            yield connection
        engine.dispose()
        lock.release()


@contextmanager
def _owned(path: Path) -> Iterator[tuple[Engine, FileLock]]:
    """The file, for this process alone; whatever goes wrong lets go of it."""
    lock = _locked(path)
    engine = _writing(path)
    try:
        yield engine, lock
    except (DatabaseError, OSError) as error:
        engine.dispose()
        lock.release()
        raise StoreError(_why(path, error)) from None
    except BaseException:
        engine.dispose()
        lock.release()
        raise


def _locked(path: Path) -> FileLock:
    _no_folder(path)
    lock = lock_of(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        ours = lock.take()
    except OSError as error:
        raise StoreError(f"{path} cannot be used: {error.strerror}. Check the folder and its permissions.") from None
    if not ours:
        raise StoreError(f"{path} is in use by another Dundun. Stop that one first, or give this one its own database.")
    if path.exists() and path.stat().st_nlink > 1:
        lock.release()
        raise StoreError(
            f"{path} has a second name on this disk (a hard link), and whoever uses the file by that name damages it. "
            "Remove the other name, or make a copy that is a file of its own, and give this one the only name."
        )
    return lock


def _opened(path: Path, key: Path, engine: Engine, lock: FileLock) -> SqliteStore:
    if path.exists():
        _nobody_elses(path)
    else:
        os.close(opened(path, os.O_RDWR | os.O_EXCL))
    with engine.begin() as connection:
        vault, new_key = founding.found(connection, str(path), key)
    return SqliteStore(path, engine, vault, new_key, lock)


def _nobody_elses(path: Path) -> None:
    """Looked at without a right to write: our way to write would change the file before anything is asked."""
    engine = create_engine(f"sqlite:///file:{quote(str(path))}?mode=ro&uri=true", poolclass=NullPool)
    with engine.connect() as connection:
        founding.nobody_elses(connection, str(path))


def _why(path: Path, error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{path} cannot be opened: {error.strerror}. Check the file and its permissions."
    return trouble(str(path), error)


def _writing(path: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # else the driver begins by itself, deferred, and updates get lost
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _readers(path: Path) -> AsyncEngine:
    engine = create_async_engine(f"sqlite+aiosqlite:///file:{quote(str(path))}?mode=ro&uri=true", hide_parameters=True)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        connection.cursor().execute(f"PRAGMA busy_timeout = {_BUSY_MS}")

    return engine
