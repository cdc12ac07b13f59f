"""What a question leans on must have been asked before it: an empty value limits nothing."""

from __future__ import annotations

from collections.abc import Iterator

from grammar import nodes as n
from grammar.checks.subject import Subject
from grammar.diagnostics import Finding
from grammar.walk import every


def asked_before(subject: Subject) -> Iterator[Finding]:
    """Ranges and `check`s name no question of the flow that stands further down."""
    place = {question.name.key: number for number, (question, _) in enumerate(subject.every(n.Question))}
    for question, _ in subject.every(n.Question):
        for item in question.attributes:
            if isinstance(item, n.Answer | n.Check):
                yield from _later(subject, question, item, place)


def _later(
    subject: Subject, question: n.Question, item: n.Answer | n.Check, place: dict[str, int]
) -> Iterator[Finding]:
    for path in every(item, n.Path):
        name = path.parts[0].text
        other = subject.names.question(name)
        if other is not None and place[other.name.key] > place[question.name.key]:
            yield subject.say("W243", path, name=other.name.text, question=question.name.text)


CHECKS = (asked_before,)
