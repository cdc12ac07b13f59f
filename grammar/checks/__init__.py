"""What is wrong with a flow that could be read: one function a check; no check changes anything.

Each module has a heading of the language's own list, and says at its end which checks it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from grammar import nodes as n
from grammar import program as p
from grammar.checks import (
    asking,
    beginning,
    choosing,
    comparing,
    jumping,
    later,
    naming,
    privacy,
    project,
    testing,
    wording,
)
from grammar.checks.subject import Subject
from grammar.compiler import Result
from grammar.diagnostics import Finding, finding
from grammar.names import Names

Check = Callable[[Subject], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    *comparing.CHECKS,
    *naming.CHECKS,
    *choosing.CHECKS,
    *jumping.CHECKS,
    *asking.CHECKS,
    *privacy.CHECKS,
    *beginning.CHECKS,
    *wording.CHECKS,
    *testing.CHECKS,
    *later.CHECKS,
)


def check(file: n.File, flows: Sequence[Names], result: Result) -> list[Finding]:
    """Everything that is wrong inside one file; of several errors at one place only the first is said."""
    found = list(_outside(file))
    for names, made in zip(flows, result.made, strict=True):
        subject = Subject(file.name, names, made, flows)
        for look in CHECKS:
            found += look(subject)
    return _one_a_place(found)


def between(programs: Sequence[tuple[p.Program, p.Place]]) -> list[Finding]:
    """Everything that is wrong between flows that are each right; the places are those of their `flow` lines."""
    return [found for look in project.CHECKS for found in look(programs)]


def _outside(file: n.File) -> Iterator[Finding]:
    """Lines above the first flow belong to nobody, but for tables (RULES A4)."""
    loose = [line for line in file.loose if not isinstance(line, n.Table | n.TableFile)]
    if loose or not file.flows:
        where = loose[0].span if loose else file.span
        yield finding("E299", file.name, where)


def _one_a_place(findings: list[Finding]) -> list[Finding]:
    kept: list[Finding] = []
    taken: set[tuple[int, int]] = set()
    for found in findings:
        place = (found.line, found.column)
        if found.severity == "error" and place in taken:
            continue
        if found.severity == "error":
            taken.add(place)
        kept.append(found)
    return kept


__all__ = ["CHECKS", "between", "check"]
