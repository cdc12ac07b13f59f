"""Expressions keep the order of what was written; signs that mean the same become one."""

from __future__ import annotations

from lark.tree import Meta

from grammar.nodes import Call, Duration, Expr, Mine, Name, Number, Operation, Path
from grammar.tree.bench import Bench, Parts, rule

_SIGNS = {"==": "=", "<>": "!=", "≠": "!=", "≤": "<=", "≥": ">=", "−": "-", "–": "-", "×": "*", "÷": "/"}

_NAMED = {
    "either": "or",
    "both": "and",
    "negate": "not",
    "equal": "=",
    "unequal": "!=",
    "one_of": "one_of",
    "none_of": "none_of",
    "empty": "empty",
    "answered": "answered",
    "between": "between",
    "includes": "includes",
    "join": "&",
    "ago": "ago",
}


def _named(rule_name: str, operation: str) -> None:
    def build(bench: Bench, at: Meta, parts: Parts) -> Operation:
        if operation in ("one_of", "none_of"):
            bench.doubt_commas(at)
        return Operation(operation, tuple(parts), span=bench.place(at))

    build.__name__ = rule_name
    rule(build)


for _rule_name, _operation in _NAMED.items():
    _named(_rule_name, _operation)


def _signed_pair(bench: Bench, at: Meta, parts: Parts) -> Operation:
    left, sign, right = parts
    return Operation(_SIGNS.get(sign, str(sign)), (left, right), span=bench.place(at))


@rule
def compare(bench: Bench, at: Meta, parts: Parts) -> Operation:
    return _signed_pair(bench, at, parts)


@rule
def plus(bench: Bench, at: Meta, parts: Parts) -> Operation:
    return _signed_pair(bench, at, parts)


@rule
def times(bench: Bench, at: Meta, parts: Parts) -> Operation:
    return _signed_pair(bench, at, parts)


@rule
def signed(bench: Bench, at: Meta, parts: Parts) -> Expr:
    sign, operand = parts
    if sign == "+":
        positive: Expr = operand
        return positive
    return Operation("neg", (operand,), span=bench.place(at))


def _membership(bench: Bench, at: Meta, parts: Parts, name: str) -> Operation:
    person, group = parts
    return Operation(name, (person, Path((group,), span=group.span)), span=bench.place(at))


@rule
def in_group(bench: Bench, at: Meta, parts: Parts) -> Operation:
    return _membership(bench, at, parts, "in_group")


@rule
def not_in_group(bench: Bench, at: Meta, parts: Parts) -> Operation:
    return _membership(bench, at, parts, "not_in_group")


@rule
def number(bench: Bench, at: Meta, parts: Parts) -> Number:
    return Number(str(parts[0]), span=bench.place(at))


@rule
def duration(bench: Bench, at: Meta, parts: Parts) -> Duration:
    amount, unit = parts
    return Duration(str(amount), unit.lower().removesuffix("s"), span=bench.place(at))


@rule
def mine(bench: Bench, at: Meta, parts: Parts) -> Mine:
    return Mine(parts[0], span=bench.place(at))


@rule
def path(bench: Bench, at: Meta, parts: Parts) -> Path:
    return Path(tuple(parts), span=bench.place(at))


@rule
def call(bench: Bench, at: Meta, parts: Parts) -> Call:
    function, *rest = parts
    args = tuple(part for part in rest if part is not None and not isinstance(part, Name))
    fields = tuple(part for part in rest if isinstance(part, Name))
    return Call(function, args, fields, span=bench.place(at))
