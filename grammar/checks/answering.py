"""Right answers: what `correct:` says can be answered to its question."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from grammar import choices, kinds
from grammar import nodes as n
from grammar import program as p
from grammar.checks.comparing import fit, fixed, words_of
from grammar.checks.subject import Subject, listed
from grammar.compiler.expressions import beside, expression
from grammar.diagnostics import Finding
from grammar.scopes import Scope

_NUMBERS = frozenset({"whole", "number", "decimal"})
_KINDS = {
    "yesno": "`yes` or `no`",
    "date": "a date like 2025-12-25",
    "time": "a time like 09:00",
    "choice": "the code of a choice",
    "choices": "the codes of choices",
}


def impossible(subject: Subject) -> Iterator[Finding]:
    """A number outside the limits, a number or a text where a code stands, half a child."""
    for question, visit in subject.every(n.Question):
        scope = subject.scope(visit)
        for line in question.attributes:
            for node in line.values if isinstance(line, n.Correct) else ():
                if not _possible(question, node, scope):
                    what = _what(question, node, scope)
                    yield subject.say("E287", node, answer=words_of(node), name=question.name.text, what=what)


def _possible(question: n.Question, node: n.Expr, scope: Scope) -> bool:
    own = p.Answer(question.name.text, scope.tables)
    value = beside(node, own, scope)
    kind, other = kinds.answer_kind(question.name.text, scope.names), kinds.kind_of(value, scope.names)
    if kind in ("code", "codes"):
        return other not in ("number", "text", "date", "time", "yesno")
    if choices.kind_of(question) in ("text", "digits", "phone"):
        return True
    return fit(kind, other) and _within(choices.type_of(question), fixed(value), scope)


def _within(written: n.AnswerType | None, value: Decimal | None, scope: Scope) -> bool:
    if written is None or value is None:
        return True
    low, high = (None if bound is None else fixed(expression(bound, scope)) for bound in (written.low, written.high))
    if written.kind == "whole" and value % 1:
        return False
    return (low is None or low <= value) and (high is None or value <= high)


def _what(question: n.Question, node: n.Expr, scope: Scope) -> str:
    """What could stand there instead."""
    listed_here = choices.of_question(question)
    meant = _chosen(listed_here, node)
    if meant:
        return f"its code: `correct: {meant}`"
    if listed_here:
        return f"a code: {listed(item.code for item in listed_here)}"
    kind = choices.type_of(question)
    if kind is not None and kind.kind in _NUMBERS:
        whole = "a whole number" if kind.kind == "whole" else "a number"
        low, high = (None if bound is None else words_of(bound) for bound in (kind.low, kind.high))
        return whole + (f" from {low}" if low else "") + (f" to {high}" if high else "")
    return _KINDS.get(choices.kind_of(question), "an answer that the question takes")


def _chosen(listed_here: list[choices.Numbered], node: n.Expr) -> str:
    """The code of the choice whose number or text was written."""
    for item in listed_here:
        if isinstance(node, n.Number) and node.value == str(item.number):
            return item.code
        if isinstance(node, n.Quoted) and node.value.lower() == choices.plain_text(item.choice.label).lower():
            return item.code
    return ""


CHECKS = (impossible,)
