"""A file while it is edited: what an edit leaves alone is not read again, and the tree is that of the whole file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from grammar import nodes as n
from grammar import parser, reader
from grammar.chunks import span
from grammar.diagnostics import Finding, finding, in_order
from grammar.mending import MAX_MISTAKES
from grammar.nodes.file import TopLevel
from grammar.parts import Part, Reading, beginnings, lowered, part


@dataclass(frozen=True, slots=True)
class Read:
    """A whole file: the author's lines, its tree, and what reading it has found."""

    lines: tuple[str, ...]
    file: n.File
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class Document:
    """One file of that name, with the text that it has now.

    `whole` is the file where it is none to be read in parts: no text, too large, or all at the margin.
    """

    name: str
    rows: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    tags: frozenset[str] = frozenset()
    whole: Read | None = None

    def write(self, text: str) -> None:
        """From now on the file has this text; only parts are read that were not there before."""
        data = text.encode(errors="replace")
        if b"\0" in data or reader.refusal(data, self.name) is not None:
            self.rows, self.parts, self.whole = [], [], _read_whole(data, self.name)
            return
        rows = reader.rows_of(data.decode("utf-8-sig"))
        self.parts = self._parts(rows)
        self.rows = rows
        self.whole = None if any(each.indented for each in self.parts) else _read_whole(data, self.name)
        if self.whole is None:
            self._read_parts()

    def copy(self) -> Document:
        """The same file, to be written otherwise."""
        return Document(self.name, list(self.rows), list(self.parts), self.tags, self.whole)

    def read(self) -> Read:
        """The tree of the file and what reading found, as reading all of it anew would give it."""
        if self.whole is not None:
            return self.whole
        misread: list[Finding] = []
        tops: list[TopLevel | n.Flow] = []
        for above, reading, findings in self._readings():
            misread += findings
            tops += reading.tops(above) if reading is not None else ()
        complete = not any(found.severity == "error" for found in misread)
        file = parser.file_of(self.name, tops, complete)
        return Read(tuple(self.rows), file, (*self._judged(), *in_order(misread)))

    def findings(self) -> list[Finding]:
        """What reading the file has found, most serious first."""
        if self.whole is not None:
            return in_order(self.whole.findings)
        return in_order([*self._judged(), *(each for _, _, found in self._readings() for each in found)])

    def _readings(self) -> Iterator[tuple[int, Reading | None, Sequence[Finding]]]:
        """Each chunk that is read, the rows above its part, and what is wrong in it; the last may only be too many."""
        count = 0
        for above, each in self._placed():
            for reading in each.readings or ():
                if count >= MAX_MISTAKES:
                    limit = finding("E036", self.name, span(reading.first), limit=MAX_MISTAKES)
                    yield above, None, lowered([limit], above)
                    return
                count += len(reading.findings)
                yield above, reading, lowered(reading.findings, above)

    def _judged(self) -> list[Finding]:
        return [found for above, each in self._placed() if each.judged for found in lowered(each.judged, above)]

    def _placed(self) -> Iterable[tuple[int, Part]]:
        """Every part with the number of rows above it."""
        return zip(_starts(self.parts), self.parts, strict=False)

    def _parts(self, rows: list[str]) -> list[Part]:
        """The parts of these rows: above and below what was changed they are those that are there."""
        above, below = unchanged(self.rows, rows)
        starts = _starts(self.parts)
        first = max((at for at, start in enumerate(starts[:-1]) if start < above), default=0)
        down = len(rows) - len(self.rows)
        kept = {start + down: at for at, start in enumerate(starts[:-1]) if start >= len(self.rows) - below}
        edges: list[int] = []
        for row in beginnings(rows, starts[first]):
            edges.append(row)
            if edges[1:] and row in kept:
                return [*self.parts[:first], *self._between(rows, edges, first), *self.parts[kept[row] :]]
        return [*self.parts[:first], *self._between(rows, [*edges, len(rows)], first)]

    def _between(self, rows: Sequence[str], edges: Sequence[int], first: int) -> list[Part]:
        """The parts from edge to edge; one that was there behind the `first` is not made anew."""
        known: dict[tuple[str, ...], Part | None] = {each.rows: each for each in self.parts[first:]}
        return [
            known.pop(tuple(rows[begin:end]), None) or part(rows[begin:end], self.name)
            for begin, end in pairwise(edges)
        ]

    def _read_parts(self) -> None:
        """Read what has not been read; all of it where the file declares other languages than before."""
        tags = frozenset(tag for each in self.parts for tag in each.languages)
        for each in self.parts:
            if each.readings is None or tags != self.tags:
                each.read(self.name, tags)
        self.tags = tags


def _starts(parts: Sequence[Part]) -> list[int]:
    """The row at which each part begins, and the one behind the last."""
    return list(accumulate((len(each.rows) for each in parts), initial=0))


def unchanged(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many rows are the same from above, and how many of the others from below."""
    most = min(len(old), len(new))
    above = next((at for at in range(most) if old[at] != new[at]), most)
    below = next((at for at in range(most - above) if old[-1 - at] != new[-1 - at]), most - above)
    return above, below


def _read_whole(data: bytes, name: str) -> Read:
    source, found = reader.read(data, name)
    file, misread = parser.parse(source)
    return Read(source.shown, file, (*found, *misread))
