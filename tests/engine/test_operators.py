"""What operators do to values: RULES I1–I7 as tables."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import operators as op
from engine.limits import DAY, HOUR, NUMBER
from engine.values import Duration

LESS = op.ordered(lambda a, b: a < b)
A_DAY = date(2025, 3, 3)
NOON = datetime(2025, 3, 3, 12, tzinfo=UTC)
WEEK = Duration(0, 7 * DAY)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (3, 3, True),
        (3, Decimal("3.0"), True),
        (Decimal("0.1") + Decimal("0.2"), Decimal("0.3"), True),
        ("Bong ", "bong", True),
        ("100", 100, True),
        ("l00", 100, False),
        (True, True, True),
        (True, 1, False),
        (None, None, False),
        (None, 0, False),
        (None, "", False),
        (A_DAY, NOON, True),
        (time(9), time(9, 0), True),
        (Duration(0, 24 * HOUR), Duration(0, DAY), True),
        (Duration(1), Duration(0, 30 * DAY), True),
        (A_DAY, 3, False),
        (("a", "b"), ("a", "b"), True),
    ],
)
def test_is(left: Any, right: Any, same: bool) -> None:
    assert op.equal(left, right) is same


@pytest.mark.parametrize(
    ("left", "right", "less"),
    [
        (1, 2, True),
        ("9", 10, True),
        ("9", "10", True),
        (None, 1, False),
        (1, None, False),
        (A_DAY, date(2025, 3, 4), True),
        (Duration(0, DAY), WEEK, True),
        (A_DAY, 5, False),
        ((1,), (2,), False),
        (False, True, True),
    ],
)
def test_less_than(left: Any, right: Any, less: bool) -> None:
    assert LESS(left, right) is less


@pytest.mark.parametrize(
    ("call", "left", "right", "result"),
    [
        (op.plus, 1, 2, 3),
        (op.plus, 1, None, None),
        (op.plus, Decimal("0.5"), Decimal("0.5"), 1),
        (op.plus, A_DAY, WEEK, date(2025, 3, 10)),
        (op.plus, WEEK, A_DAY, date(2025, 3, 10)),
        (op.plus, date(2025, 1, 31), Duration(1), date(2025, 2, 28)),
        (op.plus, NOON, Duration(0, 2 * HOUR), NOON.replace(hour=14)),
        (op.plus, "ten", 1, None),
        (op.minus, date(2025, 3, 10), A_DAY, WEEK),
        (op.minus, A_DAY, WEEK, date(2025, 2, 24)),
        (op.minus, 1, 3, -2),
        (op.times, 3, "4", 12),
        (op.times, 2, Duration(0, DAY), Duration(0, 2 * DAY)),
        (op.times, NUMBER, NUMBER, None),
        (op.over, 1, 4, Decimal("0.25")),
        (op.over, 4, 2, 2),
        (op.over, 1, 0, None),
        (op.over, None, 2, None),
        (op.rounded, Decimal("2.5"), 0, 3),
        (op.rounded, Decimal("-2.5"), 0, -3),
        (op.rounded, Decimal("2.345"), 2, Decimal("2.35")),
        (op.rounded, 1250, -2, 1300),
    ],
)
def test_arithmetic(call: Any, left: Any, right: Any, result: Any) -> None:
    value = call(left, right)
    assert value == result
    assert type(value) is type(result)


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.decimals(),
    st.text(max_size=30),
    st.dates(),
    st.times(),
    st.builds(Duration, st.integers(-2000, 2000), st.integers(-(10**13), 10**13)),
    st.tuples(st.integers()),
)


@given(VALUES, VALUES)
def test_no_operator_raises(left: Any, right: Any) -> None:
    for call in (op.equal, LESS, op.plus, op.minus, op.times, op.over, op.rounded):
        call(left, right)
    op.negative(left)


@given(VALUES)
def test_a_result_is_never_a_whole_decimal(value: Any) -> None:
    result = op.plus(value, Decimal("0.5"))
    assert not isinstance(result, Decimal) or result != result.to_integral_value()
