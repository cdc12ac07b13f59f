"""Sets of keys in a statement: one bound list of rows, joined like a table, however many they are.

Here alone stands what SQLite and PostgreSQL say differently.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Dialect,
    Integer,
    LargeBinary,
    Row,
    Subquery,
    Table,
    Text,
    UpdateBase,
    bindparam,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import Insert, insert  # SQLite's compiler writes it just so
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

Converter = Callable[[Any], Any]

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


def many(connection: Connection, statement: UpdateBase, rows: Sequence[dict[str, Any]]) -> None:
    """The statement for all rows at once, each with the same keys; nothing where there are none.

    Statements stand at module level: each is compiled once, and rows go to the driver as tuples.  (SQLAlchemy's own
    executemany looks every parameter of every row up again: 35 of the 265 µs that a message took in a batch.)
    """
    if rows:
        written = _written(statement, connection.dialect, tuple(rows[0]))
        connection.exec_driver_sql(written.sql, written.values(rows))


@dataclass(frozen=True, slots=True)
class _Written:
    """A statement in the words of one database.

    `pick`: the values of a row in the statement's order.  `fixed`: what the statement itself binds.  `converters`: by
    place, what makes the driver's value of one of ours.
    """

    sql: str
    pick: Callable[[dict[str, Any]], tuple[Any, ...]]
    fixed: dict[str, Any]
    converters: Sequence[tuple[int, Converter]]

    def values(self, rows: Iterable[dict[str, Any]]) -> list[tuple[Any, ...]]:
        """All rows, as the driver takes them."""
        if self.fixed:
            rows = ({**self.fixed, **row} for row in rows)
        if not self.converters:
            return [self.pick(row) for row in rows]
        return [self._converted(self.pick(row)) for row in rows]

    def _converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        values = list(row)
        for place, convert in self.converters:
            values[place] = convert(values[place])
        return tuple(values)


@lru_cache(maxsize=256)
def _written(statement: UpdateBase, dialect: Dialect, keys: tuple[str, ...]) -> _Written:
    compiled = statement.compile(dialect=dialect, column_keys=list(keys))
    if not isinstance(compiled, SQLCompiler):
        raise TypeError("this statement binds no values")
    binds = [compiled.binds[name] for name in compiled.positiontup or ()]
    fixed = {bind.key: bind.value for bind in binds if not bind.required and bind.key not in keys}
    made = ((place, _converter(bind.type, dialect)) for place, bind in enumerate(binds))
    converters = tuple((place, convert) for place, convert in made if convert is not None)
    return _Written(compiled.string, _picker([bind.key for bind in binds]), fixed, converters)


def _converter(kind: TypeEngine[Any], dialect: Dialect) -> Converter | None:
    """Both drivers take bytes and booleans as they are; a memoryview of each gives the garbage collector work."""
    return None if isinstance(kind, LargeBinary | Boolean) else kind.dialect_impl(dialect).bind_processor(dialect)


def _picker(names: Sequence[str]) -> Callable[[dict[str, Any]], tuple[Any, ...]]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda row: tuple(row[name] for name in names)
