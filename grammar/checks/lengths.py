"""SMS: what each text costs in each language with its values at their longest, and what would make it cheaper."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from grammar import gsm7
from grammar import nodes as n
from grammar import program as p
from grammar.checks.longest import Longest
from grammar.checks.subject import Subject, listed
from grammar.checks.translations import lines_of
from grammar.diagnostics import Finding

MOST = 3
"""SMS of one text; more is slow, dear, and on many phones it comes in pieces."""

FEW = 6
"""So many of the letters that cost are named."""

FEWEST = 3
"""So many different letters that have no plain one are pictures and slips; a text with more is in its own letters."""


class Sms(NamedTuple):
    """A text that can be sent by SMS: where it stands, its language, and its longest form."""

    span: n.Span
    language: str
    text: str


def every_sms(subject: Subject) -> Iterator[Sms]:
    """Each text of the flow in each language in which it is there; where nobody is asked by SMS, what is told (N5)."""
    program, spans = subject.made.program, subject.made.spans
    asks = "sms" in program.channels
    for language in program.languages:
        longest = Longest(program, language)
        for at, op in enumerate(program.code):
            if (isinstance(op, p.Tell) or (asks and isinstance(op, p.Say))) and longest.has(op.text):
                yield Sms(spans[at], language, longest.message(op.text))
        for question in program.questions.values() if asks else ():
            for text in _of_question(question, longest):
                yield Sms(spans[question.at], language, text)


def _of_question(question: p.Question, longest: Longest) -> Iterator[str]:
    """The question itself, and every text that is sent because of it."""
    if question.kind != "language" and longest.has(question.text):
        yield longest.question(question)
    beside = [question.invalid, question.right, question.wrong, question.hint]
    beside += [item.text for item in question.checks]
    beside += [item.text for item in question.confirms]
    beside += [item.text for item in question.reminders]
    asked = ""
    for text in beside:
        if text is not None and longest.has(text):
            asked = asked or longest.question(question)
            yield longest.message(text, asked)


def _sent(subject: Subject, text: str) -> str:
    """The text as it leaves."""
    return gsm7.plain(text) if subject.made.program.plain_letters else text


def texts(subject: Subject) -> Iterator[Finding]:
    """Texts that are too long, and letters that cost."""
    sent = list(every_sms(subject))
    yield from _too_long(subject, sent)
    yield from _dear_letters(subject, sent)


def _too_long(subject: Subject, sent: list[Sms]) -> Iterator[Finding]:
    """A text of more than three parts in some language."""
    found: dict[n.Span, dict[str, int]] = {}
    for sms in sent:
        parts = gsm7.measure(_sent(subject, sms.text))[1]
        if parts > MOST:
            most = found.setdefault(sms.span, {})
            most[sms.language] = max(parts, most.get(sms.language, 0))
    for span, languages in found.items():
        said = [f"{parts} SMS in `{tag}`" for tag, parts in languages.items()]
        what = f"{', '.join(said[:-1])} and {said[-1]}" if said[1:] else said[0]
        yield subject.say("W320", span, what=what)


@dataclass(slots=True)
class _Dear:
    """What the letters outside GSM-7 cost in one language."""

    saved: int = 0
    spans: list[n.Span] = field(default_factory=list)
    letters: dict[str, str] = field(default_factory=dict)


def _dear_letters(subject: Subject, sent: list[Sms]) -> Iterator[Finding]:
    """A few letters because of which texts take more parts, though they could be replaced or left out."""
    found: dict[str, _Dear] = {}
    for sms in sent:
        text = _sent(subject, sms.text)
        letters = {letter: _plain(letter) for letter in sorted(set(text) - _CHEAP)}
        saved = _saving(text, letters) if letters else 0
        if saved:
            dear = found.setdefault(sms.language, _Dear())
            dear.saved += saved
            dear.spans.append(sms.span)
            dear.letters |= letters
    for language, dear in found.items():
        pairs = [f"{letter} → {other if other != letter else 'leave it out'}" for letter, other in dear.letters.items()]
        shown = ", ".join(pairs[:FEW]) + (" …" if pairs[FEW:] else "")
        tag = _tag(subject, language) or dear.spans[0]
        lines = lines_of(dear.spans)
        yield subject.say("W321", tag, tag=language, letters=shown, saved=dear.saved, lines=lines)


_CHEAP = frozenset(gsm7.BASIC + gsm7.EXTENSION)

_plain = functools.cache(gsm7.plain)
"""Of one letter: a text in its own letters has the same ones again and again."""


def _saving(text: str, letters: dict[str, str]) -> int:
    """The parts that are saved by plain letters, and without those few that have none."""
    without = [letter for letter, other in letters.items() if other == letter]
    if len(without) > FEWEST:
        return 0
    cheap = text.translate({ord(letter): "" if other == letter else other for letter, other in letters.items()})
    return gsm7.measure(text)[1] - gsm7.measure(cheap)[1]


def _tag(subject: Subject, language: str) -> n.Name | None:
    """Where the header names a language."""
    lines = (line for line in subject.names.flow.header if isinstance(line, n.Languages))
    return next((tag for line in lines for tag in line.tags if tag.text == language), None)


def choices_apart(subject: Subject) -> Iterator[Finding]:
    """Choices that come with the second SMS; long lists of rows are sent page by page."""
    program, spans = subject.made.program, subject.made.spans
    for question in program.questions.values():
        if "sms" in program.channels and question.choices and question.choices_from is None:
            tags = [tag for tag in program.languages if _is_apart(question, Longest(program, tag), subject)]
            if tags:
                yield subject.say("N322", spans[question.at], name=question.name, tags=listed(tags))


def _is_apart(question: p.Question, longest: Longest, subject: Subject) -> bool:
    """Does the last choice begin after the first part of several?"""
    if not longest.has(question.text):
        return False
    above = _sent(subject, longest.question(question)).rpartition("\n")[0]
    return gsm7.measure(above)[1] > 1


CHECKS = (texts, choices_apart)
