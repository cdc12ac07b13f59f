"""Branches that nothing leads into, and conversations that end without a word."""

from __future__ import annotations

import pytest

from tests.grammar.checks.conftest import Found

SIDE = "ask side: Which?\n    1. l: Left\n    2. r: Right\n"
END = "say: Thanks.\n"
START = "    start on word SIDE\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("if side is l:\n    say: L.\notherwise if side is l:\n    say: Again L.\n", 6),
        ("if side is l:\n    if side is r:\n        say: Both?\n", 5),
        ("if side is l:\n    say: L.\notherwise:\n    if side is l:\n        say: L?\n", 7),
        ("if side is l:\n    ask why: Why?\n        answer: text\n        only if side is r\n", 7),
    ],
)
def test_a_branch_that_no_answer_leads_into(found: Found, text: str, line: int) -> None:
    assert found(SIDE + text + END) == [(line, "W251")]


@pytest.mark.parametrize(
    "text",
    [
        "if side is l:\n    say: L.\notherwise if side is r:\n    say: R.\notherwise:\n    say: Empty.\n",
        "if side is l:\n    ask again side\n    if side is r:\n        say: You changed it.\n",
        "if side is l:\n    set side to r\n    if side is r:\n        say: Right.\n",
        "if side is l:\n    say: L.\nif side is l:\n    say: L again.\n",
    ],
)
def test_a_branch_that_an_answer_leads_into(found: Found, text: str) -> None:
    assert found(SIDE + text + END) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (SIDE, 2),
        (SIDE + "if side is l:\n    stop as left\n" + END, 2),
        (SIDE.replace("Right", "Right -> end") + END + "section end\ntell group staff: Done.\n", 2),
        (SIDE + "tell group staff: {side}\n", 2),
        (END + SIDE, 3),
    ],
)
def test_an_answer_after_which_nothing_is_said(found: Found, text: str, line: int) -> None:
    assert found(START + text) == [(line, "W252")]


@pytest.mark.parametrize(
    "text",
    [
        SIDE + END,
        SIDE + "wait 1 day\n",
        SIDE + "    give up after 1 day: stop as late\n" + END,  # silence is not answered
        "quiz side: Which?\n    1. l: Left\n    2. r: Right\n    correct: l\n    if right: Yes.\n    if wrong: No.\n",
        "choose language\nstop\n",
        END + "stop\n",
    ],
)
def test_a_conversation_that_ends_with_a_word(found: Found, text: str) -> None:
    assert [each for each in found(START + text) if each[1] == "W252"] == []


def test_a_flow_that_nothing_starts_leaves_the_last_word_to_who_runs_it(found: Found) -> None:
    assert found(SIDE) == []
