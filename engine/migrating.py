"""A database goes to today's tables in one transaction, or stays as it was; of a file, a copy is made before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, bindparam, column, func, inspect, select, table

from engine import audit, backup, founding, migrations, schema
from engine.audit import Entry
from engine.clock import Clock, SystemClock
from engine.opening import is_url, name_of, once
from engine.store import StoreError

STALE = 15_000
"""Milliseconds after which a process that gave no sign does not run any more."""

_process = table("process", column("beat_at"), column("stopped_at"))
_AT_WORK = (
    select(func.count())
    .select_from(_process)
    .where(_process.c.stopped_at.is_(None), _process.c.beat_at > bindparam("since"))
)


@dataclass(frozen=True, slots=True)
class Migration:
    """From which version of the tables to which; `copy`: the database as it was before (files only)."""

    name: str
    have: int
    want: int
    copy: Path | None

    @property
    def needed(self) -> bool:
        """Is there anything to do?"""
        return self.have < self.want


async def plan(database: Path | str, key: Path) -> Migration:
    """What a migration would do; StoreError where it could not begin."""
    return await _within(database, key, lambda connection, migration: None)


async def migrate(database: Path | str, key: Path, actor: str, clock: Clock | None = None) -> Migration:
    """Bring the database to today's tables.  StoreError where that fails, and then it is as it was.

    `actor`: the account that does it.
    """
    now = (clock or SystemClock()).now()

    def run(connection: Connection, migration: Migration) -> None:
        _nobody_works(connection, migration, now)
        if migration.copy is not None:
            backup.copy(Path(database), migration.copy)
        vault = founding.unlock(connection, migration.name, key)
        migrations.upgrade(connection, vault, migration.have)
        entry = Entry(actor, "migrate", f"from version {migration.have} to {migration.want}")
        audit.note(connection, vault, entry, now)
        _prove(connection, migration)

    return await _within(database, key, run)


async def _within(database: Path | str, key: Path, run: Callable[[Connection, Migration], None]) -> Migration:
    def work(connection: Connection) -> Migration:
        name = name_of(database)
        have = founding.version(connection, name)
        founding.unlock(connection, name, key)
        copy = None if is_url(database) else _beside(Path(database))
        migration = Migration(name, have, schema.VERSION, copy)
        if migration.needed:
            run(connection, migration)
        return migration

    return await once(database, work)


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.stem}-before-{schema.VERSION}{path.suffix}")


def _nobody_works(connection: Connection, migration: Migration, now: int) -> None:
    if connection.dialect.name == "sqlite" or not inspect(connection).has_table(_process.name):
        return  # the lock of a file says it already
    number = connection.scalar(_AT_WORK, {"since": now - STALE})
    if number:
        raise StoreError(f"{migration.name} is in use by {number} running Dundun. Stop all of them first.")


def _prove(connection: Connection, migration: Migration) -> None:
    """No row points at one that is not there: SQLite does not look while tables are changed."""
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise StoreError(f"{migration.name} was left as it was: rows of {broken[0]} lost what they belong to.")
