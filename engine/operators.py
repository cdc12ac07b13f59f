"""What operators do to values: total functions; an empty value is never 0, and nothing here raises.

RULES I1–I7: comparing an empty value is not met (`is not` is), arithmetic with one is empty, decimals are exact, texts
compare without case and outer spaces.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from engine import limits, moments
from engine.values import Duration, Value

Number = int | Decimal
_MOST_PLACES = 9


def number(value: Value) -> Number | None:
    """A value as a number: a text of digits too (the cells of a table are texts); None where it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        return bounded(value)
    if isinstance(value, str):
        return _read(value.strip())
    return None


def _read(text: str) -> Number | None:
    try:
        return whole(Decimal(text)) if text and len(text) <= 20 and "_" not in text else None
    except InvalidOperation:
        return None


def whole(value: Decimal) -> Number | None:
    """A decimal in its one form: an int where it is whole, None where it is beyond the limit."""
    if not value.is_finite() or abs(value) > limits.NUMBER:
        return None
    return int(value) if value == value.to_integral_value() else value.normalize()


def bounded(value: Number) -> Number | None:
    """A result of arithmetic in its one form; beyond the limit it is empty."""
    if isinstance(value, Decimal):
        return whole(value)
    return value if abs(value) <= limits.NUMBER else None


def _fold(text: str) -> str:
    return text.strip().casefold()


def comparable(left: Value, right: Value) -> tuple[Any, Any] | None:
    """Two values brought to one kind, None where they cannot be compared (one is empty, or of another kind)."""
    if left is None or right is None:
        return None
    if isinstance(left, str) and isinstance(right, str):
        return _fold(left), _fold(right)
    if isinstance(left, bool) or isinstance(right, bool):
        return _yes_or_no(left, right)
    for kind in (_numbers, _moments, _lengths):
        pair = kind(left, right)
        if pair is not None:
            return pair
    same = type(left) is type(right) and isinstance(left, time | tuple)
    return (left, right) if same else None


_YES_NO = {"yes": True, "no": False}


def _yes_or_no(left: Value, right: Value) -> tuple[Any, Any] | None:
    """Yes and no; `yes` and `no` are codes of them where the file does not tell what a value is."""
    pair = [_YES_NO.get(_fold(each), each) if isinstance(each, str) else each for each in (left, right)]
    return (pair[0], pair[1]) if all(isinstance(each, bool) for each in pair) else None


def _numbers(left: Value, right: Value) -> tuple[Any, Any] | None:
    first, second = number(left), number(right)
    return None if first is None or second is None else (first, second)


def _moments(left: Value, right: Value) -> tuple[Any, Any] | None:
    if not (isinstance(left, date) and isinstance(right, date)):
        return None
    if isinstance(left, datetime) and isinstance(right, datetime):
        return left, right
    return _day(left), _day(right)


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _lengths(left: Value, right: Value) -> tuple[Any, Any] | None:
    if isinstance(left, Duration) and isinstance(right, Duration):
        return moments.span_ms(left), moments.span_ms(right)
    return None


def equal(left: Value, right: Value) -> bool:
    """`is`: never met with an empty value."""
    pair = comparable(left, right)
    return pair is not None and bool(pair[0] == pair[1])


def orderable(left: Value, right: Value) -> tuple[Any, Any] | None:
    """The same as `comparable`, but two texts of digits are numbers: 9 is before 10 in a table's cells too."""
    return _numbers(left, right) or comparable(left, right)


def ordered(test: Callable[[Any, Any], bool]) -> Callable[[Value, Value], bool]:
    """`<` and its kin over values."""

    def compare(left: Value, right: Value) -> bool:
        pair = orderable(left, right)
        return pair is not None and not isinstance(pair[0], tuple) and test(pair[0], pair[1])

    return compare


def plus(left: Value, right: Value) -> Value:
    """Numbers, dates with lengths, lengths."""
    if isinstance(left, Duration) and isinstance(right, date):
        left, right = right, left
    if isinstance(left, date) and isinstance(right, Duration):
        return _moved(left, right)
    if isinstance(left, Duration) and isinstance(right, Duration):
        return _bounded(Duration(left.months + right.months, left.ms + right.ms))
    pair = _numbers(left, right)
    return None if pair is None else bounded(pair[0] + pair[1])


def _bounded(length: Duration) -> Value:
    return length if abs(moments.span_ms(length)) <= limits.LENGTH else None


def _moved(day: date, length: Duration) -> Value:
    """Later or earlier by the length; beyond the calendar it is empty."""
    if not isinstance(day, datetime):
        return moments.add(day, length)
    moved = moments.add(day.date(), Duration(length.months))
    try:
        rest = moments.to_ms(datetime.combine(moved, day.timetz())) + length.ms
        return datetime.fromtimestamp(rest / 1000, day.tzinfo)
    except (OverflowError, ValueError, OSError):
        return None


def minus(left: Value, right: Value) -> Value:
    """Numbers; a date and a length; two dates give a length (RULES I7)."""
    if isinstance(left, date) and isinstance(right, date):
        return Duration(0, (_day(left) - _day(right)).days * limits.DAY)
    return plus(left, negative(right))


def negative(value: Value) -> Value:
    """The opposite of a number or a length."""
    if isinstance(value, Duration):
        return Duration(-value.months, -value.ms)
    own = number(value)
    return None if own is None else -own


def times(left: Value, right: Value) -> Value:
    """Numbers, or a length so many times."""
    if isinstance(right, Duration):
        left, right = right, left
    if isinstance(left, Duration):
        count = number(right)
        return None if count is None else _bounded(Duration(int(left.months * count), int(left.ms * count)))
    pair = _numbers(left, right)
    return None if pair is None else bounded(pair[0] * pair[1])


def over(left: Value, right: Value) -> Value:
    """Division, exact to 28 digits; by 0 it is empty (RULES I4)."""
    pair = _numbers(left, right)
    if pair is None or pair[1] == 0:
        return None
    return whole(Decimal(pair[0]) / Decimal(pair[1]))


def rounded(value: Value, places: Value = 0) -> Value:
    """Half away from zero, as in Excel (RULES I5)."""
    own, digits = number(value), number(places)
    if own is None or digits is None or not -_MOST_PLACES <= digits <= _MOST_PLACES:
        return None
    step = Decimal(1).scaleb(-int(digits))
    return whole((Decimal(own) / step).to_integral_value(ROUND_HALF_UP) * step)
