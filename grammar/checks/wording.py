"""Texts: what an author of another system would write, and what a worker would then read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grammar import nodes as n
from grammar.checks.subject import Subject
from grammar.diagnostics import Finding
from grammar.slips import nearest

_AT = re.compile(r"(?<!\w)@(\w+)\.(\w+)")
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


CHECKS = (at_signs,)
