"""Texts: what an author of another system would write, and what a worker would then read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grammar import nodes as n
from grammar.checks.naming import OF_WORKER
from grammar.checks.subject import Subject
from grammar.diagnostics import Finding
from grammar.slips import nearest

_SIGNS = re.compile(r"[@${}\[\]<> ]+")
_ALWAYS = ("worker", "facility", "question", "score")


def signs(subject: Subject) -> Iterator[Finding]:
    """What other tools insert by `@…`, `{{…}}`, `${…}`, `[…]` or `<…>`."""
    for text, _ in subject.every(n.TextNode):
        for found in text.foreign:
            yield from _TOLD[found.written[:2] if found.written[0] in "{$" else found.written[0]](found, subject)


def _at(found: n.Foreign, subject: Subject) -> Iterator[Finding]:
    """@contact.name inserts nothing."""
    owner, _, field = found.written[1:].partition(".")
    yield subject.say("W241", found, word=found.written, near=_meant(owner, field, subject))


def _meant(owner: str, field: str, subject: Subject) -> str:
    """What would insert the value that the author means."""
    if owner == "contact":
        return f"worker.{nearest(field, OF_WORKER) or field}"
    entry = subject.names.find(field, "question", "input", "variable")
    return entry.name if entry is not None else "name"


def _double_braces(found: n.Foreign, subject: Subject) -> Iterator[Finding]:
    """{{worker.name}} shows braces to the worker, and inserts nothing."""
    word = _SIGNS.sub("", found.written)
    owner, dot, _ = word.partition(".")
    if owner.lower() in _ALWAYS or dot or subject.names.find(owner) is not None:
        yield subject.say("W242", found, name=word)


def _dollar(found: n.Foreign, subject: Subject) -> Iterator[Finding]:
    """${n} shows a dollar to the worker, and then the value."""
    word = _SIGNS.sub("", found.written)
    hint = f"Write `{{{word}}}`. Where an amount of dollars is meant, put a space behind the `$`."
    yield subject.say("W246", found, hint, word=found.written, name=word, seen="a dollar sign before the value")


def _brackets(found: n.Foreign, subject: Subject) -> Iterator[Finding]:
    """[n], <n> and [name] show brackets to the worker, and insert nothing."""
    word = _SIGNS.sub("", found.written)
    owner, dot, _ = word.partition(".")
    if not (dot and owner.lower() in _ALWAYS) and subject.names.find(owner, "question", "input", "variable") is None:
        if word.lower() not in OF_WORKER:
            return
        word = f"worker.{word.lower()}"
    yield subject.say("W246", found, word=found.written, name=word, seen="the word in its brackets, and no value")


_TOLD = {"@": _at, "{{": _double_braces, "${": _dollar, "[": _brackets, "<": _brackets}


def numbers_of_people(subject: Subject) -> Iterator[Finding]:
    """{worker} shows a number out of the list of workers."""
    for shown, _ in subject.every(n.Insert):
        if isinstance(shown.value, n.Path) and shown.value.key in ("worker", "taker"):
            yield subject.say("W247", shown.value, who=shown.value.text)


_APART = (n.Part, n.Flow, n.Section, n.ChooseLanguage, n.Choose)


def first_language(subject: Subject) -> Iterator[Finding]:
    """Every text is there in the first language; only titles may be left out."""
    base = subject.names.languages[0].lower()
    for message, visit in subject.every(n.Message):
        owner = visit.parents[-1] if visit.parents else None
        if isinstance(owner, _APART) or not message.parts:
            continue
        if not any((language or base) == base for language, _, _ in message.versions()):
            yield subject.say("E214", message, tag=subject.names.languages[0])


CHECKS = (signs, numbers_of_people, first_language)
