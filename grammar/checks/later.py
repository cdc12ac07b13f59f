"""What the language has and this version cannot run yet: one clear error for each, so that no flow starts half."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from grammar import choices
from grammar import nodes as n
from grammar.checks.subject import Subject
from grammar.diagnostics import Finding
from grammar.names import Names

_LATER: dict[type[n.Node], str] = {
    n.ChooseFacility: "`choose facility`",
    n.ChoosePin: "`choose pin`",
}


def not_yet(subject: Subject) -> Iterator[Finding]:
    """Lines, and parts of lines, of later versions."""
    for visit in subject.visits:
        node = visit.node
        what = _LATER.get(type(node)) or _part(node, subject.names)
        if what:
            yield subject.say("E901", node, what=what)
    for missing in subject.missing:
        if missing.why == "later":
            yield subject.say("E901", missing.at, what=f"`{missing.at.text}`")


def _part(node: n.Node, names: Names) -> str:
    look = _PARTS.get(type(node))
    return look(node, names) if look is not None else ""


def _question(node: n.Question, names: Names) -> str:
    if choices.kind_of(node) == "facility":
        return "`answer: facility`"
    return "`answer: recording` without `on ivr`" if choices.kind_of(node) == "recording" else ""


_PARTS: dict[type[n.Node], Callable[[Any, Names], str]] = {
    n.Question: _question,
}


CHECKS = (not_yet,)
