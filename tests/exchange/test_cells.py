"""A number stays a number, and no cell does anything when a spreadsheet opens it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.values import Duration, Value
from exchange.cells import cell


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        (-5, "-5"),
        (Decimal("1.50"), "1.50"),
        (Decimal("-0.5"), "-0.5"),
        (Decimal("1E+3"), "1000"),
        (date(2026, 3, 5), "2026-03-05"),
        (time(9, 30), "09:30"),
        (datetime(2026, 3, 5, 9, 30, tzinfo=UTC), "2026-03-05T09:30:00Z"),
        (("fever", "cough"), "fever cough"),
        ((), ""),
        ("unsure", "unsure"),
        ("no fuel", "no fuel"),
        ("12", "12"),
        ("-5", "-5"),
        ("1.5", "1.5"),
        ("0", "0"),
        ("5 = five", "5 = five"),
    ],
)
def test_a_value_is_written_plainly(value: Value, text: str) -> None:
    assert cell(value) == text


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "=HYPERLINK(0)",
        "+1-2",
        "-2+3",
        "-cmd",
        "@SUM(A1)",
        " =1+1",
        "\u00a0=1+1",
        "\n=1+1",
        "\t12",
        "\r12",
        "＝1+1",
        "＋1",
        "+231770000001",
        "0770000001",
        "00",
        "1234567890123456",
    ],
)
def test_what_a_spreadsheet_would_change_is_made_a_text(text: str) -> None:
    assert cell(text) == "'" + text


@given(st.text())
def test_no_text_is_ever_a_formula(text: str) -> None:
    shown = cell(text).lstrip()
    assert not shown.startswith(("=", "+", "@"))
    assert not shown.startswith("-") or float(shown) < 0 or float(shown) == 0


def test_a_length_of_time_is_some_text() -> None:
    assert cell(Duration(ms=1000))
