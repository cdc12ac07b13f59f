"""The databases of released versions, made again: as the file that it was, or with the same rows on PostgreSQL."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, MetaData, Table, insert

from engine import schema
from engine.migrations import STEPS
from engine.opening import once
from engine.vault import Vault
from tests.migration.build import RELEASES

MOSES, FATOU = "+231770000001", "+231770000002"


def file_of(version: int, folder: Path) -> tuple[Path, Path]:
    """The database file of a release and its key, as its code made them."""
    path, key = folder / "line.sqlite", folder / "line.key"
    shutil.copy(RELEASES / f"v{version}-key.txt", key)
    with closing(sqlite3.connect(path)) as made:
        made.executescript((RELEASES / f"v{version}.sql").read_text(encoding="utf-8"))
    return path, key


async def database_of(version: int, folder: Path, url: str) -> tuple[str, Path]:
    """The same rows in an empty database of a server."""
    path, key = file_of(version, folder)

    def fill(connection: Connection) -> None:
        names = MetaData(naming_convention=schema.metadata.naming_convention)
        operations = Operations(MigrationContext.configure(connection, opts={"target_metadata": names}))
        for step in range(1, version + 1):
            STEPS[step](operations, Vault(bytes(32)))
        for name, rows in _rows(path).items():
            table = Table(name, MetaData(), autoload_with=connection)
            typed = [{key: _typed(table, key, value) for key, value in row.items()} for row in rows]
            connection.execute(insert(table), typed)

    await once(url, fill)
    return url, key


def _rows(path: Path) -> dict[str, list[dict[str, object]]]:
    with closing(sqlite3.connect(path)) as made:
        made.row_factory = sqlite3.Row
        tables = [row[0] for row in made.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {table: [dict(row) for row in made.execute(f"SELECT * FROM {table}")] for table in tables}
    return {table: rows for table, rows in found.items() if rows}


def _typed(table: Table, key: str, value: object) -> object:
    return bool(value) if table.c[key].type.python_type is bool else value
