"""What `correct:` says can be answered, and what cannot is said with what could stand there."""

from __future__ import annotations

import pytest

from grammar.diagnostics import Finding
from grammar.loader import load_text

CHOICES = "1. before: Only before\n    2. both: Before and after"
NUMBER = "answer: whole number from 0 to 100"


def errors(below: str, correct: str) -> list[Finding]:
    text = f"flow x: X\nquiz q: When?\n    {below}\n    correct: {correct}\n"
    return [found for found in load_text(text, "x.flow").findings if found.severity == "error"]


IMPOSSIBLE = [
    (CHOICES, "2", "Write after `correct:` its code: `correct: both`."),
    (CHOICES, '"Before and after"', "Write after `correct:` its code: `correct: both`."),
    (CHOICES, "7", "Write after `correct:` a code: `before` and `both`."),
    (NUMBER, "400", "Write after `correct:` a whole number from 0 to 100."),
    (NUMBER, "-1", "Write after `correct:` a whole number from 0 to 100."),
    (NUMBER, "2.5", "Write after `correct:` a whole number from 0 to 100."),
    (NUMBER, '"40"', "Write after `correct:` a whole number from 0 to 100."),
    ("answer: number", "yes", ""),
    ("answer: yes or no", "1", "Write after `correct:` `yes` or `no`."),
    ("answer: date", "3", "Write after `correct:` a date like 2025-12-25."),
]


@pytest.mark.parametrize(("below", "correct", "hint"), IMPOSSIBLE)
def test_an_answer_that_nobody_can_give(below: str, correct: str, hint: str) -> None:
    (found,) = errors(below, correct)
    assert (found.line, found.column) == (len(below.split("\n")) + 3, 14)
    assert not hint or (found.code, found.hint) == ("E287", hint)


@pytest.mark.parametrize(
    ("below", "correct"),
    [
        (CHOICES, "both"),
        (CHOICES, "before, both"),
        (NUMBER, "0"),
        (NUMBER, "100"),
        (NUMBER, "40, 41"),
        ("answer: number", "2.5"),
        ("answer: yes or no", "no"),
        ("answer: 4 digits", "1234"),
        ("answer: text", '"soap"'),
    ],
)
def test_an_answer_that_can_be_given(below: str, correct: str) -> None:
    assert errors(below, correct) == []


def test_a_number_with_a_comma_is_not_two_right_answers() -> None:
    (found,) = errors("answer: whole number", "1,500")
    assert (found.code, found.hint) == ("E037", "Write `1500`, or a space behind the comma where two values are meant.")


def test_the_text_of_a_choice_beside_is_stands_for_its_code() -> None:
    text = f"flow x: X\nask q: When?\n    {CHOICES}\nif q is Before and after:\n    stop\n"
    (found,) = [found for found in load_text(text, "x.flow").findings if found.severity == "error"]
    assert (found.code, found.hint) == ("E039", "Write `q is both`")
