"""Calls: what is spoken can be heard and answered with twelve keys, and has a voice in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grammar import kinds
from grammar import nodes as n
from grammar import program as p
from grammar.checks.longest import Longest
from grammar.checks.subject import Subject
from grammar.checks.translations import lines_of, others
from grammar.compiler.header import channels_of
from grammar.diagnostics import Finding

LETTERS_A_SECOND = 15
"""Letters that a clear voice speaks in a second, pauses included."""

LONGEST = 30
"""Seconds after which nobody knows any more how a prompt began."""

PRESS = 16
"""The letters of `For …, press 1.` beside the label."""

KEYS = 9
"""The largest number that is one key."""

_WRITTEN = {
    "a web address": re.compile(r"https?://|www\.|\w\.(?:org|com|net|info|int)\b", re.IGNORECASE),
    "a picture": re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]"),
}


def many_choices(subject: Subject) -> Iterator[Finding]:
    """Up to nine choices are one key each; more need two and a wait (RULES N2)."""
    if not _is_spoken(subject):
        return
    for question, _ in subject.every(n.Question):
        made = subject.made.program.questions[question.name.text]
        most = max([kinds.row_count(question, subject.names), *(choice.number for choice in made.choices)])
        if most > KEYS:
            yield subject.say("W330", question.name, name=question.name.text, most=most)


def _is_spoken(subject: Subject) -> bool:
    return "ivr" in channels_of(subject.names.flow)


def spoken(subject: Subject) -> Iterator[Finding]:
    """No addresses or pictures in what a voice says, and no prompt of more than half a minute."""
    if not _is_spoken(subject):
        return
    said: set[tuple[n.Span, str]] = set()
    for language in subject.made.program.languages:
        for span, text in _spoken(subject, Longest(subject.made.program, language, "voice")):
            for what, pattern in _WRITTEN.items():
                if pattern.search(text) and (span, what) not in said:
                    said.add((span, what))
                    yield subject.say("W331", span, what=what)
            seconds = round(len(text) / LETTERS_A_SECOND)
            if seconds > LONGEST and (span, language) not in said:
                said.add((span, language))
                yield subject.say("W332", span, tag=language, seconds=seconds)


def _spoken(subject: Subject, longest: Longest) -> Iterator[tuple[n.Span, str]]:
    """Every text that is spoken in one language: what has a recording is played instead."""
    program, spans = subject.made.program, subject.made.spans
    for at, op in enumerate(program.code):
        if isinstance(op, p.Say) and _is_read_out(op.text, longest):
            yield spans[at], longest.message(op.text)
    for question in program.questions.values():
        if question.kind != "language" and _is_read_out(question.text, longest):
            options = [f"{label:{len(label) + PRESS}}" for _, label in longest.options(question)]
            yield spans[question.at], " ".join([longest.message(question.text), *options])


def _is_read_out(text: p.Text, longest: Longest) -> bool:
    version = text.versions.get(longest.language)
    return longest.has(text) and version is not None and version.audio is None


def no_voice(subject: Subject) -> Iterator[Finding]:
    """Where a text has a voice or a recording in the first language, it has one in each."""
    tags = others(subject) if _is_spoken(subject) else {}
    if not tags:
        return
    first = subject.names.languages[0].lower()
    lacking: dict[str, list[n.Span]] = {}
    for message, visit in subject.every(n.Message):
        if visit.parents and isinstance(visit.parents[-1], n.Part):
            continue
        found: dict[str, set[str]] = {}
        for tag, channel, _ in message.versions():
            found.setdefault(tag or first, set()).add(channel)
        if found.get(first, set()) & {"voice", "audio"}:
            for tag in tags:
                if "" in found.get(tag, set()) and not found[tag] & {"voice", "audio"}:
                    lacking.setdefault(tag, []).append(message.span)
    for tag, places in lacking.items():
        yield subject.say("W333", tags[tag], tag=tags[tag].text, lines=lines_of(places))


CHECKS = (many_choices, spoken, no_voice)
