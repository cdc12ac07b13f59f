"""The types of answers: each word of the language becomes one kind, with its bounds."""

from __future__ import annotations

from lark import Token
from lark.tree import Meta

from grammar.nodes import AnswerType, Expr
from grammar.tree.bench import Bench, Parts, rule
from grammar.tree.header import whole

Bounds = tuple[Expr | None, Expr | None]


def _plain(rule_name: str, kind: str) -> None:
    """A type of one or two words, with a range where the grammar allows one."""

    def build(bench: Bench, at: Meta, parts: Parts) -> AnswerType:
        low, high = parts[0] if parts and parts[0] is not None else (None, None)
        return AnswerType(kind, low, high, span=bench.place(at))

    build.__name__ = rule_name
    rule(build)


for _kind in ("yesno", "whole", "number", "decimal", "time", "phone", "facility", "worker"):
    _plain(f"t_{_kind}", _kind)


@rule
def range_(bench: Bench, at: Meta, parts: Parts) -> Bounds:
    low, high = parts
    return low, high


@rule
def at_least(bench: Bench, at: Meta, parts: Parts) -> Bounds:
    return parts[0], None


@rule
def at_most(bench: Bench, at: Meta, parts: Parts) -> Bounds:
    return None, parts[0]


@rule
def t_text(bench: Bench, at: Meta, parts: Parts) -> AnswerType:
    limit = None if parts[0] is None else whole(bench, parts[0])
    return AnswerType("text", limit=limit, span=bench.place(at))


@rule
def t_date(bench: Bench, at: Meta, parts: Parts) -> AnswerType:
    if isinstance(parts[0], Token):
        return AnswerType("date", rule=parts[0].type.lower(), span=bench.place(at))
    low, high = parts[0] or (None, None)
    return AnswerType("date", low, high, span=bench.place(at))


@rule
def t_digits(bench: Bench, at: Meta, parts: Parts) -> AnswerType:
    return AnswerType("digits", limit=whole(bench, parts[0]), span=bench.place(at))


@rule
def t_recording(bench: Bench, at: Meta, parts: Parts) -> AnswerType:
    return AnswerType("recording", length=parts[0], span=bench.place(at))


@rule
def t_choice(bench: Bench, at: Meta, parts: Parts) -> AnswerType:
    return AnswerType("choice", codes=parts[0], span=bench.place(at))


@rule
def t_choices(bench: Bench, at: Meta, parts: Parts) -> AnswerType:
    return AnswerType("choices", codes=parts[0] or (), span=bench.place(at))
