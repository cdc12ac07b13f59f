"""Sets of keys in a statement: one bound list of rows, joined like a table, however many they are.

Here alone stands what SQLite and PostgreSQL say differently.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Executable,
    Integer,
    Row,
    Subquery,
    Table,
    Text,
    bindparam,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import Insert, insert  # SQLite's compiler writes it just so
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

AnyRow = Row[*tuple[Any, ...]]
"""A row of any columns."""

BOX: dict[str, Any] = {"bucket": Integer, "box_id": BigInteger}
"""The columns that every hot key begins with."""


class _Items(FunctionElement[Any]):
    """The items of a bound JSON list, one a row."""

    name = "items"
    inherit_cache = True


class _Cell(FunctionElement[Any]):
    """A place in such an item, as a column of a type."""

    name = "cell"
    inherit_cache = True

    def __init__(self, item: ColumnElement[Any], place: ColumnElement[Any], kind: TypeEngine[Any]) -> None:
        super().__init__(item, place)
        self.type = kind


@compiles(_Items, "sqlite")
def _items_sqlite(element: _Items, compiler: SQLCompiler, **kw: object) -> str:
    return f"json_each({compiler.process(element.clauses, **kw)})"


@compiles(_Items, "postgresql")
def _items_postgres(element: _Items, compiler: SQLCompiler, **kw: object) -> str:
    return f"json_array_elements(CAST({compiler.process(element.clauses, **kw)} AS JSON))"


@compiles(_Cell, "sqlite")
def _cell_sqlite(element: _Cell, compiler: SQLCompiler, **kw: object) -> str:
    item, place = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"json_extract({item}, '$[{place}]')"


@compiles(_Cell, "postgresql")
def _cell_postgres(element: _Cell, compiler: SQLCompiler, **kw: object) -> str:
    item, place = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"CAST(({item} ->> {place}) AS {compiler.dialect.type_compiler_instance.process(element.type)})"


def each(name: str, columns: dict[str, type[TypeEngine[Any]]]) -> Subquery:
    """The rows that are bound to `name` by `listed`, as a table with these columns."""
    rows = _Items(bindparam(name, type_=Text)).table_valued("value", name=f"each_{name}")
    cells = (
        _Cell(rows.c.value, literal_column(str(place)), kind()).label(column)
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
