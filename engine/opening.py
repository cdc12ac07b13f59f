"""Which of the two databases it is, its name decides: an address is PostgreSQL's, a path is that of a SQLite file.

Each is imported when it is opened: who has a file waits for no driver of a server.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from engine.attending import attended
from engine.store import Readable, Store, StoreError, told

T = TypeVar("T")
POSTGRES = ("postgresql://", "postgres://", "postgresql+asyncpg://")


def is_url(database: Path | str) -> bool:
    """Is this the address of a PostgreSQL database, and not the path of a file?"""
    return str(database).startswith(POSTGRES)


def name_of(database: Path | str) -> str:
    """What to call a database in a sentence, without its password."""
    if is_url(database):
        from engine import postgres

        return postgres.name_of(str(database))
    return str(database)


def key_of(database: Path | str, key: Path | None = None) -> Path:
    """The key file of a database: the one that was named, else beside the file."""
    if key is not None:
        return key
    if is_url(database):
        raise StoreError("A database server needs a key file of its own: say which with key = …")
    return Path(database).with_suffix(".key")


def open_store(database: Path | str, key: Path | None = None) -> Store:
    """Open or make the database, and its key file; StoreError, one sentence, where that fails.

    `database`: the path of a SQLite file, or the address of a PostgreSQL database, which must be there already.
    """
    if is_url(database):
        from engine import postgres

        return postgres.open_store(str(database), key_of(database, key))
    from engine import sqlite

    return sqlite.open_store(Path(database), key_of(database, key))


async def once(database: Path | str, work: Callable[[Connection], T]) -> T:
    """One transaction, on a database of any version: nobody else makes or changes its tables meanwhile.

    A file is owned for as long, as by a server.  StoreError where that fails, and then nothing was changed.
    """
    if is_url(database):
        from engine import postgres

        return await postgres.once(str(database), work)
    from engine import sqlite

    return sqlite.once(Path(database), work)


@asynccontextmanager
async def open_reader(database: Path | str, key: Path | None = None) -> AsyncIterator[Readable]:
    """The database, to read, whether a server runs or not; StoreError, one sentence, where that fails.

    Also where a server of databases falls silent in the middle.
    """
    reader: Readable
    if is_url(database):
        from engine import postgres

        reader = await postgres.open_reader(str(database), key_of(database, key))
    else:
        from engine import sqlite

        reader = await sqlite.open_reader(Path(database), key_of(database, key))
    try:
        with told(reader.name):
            async with minded(database, reader):
                yield reader
    finally:
        await reader.close()


@asynccontextmanager
async def minded(database: Path | str, reader: Readable) -> AsyncIterator[None]:
    """StoreError in the block where the server of the database falls silent; a file never does."""
    if is_url(database):
        async with attended(reader.name, reader.ask):
            yield
    else:
        yield
