"""Rows go to PostgreSQL as columns: one execution of a statement for all of them, where it would be one for each.

A message writes eight rows, and PostgreSQL takes longer to begin and end an execution than to write a row.  No two of
the rows may mean the same row of the table: one execution changes a row once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Dialect,
    Insert,
    TableValuedAlias,
    UpdateBase,
    bindparam,
    column,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import replacement_traverse
from sqlalchemy.types import TypeEngine

from engine.sets import many

Row = Mapping[str, Any]
Types = dict[str, TypeEngine[Any]]


def at_once(connection: Connection, statement: UpdateBase, rows: Sequence[dict[str, Any]]) -> None:
    """The statement for all rows, each with the same keys; nothing where there are none.  It stands at module level."""
    if not rows:
        return
    if connection.dialect.name != "postgresql":
        many(connection, statement, rows)
        return
    written = _written(statement, connection.dialect, tuple(rows[0]))
    connection.exec_driver_sql(written.sql, written.columns(rows))


@dataclass(frozen=True, slots=True)
class _Written:
    """A statement in PostgreSQL's words.  `places`: of what it binds, in order, the key of the rows."""

    sql: str
    places: Sequence[str]
    fixed: Mapping[str, Any]

    def columns(self, rows: Sequence[Row]) -> tuple[Any, ...]:
        """All rows, as the driver takes them: a list for each key."""
        return tuple(self.fixed[key] if key in self.fixed else [row[key] for row in rows] for key in self.places)


@lru_cache(maxsize=256)
def _written(statement: UpdateBase, dialect: Dialect, keys: tuple[str, ...]) -> _Written:
    compiled = _compiled(_columnar(statement, dialect, keys), dialect)
    fixed = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
    return _Written(compiled.string, compiled.positiontup or (), fixed)


def _columnar(statement: UpdateBase, dialect: Dialect, keys: tuple[str, ...]) -> UpdateBase:
    if isinstance(statement, Insert):
        rows = _table({key: statement.table.c[key].type for key in keys})
        return statement.from_select(list(keys), select(*rows.c), include_defaults=False)
    binds = _compiled(statement, dialect).binds
    rows = _table({key: bind.type for key, bind in binds.items() if bind.required})
    changed = replacement_traverse(statement, {}, _cells(rows))
    return cast("UpdateBase", changed)


def _cells(rows: TableValuedAlias) -> Callable[..., Any]:
    """What takes the place of a bound value: the column of the rows that has its name."""

    def replace(element: object, **_: object) -> ColumnElement[Any] | None:
        return rows.c[element.key] if isinstance(element, BindParameter) and element.required else None

    return replace


def _table(types: Types) -> TableValuedAlias:
    arrays = (bindparam(key, type_=ARRAY(kind)) for key, kind in types.items())
    return func.unnest(*arrays).table_valued(*(column(key, kind) for key, kind in types.items())).render_derived()


def _compiled(statement: UpdateBase, dialect: Dialect) -> SQLCompiler:
    compiled = statement.compile(dialect=dialect)
    if not isinstance(compiled, SQLCompiler):
        raise TypeError("this statement binds no values")
    return compiled
