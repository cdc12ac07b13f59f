"""Tree → `Compiled`: it never fails; what it could not place it says, and then the result must not run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from grammar import nodes as n
from grammar import program as p
from grammar.compiler.flows import Made, make
from grammar.compiler.rehearsals import person
from grammar.names import Names


class Result(NamedTuple):
    """What a tree gives: all together, and flow by flow with what a check needs to know."""

    compiled: p.Compiled
    made: tuple[Made, ...]


def compile_file(file: n.File, flows: Sequence[Names], lines: Sequence[str] = ()) -> Result:
    """All flows of a file with their tests; `flows` are their names, in the same order, `lines` the author's lines."""
    made = tuple(make(names, file.name, flows, lines) for names in flows)
    compiled = p.Compiled(
        programs=tuple(flow.program for flow in made),
        rehearsals=tuple(test for flow in made for test in flow.rehearsals),
        people=tuple(person(line) for line in lines_of(file) if isinstance(line, n.RehearsalWorker)),
    )
    return Result(compiled, made)


def lines_of(file: n.File) -> list[n.TopLevel]:
    """Every line at the margin, but for `flow`."""
    return [*file.loose, *(line for flow in file.flows for line in flow.body)]


__all__ = ["Made", "Result", "compile_file"]
