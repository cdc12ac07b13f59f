"""Tree → `Compiled`: called only where no check found an error; then it never fails."""

from __future__ import annotations

from collections.abc import Sequence

from grammar import nodes as n
from grammar import program as p
from grammar.compiler.flows import program
from grammar.compiler.rehearsals import person, rehearsal
from grammar.names import Names
from grammar.walk import every


def compile_file(file: n.File, flows: Sequence[Names]) -> p.Compiled:
    """All flows of a file with their tests; `flows` are their names, in the same order."""
    return p.Compiled(
        programs=tuple(program(names, file.name) for names in flows),
        rehearsals=tuple(rehearsal(test, names, flows) for names in flows for test in every(names.flow, n.Rehearsal)),
        people=tuple(person(node) for node in every(file, n.RehearsalWorker)),
    )


__all__ = ["compile_file"]
