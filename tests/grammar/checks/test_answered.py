"""Answers that are read: on no way, on some ways, or on every way to the line their question was asked."""

from __future__ import annotations

import pytest

from tests.grammar.checks.conftest import Found

SEEN = "ask seen: Seen?\n    answer: yes or no\n"
CASES = "ask cases: How many?\n    answer: number\n"
IN_A_BRANCH = SEEN + "if seen is yes:\n    ask cases: How many?\n        answer: number\n"


@pytest.mark.parametrize(
    ("text", "found_at"),
    [
        ("say: {cases}\n" + CASES, [(1, "W244")]),
        ("if cases > 3:\n    say: Many.\n" + CASES, [(1, "W244")]),
        ("set twice to 2 * cases\n" + CASES, [(1, "W244")]),
        ("tell group staff: {cases}\n" + CASES, [(1, "W244")]),
        (SEEN + "if seen is yes:\n    say: {cases}\notherwise:\n    " + CASES.replace("\n", "\n    "), [(4, "W244")]),
        (IN_A_BRANCH + "otherwise:\n    ask ill: Ill?\n        answer: whole number from 0 to cases\n", [(8, "W244")]),
        (
            IN_A_BRANCH + "otherwise:\n    ask ill: Ill?\n        answer: number\n        check ill < cases: No.\n",
            [(9, "W244")],
        ),
        (IN_A_BRANCH + "say: {cases}\n", [(6, "W245")]),
        (
            "ask go_on: More?\n    1. y: Yes\n    2. n: No -> end\n" + CASES + "section end\nsay: {cases} in all.\n",
            [(7, "W245")],
        ),
    ],
)
def test_a_value_that_is_not_there_or_may_not_be(found: Found, text: str, found_at: list[tuple[int, str]]) -> None:
    assert found(text) == found_at


@pytest.mark.parametrize(
    "text",
    [
        CASES + "say: {cases}\n",
        CASES + "ask ill: Ill?\n    answer: whole number from 0 to cases\n    check ill <= cases: No, {cases}.\n",
        "ask ill: Ill?\n    answer: whole number from 0 to cases\n" + CASES,  # W243 says so
        IN_A_BRANCH + "if seen is yes:\n    say: {cases}\n",
        IN_A_BRANCH + "if cases is not empty:\n    say: {cases}\n",
        IN_A_BRANCH + "if cases > 3:\n    say: Many.\n",  # on what is empty it does not hold
        IN_A_BRANCH + 'say: {ifempty(cases, "no")} cases\n',
        "ask cases: How many?\n    answer: number\n    only if worker.cadre is nurse\nsay: Thanks.\n",
        "section top\n" + SEEN + "if seen is no:\n    say: Again.\n    go to top\n" + CASES + "say: {cases}\n",
        "section top\nif cases > 3:\n    say: Many.\n" + CASES + "go to top\n",  # on the second way round it is there
        "    start on word REPORT\n    short form: cases\nif cases > 3:\n    say: Many.\n" + CASES + "say: Thanks.\n",
        "after 4 hours unless cases is not empty:\n    say: {cases}\n" + CASES,  # beside the conversation
        "table t:\n    c\n    a\nfor each r in t:\n    " + CASES.replace("\n", "\n    ") + "\nsay: {sum(cases)}\n",
        "ask cases: {cases} so far. How many?\n    answer: number\n    confirm: {cases}?\n",
    ],
)
def test_a_value_that_is_there_or_whose_absence_is_thought_of(found: Found, text: str) -> None:
    assert [each for each in found(text) if each[1] in ("W244", "W245")] == []


def test_a_block_of_a_question_knows_what_was_asked_before_it(found: Found) -> None:
    text = SEEN + CASES + "    give up after 1 day:\n        say: {seen}, {later}\n        stop as late\n"
    assert found(text + "ask later: When?\n    answer: date\n") == [(6, "W244")]


IN_ITS_OWN_BLOCK = """
    ask right: Is that right?
        answer: yes or no
    for each product in products:
        ask on_hand: How many {product.name}?
            answer: whole number
    if right is no:
        ask which: Which one is wrong?
            choices from products: {name}
        {line}
    say: Thank you.
    table products:
        code | name
        act  | ACT
"""


@pytest.mark.parametrize(
    "line",
    [
        "ask again on_hand for product which",
        "take which:\n            say: Somebody else does that.",
        "say: {which.name}",
    ],
)
def test_what_is_asked_in_the_same_block_is_there(found: Found, line: str) -> None:
    assert found(IN_ITS_OWN_BLOCK.replace("{line}", line)) == []


def test_rows_are_gone_through_once_they_are_asked_for(found: Found) -> None:
    ask = "    ask which: Which?\n        answer: one or more\n        1. a: A\n        2. b: B\n"
    loop = "    for each item in which:\n        say: {item}\n"
    begin = SEEN + "if seen is yes:\n"
    assert found(begin + ask + loop + "say: Bye.\n") == []
    assert ("W244" in {code for _, code in found(begin + loop + ask + "say: Bye.\n")}) is True
