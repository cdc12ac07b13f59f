"""The lines of a sound file in their canonical form and places; no comment is lost, and no line changes its order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from lark import Token

from grammar import lalr
from grammar.chunks import align, cut
from grammar.formatter.tables import aligned
from grammar.formatter.words import written
from grammar.reader import Line

_NO_WORDS = frozenset({"_NL", "_INDENT", "_DEDENT"})
_STANDS_APART = frozenset({"_K_FLOW", "_K_SECTION", "_K_TABLE", "_K_TEST"})


class Placed(msgspec.Struct, frozen=True):
    """A line as it will stand: `level` steps from the margin; `number` is the author's, `indent` the author's margin.

    `begins`: it is the first of a chunk, and `apart` of one that has a blank line above it.
    """

    text: str
    level: int
    number: int
    indent: int
    comment: bool = False
    begins: bool = False
    apart: bool = False


Item = Placed | None
"""A line, or None for a blank one."""


def placed(lines: Sequence[Line]) -> list[Item]:
    """Every line of a file that has no mistake, in its order; blank lines are where the author left them."""
    chunks = cut(lines)
    ready = [made for chunk in chunks for made in _chunk(chunk)]
    places = [line for chunk in chunks for line in chunk]
    items: list[Item] = []
    margins = [0]
    done = 0
    for line in lines:
        below = ready[done] if done < len(ready) else None
        if not line.words:
            items.append(None)
        elif below is not None and line is places[done]:
            margins = _open(margins, below.indent)
            items.append(below)
            done += 1
        else:
            level = _level(line.indent, margins, below)
            items.append(Placed(line.words, level, line.number, line.indent, comment=True))
    return items


def _open(margins: Sequence[int], indent: int) -> list[int]:
    """The margins that are open below a line, outermost first: its own is the last."""
    return [*(margin for margin in margins if margin < indent), indent]


def _level(indent: int, margins: Sequence[int], below: Placed | None) -> int:
    """Where a comment stands: beside the line below it where it stood there, or else at the nearest open margin."""
    inside = below is not None and not below.begins
    if inside and below is not None and (indent == below.indent or margins[-1] < min(indent, below.indent)):
        return below.level
    return min(range(len(margins)), key=lambda level: (abs(margins[level] - indent), -level)) if indent else 0


def _chunk(chunk: Sequence[Line]) -> Iterator[Placed]:
    """The lines of one chunk, which could be read, and so has pieces in every line."""
    lines, _ = align(chunk, "")
    rows: dict[int, list[Token]] = {}
    for piece in lalr.pieces("".join(f"{line.text}\n" for line in lines)):
        if piece.type not in _NO_WORDS:
            rows.setdefault(piece.line or 1, []).append(piece)
    pieces = [rows[number] for number in range(1, len(lines) + 1)]
    apart = pieces[0][0].type in _STANDS_APART
    margins = [0]
    for line, text in zip(lines, _texts(pieces), strict=True):
        margins = _open(margins, line.indent)
        begins = line is lines[0]
        yield Placed(text, len(margins) - 1, line.number, line.indent, begins=begins, apart=apart and begins)


def _texts(pieces: Sequence[Sequence[Token]]) -> list[str]:
    head, *below = pieces
    if head[0].type == "_K_TABLE":
        return [written(head), *aligned([str(row[0]) for row in below])]
    return [written(row) for row in pieces]
