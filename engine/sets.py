"""Sets of keys in a statement: one bound list of rows, joined like a table, however many they are.

Here alone stands what SQLite and PostgreSQL say differently.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Connection, Executable, Integer, Row, Subquery, Table, Text, bindparam, func, select
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.types import TypeEngine

AnyRow = Row[*tuple[Any, ...]]
"""A row of any columns."""

BOX: dict[str, Any] = {"bucket": Integer, "box_id": BigInteger}
"""The columns that every hot key begins with."""


def each(name: str, columns: dict[str, type[TypeEngine[Any]]]) -> Subquery:
    """The rows that are bound to `name` by `listed`, as a table with these columns."""
    rows = func.json_each(bindparam(name, type_=Text)).table_valued("value", name=f"each_{name}")
    cells = (
        func.json_extract(rows.c.value, f"$[{place}]", type_=kind()).label(column)
        for place, (column, kind) in enumerate(columns.items())
    )
    return select(*cells).subquery(f"{name}_rows")


def listed(rows: Iterable[Sequence[int | str]]) -> str:
    """Rows of whole numbers and texts as the value of such a bound list."""
    return msgspec.json.encode(list(rows)).decode()


def put(table: Table, keys: Sequence[str], changing: Sequence[str] = ()) -> Insert:
    """INSERT, or where a row has these keys, UPDATE of the columns `changing` (none: the row stays as it is)."""
    statement = insert(table)
    if not changing:
        return statement.on_conflict_do_nothing(index_elements=keys)
    return statement.on_conflict_do_update(
        index_elements=keys, set_={name: statement.excluded[name] for name in changing}
    )


def many(connection: Connection, statement: Executable, rows: Sequence[dict[str, Any]]) -> None:
    """The statement for all rows at once; nothing where there are none."""
    if rows:
        connection.execute(statement, rows)
