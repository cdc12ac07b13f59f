"""The functions with Excel's names: total, over values and lists, empties passed over (RULES I2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from engine import operators
from engine.limits import DAY, LETTERS
from engine.operators import equal, number, orderable
from engine.values import Duration, Value

_CRITERION = re.compile(r"\s*(<=|>=|<>|<|>|=)\s*(.*)", re.DOTALL)
_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
}


def flat(args: Iterable[Value]) -> list[Value]:
    """All values in the arguments and their lists that are not empty."""
    found: list[Value] = []
    for value in args:
        if isinstance(value, tuple) and not isinstance(value, Duration):
            found.extend(flat(value))
        elif value is not None:
            found.append(value)
    return found


def total(*args: Value) -> Value:
    """`sum`: of nothing it is 0."""
    numbers = [n for n in map(number, flat(args)) if n is not None]
    return operators.bounded(sum(numbers, start=0))


def count(*args: Value) -> Value:
    """How many there are that are not empty."""
    return len(flat(args))


def countif(values: Value, criterion: Value) -> Value:
    """How many are equal to the criterion, or fulfil one like "<10", as in Excel."""
    match = _CRITERION.match(criterion) if isinstance(criterion, str) else None
    if match is None:
        return sum(equal(value, criterion) for value in flat((values,)))
    sign, right = match.groups()
    if sign == "<>":
        return sum(not equal(value, right) for value in flat((values,)))
    compare = operators.ordered(_TESTS[sign])
    return sum(compare(value, right) for value in flat((values,)))


def _extreme(args: tuple[Value, ...], better: Callable[[Any, Any], bool]) -> Value:
    best: Value = None
    for value in flat(args):
        pair = orderable(value, best)
        if best is None or (pair is not None and better(pair[0], pair[1])):
            best = value
    return best


def smallest(*args: Value) -> Value:
    """`min`; of nothing it is empty."""
    return _extreme(args, lambda a, b: a < b)


def greatest(*args: Value) -> Value:
    """`max`; of nothing it is empty."""
    return _extreme(args, lambda a, b: a > b)


def days(end: Value, start: Value) -> Value:
    """The days from start to end, a number."""
    if not (isinstance(end, date) and isinstance(start, date)):
        return None
    length = operators.minus(end, start)
    return length.ms // DAY if isinstance(length, Duration) else None


def written(value: Value) -> str:
    """`text`: a value as plain writing, without a language's marks."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)[:LETTERS]


def length(value: Value) -> Value:
    """The letters of a text; of an empty one 0."""
    return len(written(value))


def joined(left: Value, right: Value) -> Value:
    """`&`."""
    return (written(left) + written(right))[:LETTERS]
