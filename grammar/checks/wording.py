"""Texts: what an author of another system would write, and what a worker would then read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grammar import nodes as n
from grammar.checks.subject import Subject
from grammar.diagnostics import Finding
from grammar.slips import nearest

_AT = re.compile(r"(?<!\w)@(\w+)\.(\w+)")
_SHOWN = re.compile(r"\{ ?(([A-Za-z_]\w*)(?:\.\w+)*) ?\}")
_WORKER = ("name", "first_name", "phone", "language")


def at_signs(subject: Subject) -> Iterator[Finding]:
    """@contact.name inserts nothing."""
    for text, _ in subject.every(n.TextNode):
        for piece in text.pieces:
            for match in _AT.finditer(piece if isinstance(piece, str) else ""):
                yield subject.say("W241", text, word=match[0], near=_meant(match[1], match[2], subject))


def _meant(owner: str, field: str, subject: Subject) -> str:
    """What would insert the value that the author means."""
    if owner == "contact":
        return f"worker.{nearest(field, _WORKER) or field}"
    entry = subject.names.find(field, "question", "input", "variable")
    return entry.name if entry is not None else "name"


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


def double_braces(subject: Subject) -> Iterator[Finding]:
    """{{worker.name}} shows braces to the worker, and inserts nothing."""
    for text, _ in subject.every(n.TextNode):
        for piece in text.pieces:
            for match in _SHOWN.finditer(piece if isinstance(piece, str) else ""):
                known = match[2].lower() in ("worker", "facility", "question", "score") or "." in match[1]
                if known or subject.names.find(match[2]) is not None:
                    yield subject.say("W242", text, name=match[1])


CHECKS = (at_signs, double_braces, first_language)
