"""A database as the engine uses it: what `write` returned for is on the disk, and what it raised for is not there.

One file for one process (`engine.sqlite`), or PostgreSQL for any number of them (`engine.postgres`): the same
transactions run on both, as functions of a connection.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, literal, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection

from engine.vault import Vault, VaultError
from engine.writer import BULK

T = TypeVar("T")
_ONE = select(literal(1))
_DAMAGED = ("malformed", "not a database", "no such table", "invalid page")
_READ_ONLY = ("readonly database", "read-only transaction")
READ_ONLY = (
    "Nobody may write there just now: is the disk mounted read-only, is the file another user's, or is that server a "
    "replica? "
)
"""What to look at then."""

_NO_RIGHT = "42501"  # PostgreSQL: insufficient privilege


class StoreError(Exception):
    """A sentence for the person who runs the server: what is wrong with the database, and what to do."""


class NothingError(StoreError):
    """There is no database of ours yet."""


class DoubtError(StoreError):
    """The connection was lost during COMMIT: all of it was stored, or nothing.  Do it again, if twice does no harm."""


@contextmanager
def told(name: str) -> Iterator[None]:
    """A database that breaks in the block ends it with a StoreError; our own mistakes come as they are.

    For whoever only wants to say it: the engine in motion tells a disk that is full from work that does harm.
    """
    try:
        yield
    except VaultError as error:
        raise StoreError(f"{error} It stands in {name}. Look what else is wrong: dundun doctor") from error
    except DBAPIError as error:
        if isinstance(error, IntegrityError | DataError | ProgrammingError) and not _forbidden(error):
            raise
        raise StoreError(trouble(name, error)) from error


def trouble(name: str, error: Exception) -> str:
    """What broke, and what to do about it."""
    reason = reason_of(error)
    if is_damage(reason):
        return (
            f"{name} is not a database of Dundun, or it is damaged: {reason}. Keep it as it is, and put the last "
            "backup in its place: dundun restore FILE"
        )
    if "is full" in reason:
        return f"{name} cannot be used: {reason}. Make room, and try again. Nothing was stored."
    if is_read_only(reason):
        return f"{name} cannot be used: {reason}. {READ_ONLY}Nothing was stored."
    return (
        f"{name} cannot be used: {reason}. Is there room on the disk, does its server run, and may we read and write?"
    )


def is_read_only(reason: str) -> bool:
    """Does the driver say that nobody may write there?"""
    return any(sign in reason for sign in _READ_ONLY)


def is_damage(reason: str) -> bool:
    """Does the driver say that the file is not what it should be, or is that not whole?"""
    return any(sign in reason for sign in _DAMAGED)


def reason_of(error: BaseException) -> str:
    """In one line, without the statement and its values."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    said = str(cause).partition("\n")[0].removeprefix("<class 'asyncpg.exceptions.").strip()
    return said or type(cause).__name__


def _forbidden(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) == _NO_RIGHT


class Readable(ABC):
    """A database that can be read.  `name` is what to call it in a sentence; it never holds a password."""

    name: str
    vault: Vault

    @abstractmethod
    def read(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection that reads; keep it short, an open read keeps the database from tidying up."""

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """A connection that reads one moment, in however many statements, whoever writes meanwhile."""
        async with self.read() as connection:
            if connection.dialect.name == "postgresql":
                await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            else:
                await connection.exec_driver_sql("BEGIN")
            yield connection

    async def answers(self, seconds: float) -> bool:
        """Does it answer within so many seconds?"""
        asking = asyncio.create_task(self.ask(), name="does the database answer?")
        done, _ = await asyncio.wait({asking}, timeout=seconds)
        asking.cancel()
        return bool(done) and asking.exception() is None

    async def ask(self) -> None:
        """Whatever it answers, it answers; raises what reading raises."""
        async with self.read() as connection:
            await connection.scalar(_ONE)

    @abstractmethod
    async def close(self) -> None:
        """Let go of the database."""


class Store(Readable):
    """A database and its vault.  `new_key` is the path of a key file that this start made, else None.

    `shared`: other processes may write to it at the same time.
    """

    new_key: Path | None
    shared: bool

    @abstractmethod
    async def write(self, work: Callable[[Connection], T], urgency: int = BULK) -> T:
        """Run `work` in one transaction, and return what it returned, after COMMIT; `urgency` as in `engine.writer`.

        StoreError where the database cannot be written just now; whatever `work` raises comes as it is.  In both
        cases nothing was written, but for DoubtError.  `work` may be run again where the database asks for that.
        """
