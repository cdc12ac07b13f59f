"""A table in its canonical form: the same cells between `|`, and every column begins at one place."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

BETWEEN = " | "


def aligned(rows: Sequence[str]) -> list[str]:
    """The rows of a table, its header first, as lines without their margin."""
    cells = [_cells(row) for row in rows]
    widths = _widths(cells)
    return [_row(row, widths) for row in cells]


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.split("|" if "|" in row else "\t")]


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """Of each column; what stands last in its row needs no room behind it."""
    widths: list[int] = []
    for row in rows:
        widths += [0] * (len(row) - len(widths))
        for column, cell in enumerate(row[:-1]):
            widths[column] = max(widths[column], width(cell))
    return widths


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell + " " * (room - width(cell)) for cell, room in zip(cells, widths, strict=False)]
    line = BETWEEN.join(padded).rstrip()
    if cells[0] == "#" and len(cells) > 1:
        return "#" + line[1:].lstrip()  # a space behind it would make the row a comment
    return line


def width(text: str) -> int:
    """Columns of a screen: a wide letter takes two, a mark on the letter before it none."""
    return sum(_columns(letter) for letter in text)


def _columns(letter: str) -> int:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
