"""A place in a flow and the same place in an editor: rows from 0, and columns in the units that the editor counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lsprotocol import types as lsp

from grammar.nodes import Span

UNITS: dict[str, Callable[[str], int]] = {
    "utf-8": lambda text: len(text.encode(errors="replace")),
    "utf-16": lambda text: len(text) + sum(letter > "\uffff" for letter in text),
    "utf-32": len,
}
"""How wide a text is: LSP 3.17, PositionEncodingKind."""

_BREAK = re.compile(r"\r\n|\r|\n")
_WORD = re.compile(r"\w[\w.]*|\S")


@dataclass(frozen=True, slots=True)
class Places:
    """The places of one text; `rows` are its lines as the editor has them, a byte order mark included."""

    rows: Sequence[str]
    unit: str = "utf-16"

    @classmethod
    def of(cls, text: str, unit: str) -> Places:
        """The places of a text.  LSP and the language end lines at the same signs."""
        return cls(_BREAK.split(text), unit)

    def position(self, line: int, column: int) -> lsp.Position:
        """Line and column from 1, as findings and spans count them, in the editor's units."""
        row = self._row(line - 1)
        return lsp.Position(line - 1, UNITS[self.unit](row[: max(0, column - 1 + self._mark(line - 1))]))

    def range(self, span: Span) -> lsp.Range:
        """What a span marks."""
        begin = self.position(span.line, span.column)
        return lsp.Range(begin, self.position(span.line, max(span.column, span.end_column)))

    def word(self, line: int, column: int) -> lsp.Range:
        """The word or sign at a place; of a place behind the line, its last sign."""
        row = self._row(line - 1)
        at = min(max(0, column - 1 + self._mark(line - 1)), max(0, len(row.rstrip()) - 1))
        match = _WORD.match(row, at)
        end = match.end() if match else min(at + 1, len(row))
        width = UNITS[self.unit]
        return lsp.Range(lsp.Position(line - 1, width(row[:at])), lsp.Position(line - 1, width(row[:end])))

    def of_position(self, position: lsp.Position) -> tuple[int, int]:
        """Line and column from 1.  A position inside a letter is before it, one behind the line at its end."""
        row, left = self._row(position.line), position.character
        width = UNITS[self.unit]
        column = 0
        for letter in row:
            left -= width(letter)
            if left < 0:
                break
            column += 1
        return position.line + 1, max(1, column + 1 - self._mark(position.line))

    def text(self, span: Span) -> str:
        """The author's letters there."""
        mark = self._mark(span.line - 1)
        return self._row(span.line - 1)[span.column - 1 + mark : span.end_column - 1 + mark]

    def everything(self) -> lsp.Range:
        """The whole text."""
        last = len(self.rows) - 1
        return lsp.Range(lsp.Position(0, 0), lsp.Position(last, UNITS[self.unit](self.rows[last])))

    def _row(self, at: int) -> str:
        return self.rows[at] if 0 <= at < len(self.rows) else ""

    def _mark(self, at: int) -> int:
        """The letters before the first column: the byte order mark is none of the language."""
        return 1 if at == 0 and self._row(0).startswith("\ufeff") else 0
