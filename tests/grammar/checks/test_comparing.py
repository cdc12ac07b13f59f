"""Conditions: what fits together, and what can never be met."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grammar.kinds import ENDINGS
from grammar.loader import load_text

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


CASES = (
    "ask sex: Sex?\n    1. m: Male\n    2. f: Female\nask ok: Ready?\n    answer: yes or no\n"
    "ask cases: How many?\n    answer: whole number\nset n to 1\n"
)

MEANT = [
    # the text of a choice, in quotes or not, is its code
    ('sex is "Male"', "E204", "Write `m`"),
    ("sex is Female", "E204", "Write `f`"),
    ('sex is "x"', "E204", "The choices are `m` and `f`."),
    ('sex is one of "Male", "m"', "E204", "Write `m`"),
    ("ok is true", "E204", "Write `yes`"),
    ("ok is not false", "E204", "Write `no`"),
    # a loose value behind a list, or behind `is empty`
    ("cases is one of 1, 2 or 3", "E203", "Write `cases is one of 1, 2, 3`"),
    ("sex is not one of m or f", "E203", "Write `sex is not one of m, f`"),
    ("cases is empty or 0", "E203", "Write `cases is empty or cases = 0`"),
    # words that mean nothing by themselves
    (
        "yes",
        "E202",
        (
            "Say of which question, with its name: `if ready is yes:`. A word to be remembered stands in quotes: "
            '`set urgent to "yes"`.'
        ),
    ),
    ("cases is three", "E202", "Write `3`"),
    # whole records
    ("worker is nurse", "E248", "Name the field that is meant, like `worker.cadre is nurse`."),
    ('facility is "Kakata"', "E248", 'Name the field that is meant, like `facility.name is "Kakata"`.'),
]


@pytest.mark.parametrize(("condition", "code", "hint"), MEANT, ids=[each[0] for each in MEANT])
def test_what_was_meant_is_proposed(condition: str, code: str, hint: str) -> None:
    found = load_text(f"flow a: A\n{CASES}if {condition}:\n    say: Hi.\nsay: Bye.\n", "a.flow").findings
    assert [(each.code, each.hint) for each in found if each.severity == "error"] == [(code, hint)]


RIGHT = [
    "sex is m",
    'sex is "m"',
    'sex is "M"',
    "ok is yes",
    "cases is one of 1, 2 or cases is empty",
    "worker.cadre is nurse",
    'facility.name is "Kakata"',
]


@pytest.mark.parametrize("condition", RIGHT)
def test_what_is_nearest_to_it_is_right(condition: str) -> None:
    found = load_text(f"flow a: A\n{CASES}if {condition}:\n    say: Hi.\nsay: Bye.\n", "a.flow").findings
    assert not [each for each in found if each.severity == "error"]


def test_a_record_may_be_another_one() -> None:
    loop = "for each one in workers where cadre is nurse:\n    if one is worker:\n        say: It is you.\n"
    text = f"flow a: A\n{loop}say: Bye.\n"
    assert not [each for each in load_text(text, "a.flow").findings if each.severity == "error"]
