"""The database file: one process owns it, one thread writes it, a whole transaction at a time; readers never wait.

Writes are BEGIN IMMEDIATE with synchronous=FULL: what `write` returned is on the disk.  Reads go through connections
that cannot write.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, insert, select, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from engine import schema, writer
from engine.filelock import FileLock
from engine.vault import Vault, VaultError, make_key_file, read_key_file
from engine.writer import ClosedError, Writer

T = TypeVar("T")

_OLDEST_SQLITE = (3, 35)
_BUSY_MS = 5_000
_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    f"busy_timeout = {_BUSY_MS}",
    "wal_autocheckpoint = 4000",
    "cache_size = -65536",
)
_PROOF = b"dundun"


class StoreError(Exception):
    """A sentence for the person who runs the server: what is wrong with the database, and what to do."""


class Store:
    """One open database and its vault.  `new_key` is the path of a key file that this start made, else None."""

    def __init__(self, path: Path, engine: Engine, vault: Vault, new_key: Path | None, lock: FileLock) -> None:
        self.path = path
        self.vault = vault
        self.new_key = new_key
        self._engine = engine
        self._lock = lock
        self._connection = engine.connect()
        self._writer = Writer(self._connection)
        self._readers = _readers(path)

    async def write(self, work: Callable[[Connection], T], urgency: int = writer.BULK) -> T:
        """Run `work` in one transaction on the writer's thread, and return what it returned, after COMMIT.

        StoreError where the database cannot be written just now; whatever `work` raises comes as it is.  In both
        cases nothing was written.
        """
        try:
            return await self._writer.run(work, urgency)
        except OperationalError as error:
            raise StoreError(f"{self.path} cannot be written: {error.orig}. Nothing was stored.") from error
        except ClosedError:
            raise StoreError(f"{self.path} is closed. Nothing was stored.") from None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection that reads; keep it short, an open read keeps the log from being emptied."""
        async with self._readers.connect() as connection:
            yield connection

    async def close(self) -> None:
        """Finish what waits for the writer and let go of the file."""
        self._writer.close()
        await self._readers.dispose()
        self._connection.close()
        self._engine.dispose()
        self._lock.release()


class Reader:
    """A database that is only read, beside the process that owns it."""

    def __init__(self, path: Path, vault: Vault) -> None:
        self.vault = vault
        self._readers = _readers(path)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection that reads; keep it short, an open read keeps the log from being emptied."""
        async with self._readers.connect() as connection:
            yield connection

    async def close(self) -> None:
        """Let go of the file."""
        await self._readers.dispose()


@asynccontextmanager
async def open_reader(path: Path) -> AsyncIterator[Reader]:
    """The database at `path`, to read, whether a server runs or not; StoreError, one sentence, where that fails."""
    reader = _reader(path)
    try:
        await _prove(path, reader)
        yield reader
    finally:
        await reader.close()


def _reader(path: Path) -> Reader:
    if not path.exists():
        raise StoreError(f"There is no database {path}. Start the server once, or say where its dundun.toml is.")
    try:
        return Reader(path, read_key_file(path.with_suffix(".key")))
    except VaultError as error:
        raise StoreError(str(error)) from None


async def _prove(path: Path, reader: Reader) -> None:
    try:
        async with reader.read() as connection:
            await connection.run_sync(lambda sync: _check(path, path.with_suffix(".key"), sync, reader.vault))
    except DatabaseError as error:
        raise StoreError(_why(path, error)) from None


def _check(path: Path, key: Path, connection: Connection, vault: Vault) -> None:
    if not _has_tables(connection):
        raise StoreError(f"{path} is not a database of Dundun, or it is empty. Give the path of the right one.")
    _check_version(path, connection)
    _check_key(path, key, connection, vault)


def open_store(path: Path) -> Store:
    """Open or make the database at `path`, and its key file beside it; StoreError, one sentence, where that fails."""
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise StoreError(f"SQLite {sqlite3.sqlite_version} is too old: 3.35 or newer is needed. Use a newer Python.")
    lock = _locked(path)
    engine = _writing(path)
    try:
        return _opened(path, engine, lock)
    except (DatabaseError, OSError) as error:
        engine.dispose()
        lock.release()
        raise StoreError(_why(path, error)) from None
    except BaseException:
        engine.dispose()
        lock.release()
        raise


def _locked(path: Path) -> FileLock:
    lock = FileLock(path.with_name(path.name + ".lock"))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        ours = lock.take()
    except OSError as error:
        raise StoreError(f"{path} cannot be used: {error.strerror}. Check the folder and its permissions.") from None
    if not ours:
        raise StoreError(f"{path} is in use by another Dundun. Stop that one first, or give this one its own database.")
    return lock


def _opened(path: Path, engine: Engine, lock: FileLock) -> Store:
    if not path.exists():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with engine.begin() as connection:
        old = _has_tables(connection)
        if old:
            _check_version(path, connection)
    key = path.with_suffix(".key")
    try:
        vault, made = _vault(key, old)
        with engine.begin() as connection:
            if old:
                _check_key(path, key, connection, vault)
            else:
                _make(connection, vault)
    except VaultError as error:
        raise StoreError(str(error)) from None
    return Store(path, engine, vault, key if made else None, lock)


def _vault(key: Path, old: bool) -> tuple[Vault, bool]:
    if old or key.exists():
        return read_key_file(key), False
    return make_key_file(key), True


def _has_tables(connection: Connection) -> bool:
    count = connection.scalar(text("SELECT count(*) FROM sqlite_master WHERE name = 'meta'"))
    return bool(count)


def _check_version(path: Path, connection: Connection) -> None:
    found = connection.scalar(select(schema.meta.c.value).where(schema.meta.c.name == "schema"))
    if found is None or int(found) > schema.VERSION:
        raise StoreError(f"{path} was written by a newer Dundun. Use that version, or a database of its own.")


def _check_key(path: Path, key: Path, connection: Connection, vault: Vault) -> None:
    proof = connection.scalar(select(schema.meta.c.value).where(schema.meta.c.name == "proof"))
    try:
        vault.open("meta", 0, "proof", bytes.fromhex(proof or ""))
    except VaultError:
        raise StoreError(
            f"The key in {key} is not the one that {path} was written with. Put the right key back."
        ) from None


def _make(connection: Connection, vault: Vault) -> None:
    schema.metadata.create_all(connection)
    proof = vault.seal("meta", 0, "proof", _PROOF).hex()
    rows = [{"name": "schema", "value": str(schema.VERSION)}, {"name": "proof", "value": proof}]
    connection.execute(insert(schema.meta), rows)


def _why(path: Path, error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{path} cannot be opened: {error.strerror}. Check the file and its permissions."
    if "not a database" in str(error) or "malformed" in str(error):
        return f"{path} is not a database of Dundun, or it is damaged. Put a backup in its place, or give another path."
    return (
        f"{path} cannot be opened: {getattr(error, 'orig', error)}. Check the file, its folder and their permissions."
    )


def _writing(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # else the driver begins by itself, deferred, and updates get lost
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _readers(path: Path) -> AsyncEngine:
    engine = create_async_engine(f"sqlite+aiosqlite:///file:{quote(str(path))}?mode=ro&uri=true")

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        connection.cursor().execute(f"PRAGMA busy_timeout = {_BUSY_MS}")

    return engine
