"""Conditions and sums: what is compared can be compared, and what is asked for can be true."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from grammar import choices, kinds
from grammar import nodes as n
from grammar import program as p
from grammar.checks.subject import Subject, not_among
from grammar.compiler.expressions import BESIDE, FUNCTIONS, beside, expression
from grammar.diagnostics import Finding
from grammar.meaning import meaning_of
from grammar.names import Names
from grammar.scopes import Missing, Scope
from grammar.walk import Visit

_THOUSANDS = re.compile(r"[1-9]\d{0,2}\.\d{3}")
_COMPARING = frozenset({"=", "!=", "<", "<=", ">", ">=", "between", "one_of", "none_of"})
_ORDERED = frozenset({"<", "<=", ">", ">=", "between"})
_PLAIN = {
    "number": "a number",
    "text": "a text",
    "code": "one of several choices",
    "yesno": "yes or no",
    "date": "a date",
    "moment": "a moment",
    "time": "a time of day",
    "duration": "a length of time",
}
_SAME = ({"number"}, {"text", "code"}, {"yesno"}, {"date", "moment"}, {"time"}, {"duration"})


def or_without_is(subject: Subject) -> Iterator[Finding]:
    """`x is a or b` says something else than it means (RULES A3)."""
    for node, visit in subject.every(n.Operation):
        if node.name in ("or", "and"):
            yield from _loose_words(subject, node, subject.scope(visit))


def _loose_words(subject: Subject, node: n.Operation, scope: Scope) -> Iterator[Finding]:
    for before, behind in zip(node.args, node.args[1:], strict=False):
        word = _first(behind)
        if not isinstance(before, n.Operation) or before.name not in _SIGN:
            continue
        if isinstance(word, n.Quoted | n.Number) or (
            isinstance(word, n.Path) and not _is_condition(word, before, scope)
        ):
            left = before.args[0]
            name = left.text if isinstance(left, n.Path) else "x"
            if before.name in _EMPTY:
                hint = f"Write `{words_of(left)} {_SIGN[before.name]} {node.name} {name} = {words_of(word)}`"
                yield subject.say("E203", word, hint)
                continue
            said = [", ".join(words_of(each) for each in before.args[1:]), words_of(word)]
            code = _labelled(left, f"{said[0]} {node.name} {said[1]}", scope)
            if code:
                yield subject.say("E039", before.args[1], label=" and ".join(said), line=f"{name} is {code}")
                continue
            yield subject.say("E203", word, name=name, first=said[0], second=said[1], sign=_SIGN[before.name])


def _first(behind: n.Expr) -> n.Expr:
    """`f and x > 1` begins with the loose word: `and` ties closer than `or`."""
    return behind.args[0] if isinstance(behind, n.Operation) and behind.name == "and" else behind


_EMPTY = {"empty": "is empty", "not_empty": "is not empty"}
_SIGN = {"=": "is one of", "!=": "is not one of", "one_of": "is one of", "none_of": "is not one of", **_EMPTY}


def _labelled(left: n.Expr, words: str, scope: Scope) -> str:
    """The code of the choice whose text the words are; "" where there is none."""
    question = scope.names.question(left.text) if isinstance(left, n.Path) else None
    found = choices.of_question(question) if question is not None else []
    labels = {choices.plain_text(item.choice.label).lower(): item.code for item in found}
    return labels.get(words.lower(), "")


def _is_condition(word: n.Path, before: n.Operation, scope: Scope) -> bool:
    """Is the word a question of its own, answered by yes or no, and no code of the left side?"""
    left = expression(before.args[0], scope)
    codes = kinds.codes_of(left, scope.names) or {}
    found = meaning_of(word, scope)
    if word.key in codes or isinstance(found, Missing):
        return False
    return kinds.kind_of(found, scope.names) in ("yesno", "any")


def words_of(node: n.Expr) -> str:
    """A value as its author wrote it; … for a longer sum."""
    if isinstance(node, n.Path):
        return node.text
    return str(getattr(node, "value", "…")) if not isinstance(node, n.Quoted) else f'"{node.value}"'


def compared_kinds(subject: Subject) -> Iterator[Finding]:
    """Numbers with numbers, texts with texts, dates with dates."""
    for node, visit in subject.every(n.Operation):
        if node.name not in _COMPARING:
            continue
        scope = subject.scope(visit)
        left = expression(node.args[0], scope)
        kind = kinds.kind_of(left, scope.names)
        if node.name in _ORDERED and kind in ("yesno", "code"):
            yield subject.say("E241", node.args[0], kind=_PLAIN[kind])
        for right_node in node.args[1:]:
            right = beside(right_node, left, scope)
            other = kinds.kind_of(right, scope.names)
            if not fit(kind, other):
                yield subject.say("E240", right_node, left=_PLAIN[kind], right=_PLAIN[other])


def fit(left: str, right: str) -> bool:
    """Whether values of the two kinds can be compared."""
    if left not in _PLAIN or right not in _PLAIN:
        return True
    return any({left, right} <= group for group in _SAME)


def texts_for_codes(subject: Subject) -> Iterator[Finding]:
    """A text in quotes beside a choice is one of its codes, or the condition can never be true."""
    for node, visit in subject.every(n.Operation):
        if node.name not in ("=", "!=", "one_of", "none_of"):
            continue
        scope = subject.scope(visit)
        left = expression(node.args[0], scope)
        codes = kinds.codes_of(left, scope.names) if _says_all(left, scope.names) else None
        for text in node.args[1:]:
            if codes is not None and isinstance(text, n.Quoted) and text.value.lower() not in codes:
                yield not_among(subject, text, words_of(node.args[0]), text.value, tuple(codes.values()))


def _says_all(left: p.Expr, names: Names) -> bool:
    """An answer of which the file has every code; people, and rows of an input, are known only at work."""
    rows = kinds.rows_of(left, names)
    return isinstance(left, p.Answer) and (rows is None or rows.lower() in names.tables)


def whole_records(subject: Subject) -> Iterator[Finding]:
    """`worker is nurse`: a person is no word; one of the fields was meant."""
    for node, visit in subject.every(n.Operation):
        left = node.args[0]
        if node.name not in _COMPARING or not isinstance(left, n.Path) or left.key not in _RECORDS:
            continue
        scope = subject.scope(visit)
        found = expression(left, scope)
        for right in node.args[1:]:
            value = beside(right, found, scope)
            if isinstance(value, p.Const) and value.kind in ("code", "text", "number"):
                field = _RECORDS[left.key]
                said = words_of(right)
                yield subject.say("E248", left, name=left.text, field=f"{left.text}.{field}", value=said)


_RECORDS = {"worker": "cadre", "facility": "name"}
"""Whole records, and the field of each that is asked for most."""


def lists_compared(subject: Subject) -> Iterator[Finding]:
    """Outside its loop an answer is a list; a list is not larger than a number (RULES C4)."""
    for node, visit in subject.every(n.Operation):
        if node.name in _COMPARING:
            left = expression(node.args[0], subject.scope(visit))
            if kinds.kind_of(left, subject.names) in ("list", "rows"):
                yield subject.say("E242", node.args[0], name=words_of(node.args[0]))


def conditions(subject: Subject) -> Iterator[Finding]:
    """A condition is answered by yes or no (RULES I6)."""
    for node, visit in _conditions(subject):
        scope = subject.scope(visit)
        kind = kinds.kind_of(expression(node, scope), scope.names)
        if kind not in ("yesno", "any"):
            yield subject.say("E243", node, words=words_of(node))


_HOLDERS = (n.Branch, n.OnlyIf, n.Check, n.Confirm, n.People, n.ExpectThat)


def _conditions(subject: Subject) -> Iterator[tuple[n.Expr, Visit]]:
    for visit in subject.of(*_HOLDERS, n.After, n.Operation):
        node, inside = visit.node, (*visit.parents, visit.node)
        if isinstance(node, _HOLDERS) and node.when is not None:
            yield node.when, Visit(node.when, inside)
        elif isinstance(node, n.After) and node.unless is not None:
            yield node.unless, Visit(node.unless, inside)
        elif isinstance(node, n.Operation) and node.name in ("and", "or", "not"):
            yield from ((arg, Visit(arg, inside)) for arg in node.args)


def dates_and_numbers(subject: Subject) -> Iterator[Finding]:
    """To a date one adds a length of time: `+ 7 days` (RULES I7)."""
    for node, visit in subject.every(n.Operation):
        if node.name in ("+", "-"):
            scope = subject.scope(visit)
            left, right = (kinds.kind_of(expression(arg, scope), scope.names) for arg in node.args)
            if {left, right} == {"date", "number"}:
                number = node.args[0] if left == "number" else node.args[1]
                yield subject.say("E244", number, sign=node.name, number=words_of(number))


def ranges(subject: Subject) -> Iterator[Finding]:
    """From the lower to the higher."""
    for kind, visit in subject.every(n.AnswerType):
        if kind.low is not None and kind.high is not None:
            yield from _upside_down(subject, kind.low, kind.high, subject.scope(visit))
        for bound in (kind.low, kind.high) if kind.kind == "whole" else ():
            if isinstance(bound, n.Number) and _THOUSANDS.fullmatch(bound.value):
                yield subject.say("E037", bound, number=bound.value, right=bound.value.replace(".", ""))
    for node, visit in subject.every(n.Operation):
        if node.name == "between":
            yield from _upside_down(subject, node.args[1], node.args[2], subject.scope(visit))


def _upside_down(subject: Subject, low: n.Expr, high: n.Expr, scope: Scope) -> Iterator[Finding]:
    bounds = fixed(expression(low, scope)), fixed(expression(high, scope))
    if bounds[0] is not None and bounds[1] is not None and bounds[0] > bounds[1]:
        yield subject.say("E245", low)


def fixed(expr: p.Expr) -> Decimal | None:
    """A bound that stands in the file, as a number that can be ordered."""
    if isinstance(expr, p.Op) and expr.name == "neg":
        inner = fixed(expr.args[0])
        return None if inner is None else -inner
    if not isinstance(expr, p.Const):
        return None
    if expr.kind in ("number", "date", "time"):
        return Decimal(expr.value.replace("-", "").replace(":", ""))
    return None


def days_that_exist(subject: Subject) -> Iterator[Finding]:
    """30 February is no day."""
    for node, _ in subject.every(n.Date):
        try:
            date.fromisoformat(node.value)
        except ValueError:
            yield subject.say("E246", node, date=node.value)


def arguments(subject: Subject) -> Iterator[Finding]:
    """A function has as many values in its brackets as it needs."""
    for call, _ in subject.every(n.Call):
        if call.function.key in FUNCTIONS:
            least, most = FUNCTIONS[call.function.key]
            count = len(call.args)
            if count < least or (most is not None and count > most):
                wanted = f"{least}" if least == most else f"{least} or more" if most is None else f"{least} to {most}"
                yield subject.say("E247", call, function=call.function.text, wanted=wanted, count=count)


def two_readings(subject: Subject) -> Iterator[Finding]:
    """A word that is a code of the left side and a name as well is read as the code (RULES A2)."""
    for node, visit in subject.every(n.Operation):
        if node.name not in BESIDE:
            continue
        scope = subject.scope(visit)
        codes = kinds.codes_of(expression(node.args[0], scope), scope.names) or {}
        for word in node.args[1:]:
            if isinstance(word, n.Path) and word.key in codes and subject.names.find(word.key) is not None:
                yield subject.say("W240", word, word=word.text, left=words_of(node.args[0]))


CHECKS = (
    or_without_is,
    compared_kinds,
    texts_for_codes,
    whole_records,
    lists_compared,
    conditions,
    dates_and_numbers,
    ranges,
    days_that_exist,
    arguments,
    two_readings,
)
