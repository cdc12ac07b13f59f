"""A backup takes the place of a database file; what stood there is moved aside, and what comes is on hold."""

from __future__ import annotations

from pathlib import Path

from engine import anchoring, backup, founding
from engine.filelock import lock_of
from engine.sqlite import alone
from engine.store import StoreError

_PARTS = ("", "-wal", "-shm")


def restore(file: Path, database: Path, key: Path, now: int, stamp: str, progress: backup.Progress) -> Path | None:
    """Put the backup `file` in the place of `database`; returns where what stood there is now, if anything did.

    `stamp`: what marks that name.  StoreError where the backup is not whole, or the key is not its own: then nothing
    was changed.
    """
    fresh = database.with_name(database.name + ".restored")
    backup.backup(file, fresh, now, f"This database was restored from {file.name}.", progress)
    try:
        _check(fresh, key)
        aside = _make_way(database, key, stamp)
    except StoreError:
        fresh.unlink()
        raise
    fresh.replace(database)
    return aside


def _check(fresh: Path, key: Path) -> None:
    """Is it ours, and does our key open it?  Of an older version it may be."""
    try:
        with alone(fresh) as connection:
            founding.version(connection, str(fresh))
            founding.unlock(connection, "The backup", key)
    finally:
        fresh.with_name(fresh.name + ".lock").unlink(missing_ok=True)


def _make_way(database: Path, key: Path, stamp: str) -> Path | None:
    lock = lock_of(database)
    if not lock.take():
        raise StoreError(f"{database} is in use by another Dundun. Stop that one first.")
    try:
        aside = database.with_name(f"{database.stem}-replaced-{stamp}{database.suffix}")
        for part in _PARTS:
            old = database.with_name(database.name + part)
            if old.exists():
                old.replace(aside.with_name(aside.name + part))
        anchoring.set_aside(key, stamp)  # they are of rows that the backup may not have
    finally:
        lock.release()
    return aside if aside.exists() else None
