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

from engine.store import StoreError

Progress = Callable[[int, int], None]
"""How many pages are done, of how many."""

_PAGES = 2_000


def copy(
    source: Path,
    target: Path,
    finish: Callable[[sqlite3.Connection], None] = lambda _: None,
    progress: Progress = lambda done, total: None,
) -> None:
    """Copy the database `source` to the file `target`, replacing it; `finish` has the last word in the copy.

    StoreError where there is no room, or the files cannot be used.
    """
    part = target.with_name(target.name + ".part")
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(_address(source), uri=True)) as old, closing(sqlite3.connect(part)) as new:
            _copy(old, new, progress)
            new.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
            finish(new)
            _prove(new, target)
        _settle(part, target)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        raise StoreError(
            f"{source} could not be copied to {target}: {error}. Is there room, and may we write?"
        ) from None


def _address(path: Path) -> str:
    return f"file:{quote(str(path))}?mode=ro"


def _copy(old: sqlite3.Connection, new: sqlite3.Connection, progress: Progress) -> None:
    old.isolation_level = None
    old.execute("BEGIN")
    old.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on it reads one moment, whoever writes
    old.backup(new, pages=_PAGES, progress=lambda _, left, total: progress(total - left, total), sleep=0)


def _prove(new: sqlite3.Connection, target: Path) -> None:
    new.commit()
    said = new.execute("PRAGMA quick_check").fetchone()[0]
    if said != "ok":
        raise StoreError(f"The copy {target} is damaged: {said}. Is the disk sound?")


def _settle(part: Path, target: Path) -> None:
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(target)
