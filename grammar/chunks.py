"""A file is cut at its left margin; in a chunk every line stands at the margin of a line above it, or further in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from grammar.diagnostics import Finding, finding
from grammar.nodes.base import Span
from grammar.reader import Line
from grammar.slips import nearest

MAX_DEPTH = 24
"""Blocks in blocks: nobody can follow a conversation that is nested deeper, and every pass goes down them."""

_OTHERWISE = re.compile(r"(?:otherwise|else)(?!\w)", re.IGNORECASE)
_IF = re.compile(r"if(?!\w)", re.IGNORECASE)
_TABLE = re.compile(r"table(?!\w)", re.IGNORECASE)


def cut(lines: Iterable[Line]) -> list[list[Line]]:
    """The chunks of a file, without blank lines and comments; none is empty."""
    chunks: list[list[Line]] = []
    for line in lines:
        if not line.words or _is_comment(line, chunks):
            continue
        if chunks and not begins(line, chunks[-1][0]):
            chunks[-1].append(line)
        else:
            chunks.append([line])
    return chunks


def begins(line: Line, above: Line) -> bool:
    """Does a new chunk begin with a line, behind the chunk that begins with `above`?"""
    return not line.indent and not _goes_on(line, above)


def _is_comment(line: Line, chunks: list[list[Line]]) -> bool:
    """In a table only `# ` begins a comment: a cell may begin with #."""
    if not line.words.startswith("#"):
        return False
    in_table = bool(line.indent and chunks and _TABLE.match(chunks[-1][0].words))
    return not in_table or line.words == "#" or line.words.startswith("# ")


def _goes_on(line: Line, above: Line) -> bool:
    if not _IF.match(above.words):
        return False
    return bool(_OTHERWISE.match(line.words)) or nearest(line.words.rstrip(": "), ["otherwise", "or else"]) is not None


def align(chunk: Sequence[Line], file: str) -> tuple[list[Line], list[Finding]]:
    """The chunk with every line at a margin that exists, and what was said about those that were between two.

    The rows of a table stand at one margin, whatever spaces were pasted before them.  A chunk that is nested too
    deep gives no lines.
    """
    if len(chunk) > 1 and _TABLE.match(chunk[0].words):
        return [chunk[0], *(move(line, chunk[1].indent) for line in chunk[1:])], []
    lines: list[Line] = []
    findings: list[Finding] = []
    margins = [0]
    wrong: int | None = None  # of the line above: lines that stand together between two margins are one mistake
    for line in chunk:
        margin = _margin(line, lines, margins)
        if margin != line.indent:
            lines.append(move(line, margin))
            if wrong != line.indent:
                findings.append(_displaced(line, margin, lines, file))
            wrong = line.indent
        else:
            lines.append(line)
            wrong = None
        if len(margins) > MAX_DEPTH:
            return [], [*findings, finding("E029", file, span(line), limit=MAX_DEPTH)]
    return lines, findings


def _margin(line: Line, above: list[Line], margins: list[int]) -> int:
    """Where the line belongs; `margins`, the open ones, are brought up to date."""
    if not above:
        return 0
    if line.indent > margins[-1]:
        margins.append(line.indent)
        return line.indent
    nearest = min(margins, key=lambda margin: (abs(margin - line.indent), -margin))
    while margins[-1] > nearest:
        margins.pop()
    return nearest


def _displaced(line: Line, margin: int, above: Sequence[Line], file: str) -> Finding:
    if len(above) == 1:
        return finding("E026", file, span(line))
    return finding("E009", file, span(line), spaces=_spaces(line.indent), right=_spaces(margin))


def _spaces(count: int) -> str:
    return "1 space" if count == 1 else f"{count} spaces"


def move(line: Line, indent: int) -> Line:
    """The line at another margin; its columns are still the author's."""
    return msgspec.structs.replace(
        line, text=" " * indent + line.words, indent=indent, shift=line.shift + line.indent - indent
    )


def span(line: Line, column: int | None = None, end: int | None = None) -> Span:
    """A place in the line: columns of its clean text from 1 (None: where the words begin, and where they end)."""
    begin = line.indent + 1 if column is None else column
    return Span(line.number, begin + line.shift, (len(line.text) + 1 if end is None else end) + line.shift)
