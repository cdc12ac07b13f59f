"""Tree → `Compiled`: it never fails; what it could not place it says, and then the result must not run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from grammar import nodes as n
from grammar import program as p
from grammar.compiler.flows import Made, make
from grammar.compiler.rehearsals import person
from grammar.names import Names
from grammar.walk import every


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
        people=tuple(person(node) for node in every(file, n.RehearsalWorker)),
    )
    return Result(compiled, made)


__all__ = ["Made", "Result", "compile_file"]
