"""Tree → `Compiled`: it never fails, and says what it could not place; what has problems must not run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from grammar import nodes as n
from grammar import program as p
from grammar.compiler.flows import Made, make
from grammar.compiler.rehearsals import person, rehearsal
from grammar.names import Names
from grammar.scopes import Missing
from grammar.walk import every


class Result(NamedTuple):
    """What a tree gives, flow by flow in `made`, and the words in it that mean nothing."""

    compiled: p.Compiled
    made: tuple[Made, ...]
    problems: tuple[Missing, ...]


def compile_file(file: n.File, flows: Sequence[Names], lines: Sequence[str] = ()) -> Result:
    """All flows of a file with their tests; `flows` are their names, in the same order, `lines` the author's lines."""
    problems: list[Missing] = []
    made = tuple(make(names, file.name, problems) for names in flows)
    compiled = p.Compiled(
        programs=tuple(flow.program for flow in made),
        rehearsals=tuple(
            rehearsal(test, names, flows, problems, lines) for names in flows for test in every(names.flow, n.Rehearsal)
        ),
        people=tuple(person(node) for node in every(file, n.RehearsalWorker)),
    )
    return Result(compiled, made, tuple(problems))


__all__ = ["Made", "Result", "compile_file"]
