"""The cells of a table that workers read in their language: those of a column that has one like `name:fr` beside it."""

from __future__ import annotations

from collections.abc import Iterator

from grammar import nodes as n
from grammar.strings.units import Translation, Unit

_RECORDING = "audio"


def of_table(table: n.Table, flow: str) -> Iterator[Unit]:
    """A text for each cell that is not empty, named after its table, row and column."""
    header = [cell.text for cell in table.header.cells]
    for at, column in enumerate(header):
        columns = _languages(header, column)
        for row in table.rows if columns and column.lower() != _RECORDING else ():
            cells = [cell.text for cell in row.cells]
            if len(cells) > at and cells[at]:
                line = row.span.line
                made = {
                    tag: Translation(cells[to], line) for tag, to in columns.items() if to < len(cells) and cells[to]
                }
                name = f"{flow}.{table.name.text}.{cells[0]}.{column}"
                yield Unit(name, True, cells[at], line, "", made, {}, columns)


def _languages(header: list[str], column: str) -> dict[str, int]:
    """Where the translations of a column stand, by language tag."""
    found = {}
    for at, other in enumerate(header):
        name, colon, tag = other.partition(":")
        if colon and name.strip().lower() == column.lower():
            found[tag.strip().lower()] = at
    return found
