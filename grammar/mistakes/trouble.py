"""Where reading stopped: the guilty line, the column in it, and what could have stood there."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Any

import msgspec
from lark.exceptions import UnexpectedInput, UnexpectedToken

from grammar import lalr
from grammar.chunks import span
from grammar.diagnostics import Finding, finding
from grammar.mistakes.words import stub
from grammar.nodes.base import Span
from grammar.reader import Line

_WORD_END = re.compile(r"[\s:,()]|$")


class Explanation(msgspec.Struct, frozen=True):
    """A finding, and the line as it was probably meant ("" where we do not know).

    With `outdent` only its distance from the margin was wrong: it belongs beside the line above it that is `owner`.
    """

    finding: Finding
    repaired: str = ""
    outdent: bool = False


class Trouble(msgspec.Struct, frozen=True):
    """One line that cannot be read.

    `column` is where reading stopped, from 1 (one past the end: the line ends too early); `accepted` the terminals
    that could have followed; `owner` the line whose block this is in; `above` the line before it; `has_block`
    whether lines stand below it.  `kind` is one of word · end (the line stops too early) · indent (it is further in
    than it may be) · no block (nothing stands below it) · TOO_LONG; `parser` tries what could follow;
    `beside` holds the words of the lines that have the same owner, `tags` the languages that
    the file declares.
    """

    file: str
    line: Line
    column: int
    accepted: frozenset[str]
    owner: Line | None = None
    above: Line | None = None
    has_block: bool = False
    kind: str = "word"
    parser: Any = None
    beside: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()

    @property
    def rest(self) -> str:
        """What could not be read."""
        return self.line.text[self.column - 1 :]

    @property
    def before(self) -> str:
        """What could be read."""
        return self.line.text[: self.column - 1].strip()

    @property
    def word(self) -> str:
        """The word at which reading stopped, as far as the next space or sign."""
        match = _WORD_END.search(self.rest, 1) if self.rest else None
        return self.rest[: match.start()] if match else self.rest

    @property
    def last(self) -> str:
        """The last word that could be read."""
        return self.before.split()[-1] if self.before else ""

    def place(self, length: int | None = None) -> Span:
        """The mark: the word where reading stopped, or `length` columns."""
        return span(self.line, self.column, self.column + (len(self.word) if length is None else length))

    def with_word(self, word: str, instead_of: str | None = None) -> str:
        """The line with another word in the place of the wrong one."""
        wrong = self.word if instead_of is None else instead_of
        return f"{self.line.text[: self.column - 1]}{word}{self.rest[len(wrong) :]}"

    def explain(self, code: str, /, repaired: str = "", hint: str | None = None, **values: object) -> Explanation:
        """What is wrong here, with the mark at the wrong word."""
        return Explanation(finding(code, self.file, self.place(), hint=hint, **values), repaired)


def locate(error: UnexpectedInput, lines: Sequence[Line], file: str) -> tuple[int, Trouble]:
    """The index of the guilty line, and what is wrong there."""
    parser = getattr(error, "interactive_parser", None)
    accepted = frozenset() if parser is None else frozenset(parser.accepts())
    kind = error.token.type if isinstance(error, UnexpectedToken) else ""
    index = min((error.line or 1) - 1 if kind != "$END" else len(lines) - 1, len(lines) - 1)
    if kind == "_INDENT":
        index = min(index + 1, len(lines) - 1)
        return index, _trouble(lines, index, lines[index].indent + 1, accepted, file, "indent")
    if accepted == {"_INDENT"}:
        index = index if kind in ("_DEDENT", "$END") else index - 1
        return index, _trouble(lines, index, len(lines[index].text) + 1, accepted, file, "no block")
    if kind in ("_NL", "_DEDENT", "$END"):
        return index, _trouble(lines, index, len(lines[index].text) + 1, accepted, file, "end")
    kind = kind if kind == lalr.TOO_LONG else "word"
    trouble = _trouble(lines, index, error.column or 1, accepted, file, kind)
    return index, msgspec.structs.replace(trouble, parser=parser)


def _trouble(lines: Sequence[Line], index: int, column: int, accepted: frozenset[str], file: str, kind: str) -> Trouble:
    line = lines[index]
    above = lines[:index]
    owner = next((other for other in reversed(above) if other.indent < line.indent), None)
    has_block = index + 1 < len(lines) and lines[index + 1].indent > line.indent
    return Trouble(
        file, line, column, accepted, owner, above[-1] if above else None, has_block, kind, beside=_beside(lines, index)
    )


def _beside(lines: Sequence[Line], index: int) -> tuple[str, ...]:
    margin = lines[index].indent
    before = itertools.takewhile(lambda other: other.indent >= margin, reversed(lines[:index]))
    after = itertools.takewhile(lambda other: other.indent >= margin, lines[index + 1 :])
    return tuple(other.words for other in (*before, *after) if other.indent == margin)


def stub_of(line: Line, has_block: bool) -> str:
    """The stub of a line at the line's own margin; "" where none fits."""
    text = stub(line.words, has_block)
    return " " * line.indent + text if text else ""
