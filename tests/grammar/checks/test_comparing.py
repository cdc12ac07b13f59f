"""Conditions: what fits together, and what can never be met."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grammar.kinds import ENDINGS

Found = Callable[[str], list[tuple[int, str]]]
ASKED = """
table products:
    code | name | alert
    act  | ACT  | 100
ask cases: How many?
    answer: whole number
ask ill: Ill?
    answer: yes or no
ask sex: Who?
    1. m: Man
    2. f: Woman
ask seen: When?
    answer: date
ask why: Why?
    answer: text
set total to cases + 1
for each product in products:
    ask on_hand: How many?
        answer: whole number
"""


@pytest.mark.parametrize(
    "condition",
    [
        "cases > 5",
        "ill",
        "not ill",
        "ill is yes",
        "ill = no",
        "sex is m",
        'sex is "m"',
        "sex is one of m, f",
        "sex is m or ill",
        "sex is m or cases > 5",
        'why is "malaria"',
        "seen < today",
        "seen < 2025-12-31",
        "today - seen > 7 days",
        "seen + 7 days > today",
        "days(today, seen) > 7",
        "total > 5",
        "cases is between 1 and 5",
        "cases is empty",
        "count(on_hand) > 1",
        "countif(on_hand, 0) = 0",
        "sum(on_hand) > cases",
        'worker.cadre is nurse or worker.name is "Moses"',
        "worker.anything_at_all > 5",
    ],
)
def test_conditions_that_are_right(found: Found, condition: str) -> None:
    assert [code for _, code in found(f"{ASKED}if {condition}:\n    say: Hi.\n") if code != "W201"] == []


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("cases", "E243"),
        ("why", "E243"),
        ("not cases", "E243"),
        ("ill and cases", "E243"),
        ('cases > "5"', "E240"),
        ("cases is yes", "E202"),
        ("cases = 09:00", "E240"),
        ("seen > 5", "E240"),
        ("why = 5", "E240"),
        ('total is "many"', "E240"),
        ("ill = 1", "E240"),
        ("today - seen > 7", "E240"),
        ("seen + 7 > today", "E244"),
        ("sex is man", "E204"),
        ("sex is m or f", "E203"),
        ("sex is not m or f", "E203"),
        ('sex is "m" or "f"', "E203"),
        ("cases = 1 or 2", "E203"),
        ("sex > m", "E241"),
        ("on_hand > 5", "E242"),
        ("on_hand = 0", "E242"),
        ("cases is between 5 and 1", "E245"),
        ("seen > 30/02/2025", "E246"),
        ("round() > 1", "E247"),
        ("max(on_hand, cases) > 1 and countif(on_hand) > 1", "E247"),
    ],
)
def test_conditions_that_are_wrong(found: Found, condition: str, code: str) -> None:
    assert {code for _, code in found(f"{ASKED}if {condition}:\n    say: Hi.\n")} == {code}


@pytest.mark.parametrize("low_to_high", ["5 to 1", "0.5 to 0.1", "-1 to -5"])
def test_a_range_upside_down(found: Found, low_to_high: str) -> None:
    assert found(f"ask a: A?\n    answer: decimal from {low_to_high}\n") == [(2, "E245")]


@pytest.mark.parametrize(
    ("answer", "lines"),
    [
        ("whole number from 0 to 1.000", [2]),
        ("whole number from 1.000 to 2.000", [2, 2]),
        ("whole number from 0 to 1000", []),
        ("decimal from 0 to 1.000", []),
    ],
)
def test_a_bound_with_a_dot_for_thousands(found: Found, answer: str, lines: list[int]) -> None:
    assert found(f"ask a: A?\n    answer: {answer}\n") == [(line, "E037") for line in lines]


@pytest.mark.parametrize("ending", [*ENDINGS, "refused"])
def test_how_a_conversation_can_end(found: Found, ending: str) -> None:
    flow = "ask cases: How many?\n    answer: number\nif cases is empty:\n    stop as refused\nsay: Bye.\n"
    assert found(f"{flow}if outcome is {ending}:\n    say: Hi.\n") == []
    assert found(f"{flow}if outcome is {ending}y:\n    say: Hi.\n") == [(6, "E204")]
