"""A chunk is read until it can be: what stops the reading is said once, then mended, stubbed or set aside alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import msgspec
from lark.exceptions import UnexpectedInput

from grammar import lalr, mistakes
from grammar.chunks import align, move, span
from grammar.diagnostics import Finding, finding
from grammar.mistakes.trouble import Trouble, locate, stub_of
from grammar.mistakes.words import OWNERS
from grammar.nodes import Flow
from grammar.nodes.file import TopLevel
from grammar.reader import Line
from grammar.tree import Bench

Tops = tuple[TopLevel | Flow, ...]
"""Nearly always one; more where a line at the margin of a chunk was too far in."""

SET_ASIDE = "\ue000"

MAX_MISTAKES = 100
"""Nobody reads more of them, and every one costs another reading."""

MAX_LINES = 50_000
"""So many lines of one chunk are read again in all, half a second's work: a long chunk shows fewer mistakes at once."""

READINGS = 5
"""A line is moved, mended, stubbed and set aside once each; then the chunk is read."""


def read_chunk(chunk: Sequence[Line], file: str, tags: frozenset[str] = frozenset()) -> tuple[Tops, list[Finding]]:
    """The node of a chunk (none where nothing of it could be read), and all that is wrong in it.

    `tags` are the languages that the file declares, in lower case.
    """
    lines, findings = align(chunk, file)
    if not lines:
        return (), findings
    reading = _Reading(lines, file, tags)
    tops = reading.read()
    return tops, findings + reading.findings


class _Reading:
    """One chunk on its way to a tree."""

    def __init__(self, lines: list[Line], file: str, tags: frozenset[str]) -> None:
        self.lines = lines
        self.file = file
        self.tags = tags
        self.findings: list[Finding] = []
        self.said: set[int] = set()
        self.stubbed: set[int] = set()
        self.work = 0

    def read(self) -> Tops:
        for _ in range(READINGS * len(self.lines)):
            if len(self.findings) >= MAX_MISTAKES or (self.findings and self.work > MAX_LINES):
                break
            self.work += 2 * len(self.lines)
            try:
                tree = lalr.read_lines(_text(self.lines))
            except UnexpectedInput as error:
                index, trouble = locate(error, self.lines, self.file)
                self._mend(index, trouble)
                continue
            bench = Bench(self.lines, self.file, self.tags)
            tops: Tops = bench.build(tree)
            told = {self.lines[index].number for index in self.said}
            self.findings += [found for found in bench.findings if found.line not in told]
            return tops
        self.findings.append(finding("E036", self.file, span(self.lines[0]), limit=len(self.findings)))
        return ()

    def _mend(self, index: int, trouble: Trouble) -> None:
        """Say what is wrong with a line, unless it has been said, and make the next reading pass it."""
        if index in self.stubbed:
            self._set_aside(index)
        elif index in self.said:
            self._stub(index)
        else:
            explanation = mistakes.explain(
                msgspec.structs.replace(trouble, tags=self.tags),
                partial(mistakes.can_stand_in_chunk, self.lines, index),
            )
            self.findings.append(explanation.finding)
            if explanation.outdent and trouble.owner is not None:
                self._outdent(index, trouble.owner.indent)
                return
            self.said.add(index)
            if explanation.repaired:
                self.lines[index] = msgspec.structs.replace(self.lines[index], text=explanation.repaired)
            else:
                self._stub(index)

    def _block(self, index: int) -> int:
        """The index behind the last line below this one."""
        end = index + 1
        while end < len(self.lines) and self.lines[end].indent > self.lines[index].indent:
            end += 1
        return end

    def _stub(self, index: int) -> None:
        line = self.lines[index]
        self.stubbed.add(index)
        text = stub_of(line, has_block=self._block(index) > index + 1)
        if text:
            self.lines[index] = msgspec.structs.replace(line, text=text)
        else:
            self._set_aside(index)

    def _outdent(self, index: int, margin: int) -> None:
        """Bring lines that nobody owns to the margin at which they belong."""
        step = self.lines[index].indent - margin
        end = index
        while end < len(self.lines) and self.lines[end].indent > margin:
            self.lines[end] = move(self.lines[end], self.lines[end].indent - step)
            end += 1

    def _set_aside(self, index: int) -> None:
        """Take the line out, and read the block below it apart."""
        line = self.lines[index]
        end = self._block(index)
        block = self.lines[index + 1 : end]
        self.lines[index:end] = [msgspec.structs.replace(line, text=" " * line.indent + SET_ASIDE)]
        self.said = {i for i in self.said if i <= index}
        self.stubbed = {i for i in self.stubbed if i <= index}
        if block:
            self.findings += _read_block(line, block, self.file, self.tags)


def _read_block(line: Line, block: Sequence[Line], file: str, tags: frozenset[str]) -> list[Finding]:
    """What is wrong in a block whose first line says nothing: read below the owner that lets it be read furthest."""
    best = max(OWNERS, key=lambda owner: _reach(_under(owner, line, block), file))
    reading = _Reading(_under(best, line, block), file, tags)
    reading.said.add(0)
    reading.stubbed.add(0)
    reading.read()
    return reading.findings


def _under(owner: str, line: Line, block: Sequence[Line]) -> list[Line]:
    head = msgspec.structs.replace(move(line, 0), text=owner)
    return [head, *(move(other, other.indent - line.indent) for other in block)]


def _reach(lines: list[Line], file: str) -> int:
    """How many lines can be read."""
    try:
        lalr.read_lines(_text(lines))
    except UnexpectedInput as error:
        return locate(error, lines, file)[0]
    return len(lines)


def _text(lines: Sequence[Line]) -> str:
    return "".join(f"{line.text}\n" for line in lines)
