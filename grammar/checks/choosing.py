"""Choices: each number, code and label once, and none that could be read as another's."""

from __future__ import annotations

from collections.abc import Iterator

from grammar import choices, kinds
from grammar import nodes as n
from grammar.checks.beginning import GLOBAL
from grammar.checks.subject import Subject
from grammar.choices import Numbered, plain_text
from grammar.diagnostics import Finding

_REFUSED = frozenset({"empty", "one", "between", "not", "in", "and", "or", "is"})


def _lists(subject: Subject) -> Iterator[list[Numbered]]:
    """The choices of every question and every input."""
    for question, _ in subject.every(n.Question):
        yield choices.of_question(question)
    for item, _ in subject.every(n.Input):
        yield choices.numbered(item.choices)


def codes_twice(subject: Subject) -> Iterator[Finding]:
    """A code stands for one choice."""
    for found in _lists(subject):
        first: dict[str, Numbered] = {}
        for item in found:
            other = first.setdefault(item.code.lower(), item)
            if item.code and other is not item:
                yield subject.say("E230", item.choice, choice=item.code, line=other.choice.span.line)


def numbers_twice(subject: Subject) -> Iterator[Finding]:
    """A number stands for one choice."""
    for found in _lists(subject):
        first: dict[int, Numbered] = {}
        free = max((item.number for item in found), default=0) + 1
        for item in found:
            other = first.setdefault(item.number, item)
            if other is not item:
                yield subject.say("E231", item.choice, number=item.number, line=other.choice.span.line, free=free)


def labels_twice(subject: Subject) -> Iterator[Finding]:
    """In each language a label stands for one choice."""
    for found in _lists(subject):
        first: dict[tuple[str, str], int] = {}  # the line of each label, by language
        for item in found:
            labels = sorted(_labels(item).items())
            same = next((label for label in labels if label in first), None)
            if same is not None:
                yield subject.say("E232", item.choice, label=same[1], line=first[same])
            for label in labels:
                first.setdefault(label, item.choice.span.line)


def labels_of_others(subject: Subject) -> Iterator[Finding]:
    """A label that is another choice's number or code would choose the wrong one (RULES M2)."""
    for found in _lists(subject):
        meant = {str(item.number) for item in found} | {item.code.lower() for item in found if item.code}
        for item in found:
            labels = set(_labels(item).values()) - {item.code.lower(), str(item.number)}
            wrong = sorted(labels & meant)
            if wrong:
                yield subject.say("E233", item.choice, label=wrong[0])


def _labels(item: Numbered) -> dict[str, str]:
    """The label by language, as answers are compared: in small letters, spaces counted once."""
    found: dict[str, str] = {}
    for language, channel, text in item.choice.label.versions():
        if not channel:
            words = plain_text(n.Message(span=text.span, text=text)).lower()
            found[language] = " ".join(words.split())
    return {language: label for language, label in found.items() if label}


def labels_that_command(subject: Subject) -> Iterator[Finding]:
    """Who answers with such a label would stop all messages, or be sent help (RULES E1)."""
    for found in _lists(subject):
        for item in found:
            wrong = next((label for label in _labels(item).values() if label in GLOBAL), None)
            if wrong is not None:
                yield subject.say("E238", item.choice, label=wrong)


def codes_refused(subject: Subject) -> Iterator[Finding]:
    """Words that mean something beside `is` are no codes (RULES A3)."""
    for found in _lists(subject):
        for item in found:
            if item.code.lower() in _REFUSED:
                yield subject.say("E234", item.choice.code or item.choice, choice=item.code)


def kinds_mixed(subject: Subject) -> Iterator[Finding]:
    """Choices, and another kind of answer: one of the two."""
    for question, _ in subject.every(n.Question):
        written = choices.type_of(question)
        listed = bool(choices.of_question(question)) or choices.source_of(question) is not None
        if written is not None and listed and written.kind not in ("choice", "choices"):
            yield subject.say("E235", written, name=question.name.text)
        if written is not None and not listed and written.kind in ("choice", "choices") and not written.codes:
            yield subject.say("E236", written, name=question.name.text)


def numbers_of_rows(subject: Subject) -> Iterator[Finding]:
    """The rows of a table have the first numbers; a fixed choice has 0, or one behind them (RULES C5)."""
    for question, _ in subject.every(n.Question):
        rows = kinds.row_count(question, subject.names)
        for item in choices.of_question(question, rows):
            if 1 <= item.number <= rows:
                yield subject.say("E237", item.choice, number=item.number, rows=rows, free=rows + 1)


CHECKS = (
    codes_twice,
    numbers_twice,
    labels_twice,
    labels_of_others,
    labels_that_command,
    codes_refused,
    kinds_mixed,
    numbers_of_rows,
)
