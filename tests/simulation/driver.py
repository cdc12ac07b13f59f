"""The engine's statements on a disk in memory: each is compiled once for the process, then goes straight to SQLite.

The words are SQLAlchemy's, and so are the rows; only its own way to the driver, a third of a simulation's time, is
left out.  The engine's tests go that way, on both databases.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Row, RowMapping
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.sql.compiler import SQLCompiler

from engine.sets import AnyRow

DIALECT = SQLiteDialect_pysqlite(paramstyle="qmark")
_STATEMENTS = 2_048


class Rows:
    """What came of a statement: what the engine asks of SQLAlchemy's result, over rows that are there already."""

    __slots__ = ("_data", "_said", "rowcount")

    def __init__(self, said: _Said, data: list[Any], rowcount: int) -> None:
        self._said = said
        self._data = data
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[AnyRow]:
        return iter(self.all())

    def all(self) -> list[AnyRow]:
        """All rows."""
        columns, processors, places = self._said.columns, self._said.processors, self._said.places
        return [Row(columns, processors, places, each) for each in self._data]

    def first(self) -> AnyRow | None:
        """One, or None."""
        return next(iter(self.all()), None)

    def one(self) -> AnyRow:
        """The only one."""
        (row,) = self.all()
        return row

    def one_or_none(self) -> AnyRow | None:
        """The only one, or None."""
        return self.one() if self._data else None

    def scalars(self) -> Scalars:
        """The first column."""
        return Scalars(row[0] for row in (self.all() if self._said.processors else self._data))

    def scalar(self) -> Any:
        """The first value of the first row."""
        return self.scalars().first()

    def mappings(self) -> Iterator[RowMapping]:
        """Rows by the names of their columns."""
        return (row._mapping for row in self.all())


class Scalars(list[Any]):
    """The values of a column."""

    def all(self) -> list[Any]:
        """All of them."""
        return self

    def first(self) -> Any:
        """One, or None."""
        return self[0] if self else None


class Driver:
    """What of SQLAlchemy's connection the engine uses.  `before`: told of every statement, and may raise."""

    dialect = DIALECT

    def __init__(self, raw: sqlite3.Connection, before: Callable[[], None]) -> None:
        self._raw = raw
        self._before = before

    def execute(self, statement: Executable, values: Any = None) -> Rows:
        """One row of values, or a list of them."""
        if isinstance(values, list):
            return self._each(statement, values)
        said = _said(statement, () if values is None else tuple(values))
        self._before()
        cursor = self._raw.execute(said.sql, said.bound(values or {}))
        return Rows(said, cursor.fetchall(), cursor.rowcount)

    def scalar(self, statement: Executable, values: Any = None) -> Any:
        """See SQLAlchemy."""
        return self.execute(statement, values).scalar()

    def scalars(self, statement: Executable, values: Any = None) -> Any:
        """See SQLAlchemy."""
        return self.execute(statement, values).scalars()

    def exec_driver_sql(self, sql: str, values: Any = ()) -> Rows:
        """One row of values, or a list of them."""
        self._before()
        if isinstance(values, list) and len(values) != 1:
            return Rows(_RAW, [], self._raw.executemany(sql, values).rowcount)
        cursor = self._raw.execute(sql, values[0] if isinstance(values, list) else values)
        return Rows(_RAW, cursor.fetchall(), cursor.rowcount)

    @contextmanager
    def begin(self) -> Iterator[None]:
        """A transaction: all of it is there afterwards, or nothing."""
        self._before()
        self._raw.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._raw.execute("ROLLBACK")
            raise
        self._raw.execute("COMMIT")

    def _each(self, statement: Executable, values: Sequence[Mapping[str, Any]]) -> Rows:
        said = _said(statement, tuple(values[0]))
        self._before()
        found: list[Any] = []
        changed = 0
        for row in values:
            cursor = self._raw.execute(said.sql, said.bound(row))
            found += cursor.fetchall()
            changed += cursor.rowcount
        return Rows(said, found, changed)


@dataclass(frozen=True, slots=True)
class _Said:
    """A statement in SQLite's words.

    `names`: of its values, in order, and what each becomes.  `fixed`: the values that it brings.
    """

    sql: str
    names: Sequence[tuple[str, Callable[[Any], Any] | None]]
    fixed: Mapping[str, Any]
    columns: SimpleResultMetaData
    processors: Sequence[Any] | None
    places: dict[Any, int]

    def bound(self, values: Mapping[str, Any]) -> list[Any]:
        """The values as SQLite takes them."""
        given, fixed = values, self.fixed
        found = []
        for name, convert in self.names:
            value = given[name] if name in given else fixed[name]
            found.append(value if convert is None else convert(value))
        return found


_RAW = _Said("", (), {}, SimpleResultMetaData(()), None, {})


@lru_cache(maxsize=_STATEMENTS)
def _said(statement: Executable, keys: tuple[str, ...]) -> _Said:
    compiled = statement.compile(  # type: ignore[attr-defined]  # whatever can be run can be compiled
        dialect=DIALECT, column_keys=list(keys) or None
    )
    assert isinstance(compiled, SQLCompiler), statement
    required = {bind.key for bind in compiled.binds.values() if bind.required}
    state = compiled.construct_expanded_state(dict.fromkeys(required))
    columns = SimpleResultMetaData([column.keyname for column in compiled._result_columns])
    processors = [column.type._cached_result_processor(DIALECT, None) for column in compiled._result_columns]
    return _Said(
        state.statement,
        tuple((name, _converter(compiled, name)) for name in state.positiontup or ()),
        {name: value for name, value in state.parameters.items() if name not in required},
        columns,
        processors if any(processors) else None,
        columns._key_to_index,
    )


def _converter(compiled: SQLCompiler, name: str) -> Callable[[Any], Any] | None:
    """Bytes are bytes to the driver, too."""
    found = compiled._bind_processors.get(name)
    return None if name in compiled.binds and _is_binary(compiled, name) else found  # type: ignore[return-value]


def _is_binary(compiled: SQLCompiler, name: str) -> bool:
    return compiled.binds[name].type.python_type is bytes
