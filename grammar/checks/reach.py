"""Branches that nothing leads into, and ways that end without a word to the worker."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from grammar import nodes as n
from grammar import program as p
from grammar.checks import paths
from grammar.checks.domains import Condition, refuted_by
from grammar.checks.subject import Subject
from grammar.diagnostics import Finding
from grammar.walk import Visit, every


class Branches:
    """The conditions of the branches of one flow, and what holds inside each."""

    def __init__(self, subject: Subject) -> None:
        code, spans = subject.made.program.code, subject.made.spans
        self.when = {spans[at]: op.when for at, op in enumerate(code) if isinstance(op, p.Unless)}
        self._changed_anywhere = {line.question.parts[0].key for line, _ in subject.every(n.AskAgain)}
        self._changed_anywhere |= {line.target.key for line, _ in subject.every(n.Set)}
        if any(subject.every(n.OnEvent)):
            self._changed_anywhere |= {entry.name.lower() for entry in subject.names.of("input")}
        self._asked: dict[int, set[str]] = {}

    def around(self, visit: Visit) -> list[Condition]:
        """What holds at a place because of the branches it stands in, as far as nothing changes it in between."""
        found: list[Condition] = []
        for line, inner in pairwise((*visit.parents, visit.node)):
            if isinstance(line, n.If):
                found += self._into(line, inner)
        return found

    def _into(self, line: n.If, inner: n.Node) -> Iterator[Condition]:
        """What holds in one branch: the conditions above it do not, its own does."""
        if id(inner) not in self._asked:
            self._asked[id(inner)] = {question.name.key for question in every(inner, n.Question)}
        changed = self._changed_anywhere | self._asked[id(inner)]
        for branch in line.branches:
            when = self.when.get(branch.span)
            if when is not None and not {path.key for path in every(branch.when, n.Path)} & changed:
                yield when, branch is inner
            if branch is inner:
                return


NEAR = 50
"""So many conditions around a branch, the nearest, are looked at: leaving one out finds less, and nothing wrong."""


def never_true(subject: Subject) -> Iterator[Finding]:
    """An `if` that no answer can make true where it stands."""
    branches = Branches(subject)
    for line, visit in subject.every(n.If):
        around = branches.around(visit)
        for branch in line.branches:
            when = branches.when.get(branch.span)
            if when is not None:
                name = refuted_by([*around[-NEAR:], (when, True)], subject.made.program)
                if name is not None:
                    yield subject.say("W251", branch.when, name=name)
                around.append((when, False))


def skipped(subject: Subject) -> Iterator[Finding]:
    """An `only if` that no answer can make true: its question is never asked."""
    program, branches = subject.made.program, Branches(subject)
    for question, visit in subject.every(n.Question):
        line = next((item for item in question.attributes if isinstance(item, n.OnlyIf)), None)
        only_if = program.questions[question.name.text].only_if
        if line is not None and only_if is not None:
            name = refuted_by([*branches.around(visit), (only_if, True)], program)
            if name is not None:
                yield subject.say("W251", line.when, name=name)


def silent_ends(subject: Subject) -> Iterator[Finding]:
    """After an answer the conversation ends, and the worker hears nothing; flows that only others run have no say."""
    program, spans = subject.made.program, subject.made.spans
    if not (program.words or program.event or program.schedules):
        return
    ends = _silent(program)
    for question in program.questions.values():
        reached = sorted(ends[to] for to in paths.following(question.at, program) if to in ends)
        if reached and question.kind != "language" and not _replies(question):
            line = program.places[reached[0]].line
            place = "the end of the flow" if spans[reached[0]] == subject.names.flow.span else f"line {line}"
            yield subject.say("W252", spans[question.at], name=question.name, place=place)


def _silent(program: p.Program) -> dict[int, int]:
    """The positions from which an end is reached without a word, each with the place of that end."""
    before: dict[int, list[int]] = {}
    for at, op in enumerate(program.code):
        for to in () if _speaks(op) else paths.following(at, program):
            before.setdefault(to, []).append(at)
    found: dict[int, int] = {}
    waiting = [(at, at) for at, op in enumerate(program.code) if isinstance(op, p.Stop)]
    while waiting:
        at, end = waiting.pop()
        if at not in found:
            found[at] = end
            waiting += [(other, end) for other in before.get(at, ())]
    return found


def _replies(question: p.Question) -> bool:
    """Does every answer get a reply of its own?"""
    return question.right is not None and question.wrong is not None


def _speaks(op: p.Code) -> bool:
    """Does the worker hear something, or is the conversation not over yet?"""
    return isinstance(op, p.Say) or paths.pauses(op)


CHECKS = (never_true, skipped, silent_ends)
