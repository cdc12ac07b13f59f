"""Where a choice leads through the conditions right behind its question: known beforehand, or not at all."""

from __future__ import annotations

from grammar import program as p

SKIPPED = ""
"""The value of a question that was skipped."""
ROW = "\x00row"
"""A value that is a row, and none of the fixed choices."""


def decide(when: p.Expr, question: str, value: str) -> bool | None:
    """Is a condition met where the question has this value (a code, yes, no, SKIPPED, ROW)?  None: nobody knows."""
    if isinstance(when, p.Answer):
        return None if when.question != question else value == "yes"
    if not isinstance(when, p.Op):
        return None
    if when.name in ("and", "or"):
        return _joined(when, question, value)
    if when.name == "not":
        inner = decide(when.args[0], question, value)
        return None if inner is None else not inner
    first = when.args[0] if when.args else None
    if not isinstance(first, p.Answer) or first.question != question or first.many:
        return None
    return _compared(when, value)


def _joined(when: p.Op, question: str, value: str) -> bool | None:
    parts = [decide(part, question, value) for part in when.args]
    settles = when.name == "or"
    if any(part is settles for part in parts):
        return settles
    return None if None in parts else not settles


def _compared(when: p.Op, value: str) -> bool | None:
    values = [arg.value for arg in when.args[1:] if isinstance(arg, p.Const) and arg.kind in ("code", "yesno", "text")]
    if len(values) != len(when.args) - 1:
        return None
    if when.name == "empty":
        return value == SKIPPED
    if when.name in ("=", "one_of"):
        return value in values and value != SKIPPED
    if when.name in ("!=", "none_of"):
        return value not in values
    return None
