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


def never_true(subject: Subject) -> Iterator[Finding]:
    """An `if` that no answer can make true where it stands."""
    program, tests = subject.made.program, _tests(subject)
    for line, visit in subject.every(n.If):
        around = _around(visit, tests, subject)
        for branch in line.branches:
            when = tests.get(branch.span)
            if when is None:
                continue
            name = refuted_by([*around, (when, True)], program)
            if name is not None:
                yield subject.say("W251", branch.when, name=name)
            around.append((when, False))


def skipped(subject: Subject) -> Iterator[Finding]:
    """An `only if` that no answer can make true: its question is never asked."""
    program, tests = subject.made.program, _tests(subject)
    for question, visit in subject.every(n.Question):
        line = next((item for item in question.attributes if isinstance(item, n.OnlyIf)), None)
        only_if = program.questions[question.name.text].only_if
        if line is not None and only_if is not None:
            name = refuted_by([*_around(visit, tests, subject), (only_if, True)], program)
            if name is not None:
                yield subject.say("W251", line.when, name=name)


def _tests(subject: Subject) -> dict[n.Span, p.Expr]:
    """The condition of each branch."""
    code, spans = subject.made.program.code, subject.made.spans
    return {spans[at]: op.when for at, op in enumerate(code) if isinstance(op, p.Unless)}


def _around(visit: Visit, tests: dict[n.Span, p.Expr], subject: Subject) -> list[Condition]:
    """What holds at a place because of the branches it stands in, as far as nothing changes it in between."""
    path = (*visit.parents, visit.node)
    found: list[Condition] = []
    for line, inner in pairwise(path):
        if isinstance(line, n.If):
            changed = _changed(inner, subject)
            for branch in line.branches:
                when = tests.get(branch.span)
                if when is not None and not {path.key for path in every(branch.when, n.Path)} & changed:
                    found.append((when, branch is inner))
                if branch is inner:
                    break
    return found


def _changed(inside: n.Node, subject: Subject) -> set[str]:
    """The names whose values may be others further down in a branch than where it begins."""
    found = {question.name.key for question in every(inside, n.Question)}
    found |= {line.question.parts[0].key for line, _ in subject.every(n.AskAgain)}
    found |= {line.target.key for line, _ in subject.every(n.Set)}
    if any(subject.every(n.OnEvent)):
        found |= {entry.name.lower() for entry in subject.names.of("input")}
    return found


def silent_ends(subject: Subject) -> Iterator[Finding]:
    """After an answer the conversation ends, and the worker hears nothing; flows that only others run have no say."""
    program, spans = subject.made.program, subject.made.spans
    if not (program.words or program.event or program.schedules):
        return
    for question in program.questions.values():
        if question.kind == "language" or _replies(question):
            continue
        reached = paths.reached(paths.following(question.at, program), program, _speaks)
        ends = sorted(at for at in reached if isinstance(program.code[at], p.Stop))
        if ends:
            line = program.places[ends[0]].line
            place = "the end of the flow" if spans[ends[0]] == subject.names.flow.span else f"line {line}"
            yield subject.say("W252", spans[question.at], name=question.name, place=place)


def _replies(question: p.Question) -> bool:
    """Does every answer get a reply of its own?"""
    return question.right is not None and question.wrong is not None


def _speaks(op: p.Code) -> bool:
    """Does the worker hear something, or is the conversation not over yet?"""
    return isinstance(op, p.Say) or paths.pauses(op)


CHECKS = (never_true, skipped, silent_ends)
