"""Between files: flows that are published together have names and start words of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grammar import program as p
from grammar.diagnostics import Finding, finding
from grammar.nodes import Span


def flow_names(programs: Sequence[tuple[p.Program, p.Place]]) -> Iterator[Finding]:
    """A flow's name is unique in the project (RULES A1)."""
    first: dict[str, p.Place] = {}
    for program, place in programs:
        other = first.setdefault(program.flow.lower(), place)
        if other is not place:
            yield _say("E297", place, name=program.flow, other=other.file, line=other.line)


def start_words(programs: Sequence[tuple[p.Program, p.Place]]) -> Iterator[Finding]:
    """A word starts one flow (RULES E2)."""
    first: dict[str, tuple[str, p.Place]] = {}
    for program, place in programs:
        for word in program.words:
            flow, other = first.setdefault(word.lower(), (program.flow, place))
            if flow != program.flow:
                yield _say("E298", place, word=word, flow=flow, other=other.file, line=other.line)


def _say(code: str, place: p.Place, **values: str | int) -> Finding:
    return finding(code, place.file, Span(place.line, 1, 2), None, **values)


CHECKS = (flow_names, start_words)
