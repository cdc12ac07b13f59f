"""A table with its rows by key: a cell is a text, or empty, never a guess."""

from __future__ import annotations

from grammar import program as p


class LinkedTable:
    """A table with its rows by key (without case)."""

    __slots__ = ("_columns", "_folded", "_rows", "columns", "keys")

    def __init__(self, table: p.Table) -> None:
        self.columns = table.columns
        self.keys: tuple[str, ...] = tuple(row[0] for row in table.rows)
        self._columns = {name: index for index, name in enumerate(table.columns)}
        self._rows = {row[0]: row for row in table.rows}
        self._folded = {row[0].casefold(): row[0] for row in table.rows}

    def cell(self, key: str, column: str, language: str) -> str | None:
        """The text in a row's column, in the language where the table has it; None where it is empty."""
        row = self._rows.get(key)
        index = self._columns.get(f"{column}:{language}", self._columns.get(column, 0 if not column else -1))
        if row is None or index < 0:
            return None
        return row[index] if row[index] not in ("", "-") or index == 0 else self._base(row, column)

    def _base(self, row: tuple[str, ...], column: str) -> str | None:
        index = self._columns.get(column, -1)
        return row[index] if index >= 0 and row[index] not in ("", "-") else None

    def find(self, code: str) -> str | None:
        """The key of the row with this first column, whatever its case."""
        return self._folded.get(code.strip().casefold())

    def row(self, key: str) -> tuple[str, ...]:
        """All texts of a row."""
        return self._rows[key]
