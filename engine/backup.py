"""A copy of a database file as it was at one moment, made while others write to it: they never wait for it.

The copy appears under its name when it is whole.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from engine import held
from engine.ownfiles import opened
from engine.store import StoreError, is_damage

Progress = Callable[[int, int], None]
"""How many pages are done, of how many."""

_PAGES = 2_000


def silent(done: int, total: int) -> None:
    """Progress that nobody looks at."""


def backup(source: Path, target: Path, now: int, reason: str, progress: Progress = silent) -> None:
    """A copy that is on hold when it is opened one day, for that reason.  StoreError where it cannot be made."""
    copy(source, target, progress, lambda connection: held.hold(connection, held.RESTORED, reason, now))


def copy(
    source: Path,
    target: Path,
    progress: Progress = silent,
    finish: Callable[[Connection], None] = lambda _: None,
) -> None:
    """Copy the database `source` to the file `target`, replacing it; `finish` has the last word in the copy.

    StoreError where there is no room, or the files cannot be used.
    """
    part = target.with_name(target.name + ".part")
    try:
        part.unlink(missing_ok=True)
        os.close(opened(part, os.O_RDWR | os.O_EXCL))
        try:
            _copy(source, part, progress)
            _finish(part, finish)
            _settle(part, target)
        finally:
            part.unlink(missing_ok=True)  # whoever breaks it off, too, leaves nothing behind
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        why = str(getattr(error, "strerror", None) or getattr(error, "orig", None) or error)
        if is_damage(why):
            raise StoreError(
                f"{source} is not a database of Dundun, or it is damaged: {why}. No copy was made. Take an earlier "
                "backup."
            ) from None
        raise StoreError(f"{source} could not be copied to {target}: {why}. Is there room, and may we write?") from None


def _copy(source: Path, part: Path, progress: Progress) -> None:
    address = f"file:{quote(str(source))}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as old, closing(sqlite3.connect(part)) as new:
        old.isolation_level = None
        old.execute("BEGIN")
        old.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on it reads one moment
        old.backup(new, pages=_PAGES, progress=lambda _, left, total: progress(total - left, total), sleep=0)
        new.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it


def _finish(part: Path, finish: Callable[[Connection], None]) -> None:
    engine = create_engine(f"sqlite:///{part}", poolclass=NullPool)
    with engine.begin() as connection:
        finish(connection)
        said = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar())
    if said != "ok":
        raise sqlite3.DatabaseError(f"malformed, {said.rpartition(chr(10))[2]}")


def _settle(part: Path, target: Path) -> None:
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(target)
