"""A part of a file is a function of its rows alone: it is read once, wherever it stands and however often it moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from grammar import nodes as n
from grammar import reader
from grammar.chunks import begins, cut
from grammar.diagnostics import Finding
from grammar.mending import Tops, read_chunk
from grammar.parser import declared
from grammar.reader import Line


@dataclass(slots=True)
class Reading:
    """A chunk, read.  `above` rows of the file stand before its part: so far down are its nodes.

    `first` is its first line, and `findings` what is wrong in it; both count lines from the part's first row.
    """

    first: Line
    found: Tops
    findings: tuple[Finding, ...]
    above: int = 0

    def tops(self, above: int) -> Tops:
        """Its nodes, where so many rows stand before its part."""
        if above != self.above:
            self.found, self.above = lower(self.found, above - self.above), above
        return self.found


@dataclass(slots=True)
class Part:
    """Rows from one that begins a chunk down to the next such row; nearly always one chunk.

    `judged`: what is wrong with its letters.  `languages`: those that it declares.  `indented`: some line of it stands
    further in.  `readings` lack until the languages of the whole file are known.
    """

    rows: tuple[str, ...]
    chunks: list[list[Line]]
    judged: tuple[Finding, ...]
    languages: frozenset[str]
    indented: bool
    readings: tuple[Reading, ...] | None = None

    def read(self, file: str, tags: frozenset[str]) -> None:
        """Read its chunks; `tags` are the languages that the file declares."""
        found = [(chunk[0], *read_chunk(chunk, file, tags)) for chunk in self.chunks]
        self.readings = tuple(Reading(first, tops, tuple(findings)) for first, tops, findings in found)


def part(rows: Sequence[str], file: str) -> Part:
    """The part that these rows are."""
    lines, judged = reader.clean_rows(rows, file)
    chunks = cut(lines)
    indented = any(line.indent for chunk in chunks for line in chunk)
    return Part(tuple(rows), chunks, tuple(judged), declared(chunks), indented)


def beginnings(rows: Sequence[str], first: int) -> Iterator[int]:
    """The rows at which parts begin, counted from 0; `first` is one of them."""
    yield first
    head: Line | None = None
    for at in range(first, len(rows)):
        inside = head is None
        for line in _with_words(rows[at], head):
            if head is None or begins(line, head):
                head = line
                if not inside:
                    yield at
            inside = True


def _with_words(row: str, head: Line | None) -> list[Line]:
    """The lines of a row that are neither blank nor comments; those further in are what the author meant them to be."""
    lines, _ = reader.clean_rows([row], "")
    return [line for line in lines if line.words and (line.words[0] != "#" or (line.indent and head is not None))]


def lower(node: Any, by: int) -> Any:  # noqa: ANN401 - any node, and what stands in its fields
    """The same node, every line of it so many lines further down."""
    if isinstance(node, n.Span):
        return n.Span(node.line + by, node.column, node.end_column, node.file)
    if isinstance(node, tuple):
        return tuple([lower(item, by) for item in node])
    if isinstance(node, n.Node):
        kind = type(node)
        return kind(**{name: lower(getattr(node, name), by) for name in kind.__struct_fields__})
    return node


def lowered(findings: Sequence[Finding], by: int) -> list[Finding]:
    """The same findings, so many lines further down."""
    return [msgspec.structs.replace(found, line=found.line + by) for found in findings]
