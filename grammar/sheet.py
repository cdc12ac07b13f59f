"""A table in a file of its own: CSV as every spreadsheet writes it becomes columns and rows; no cell is guessed at.

The same bytes are read once, however many flows name them.
"""

from __future__ import annotations

import csv
import functools
import io
from collections.abc import Iterator
from typing import NamedTuple

from grammar.diagnostics import Finding, finding
from grammar.nodes import Span
from grammar.reader import text_of

MAX_BYTES = 8_000_000
"""A list of 20,000 facilities with ten columns is near 2 MB; a file four times that size was chosen by mistake."""

MAX_ROWS = 20_000
"""The rows stand in the program, which the server keeps in memory: all facilities of a large country are fewer."""

SEPARATORS = ",;\t|"


class Sheet(NamedTuple):
    """`rows` have the length of `columns`; `lines`: the author's lines, to show where a mistake is."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[str, ...] = ()


@functools.lru_cache(maxsize=16)
def read(data: bytes, name: str) -> tuple[Sheet, tuple[Finding, ...]] | str:
    """The table in the bytes of a file with what is wrong in its rows; a sentence where it cannot be a table."""
    if len(data) > MAX_BYTES:
        return f"it has {len(data) // 1_000_000} MB, and a table may have {MAX_BYTES // 1_000_000}"
    text = text_of(data)
    if text is None:
        return "it is no CSV file: in the spreadsheet, choose `save as` and there CSV"
    first = text.partition("\n")[0]
    cells = csv.reader(io.StringIO(text, newline=""), delimiter=max(SEPARATORS, key=first.count))
    try:
        rows = [(cells.line_num, [cell.strip() for cell in row]) for row in cells]
    except csv.Error:
        return "one of its cells is longer than a message can be"
    filled = [(line, row) for line, row in rows if any(row)]
    if not filled:
        return "there is nothing in it"
    if len(filled) - 1 > MAX_ROWS:
        return f"it has {len(filled) - 1:,} rows, and a table may have {MAX_ROWS:,}, because the server keeps them all"
    return _judged(filled, name, tuple(text.splitlines()))


def _judged(
    filled: list[tuple[int, list[str]]], name: str, lines: tuple[str, ...]
) -> tuple[Sheet, tuple[Finding, ...]]:
    columns = _without_tail(filled[0][1])
    found = list(_columns(columns, name))
    rows: list[tuple[str, ...]] = []
    first: dict[str, int] = {}
    for line, row in filled[1:]:
        found += _row(row, len(columns), first, line, name)
        rows.append(tuple((_without_tail(row) + [""] * len(columns))[: len(columns)]))
    return Sheet(tuple(columns), tuple(rows), lines), tuple(found)


def _without_tail(row: list[str]) -> list[str]:
    """Without the empty cells at the end, which spreadsheets add and leave out as they like."""
    last = max((number for number, cell in enumerate(row, 1) if cell), default=0)
    return row[:last]


def _columns(columns: list[str], name: str) -> Iterator[Finding]:
    keys = [column.lower() for column in columns]
    for number, column in enumerate(columns):
        if not column:
            yield finding("E023", name, Span(1, 1, 1))
        elif keys[number] in keys[:number]:
            yield finding("E290", name, Span(1, 1, 1), column=column)


def _row(row: list[str], wanted: int, first: dict[str, int], line: int, name: str) -> Iterator[Finding]:
    place = Span(line, 1, 1)
    if len(_without_tail(row)) > wanted:
        yield finding("E291", name, place, cells=len(_without_tail(row)), columns=wanted)
    if not row[0]:
        yield finding("E023", name, place)
    elif row[0].lower() in first:
        yield finding("E292", name, place, key=row[0], line=first[row[0].lower()])
    first.setdefault(row[0].lower(), line)
