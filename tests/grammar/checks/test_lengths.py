"""SMS: what a text costs at most, in each language."""

from __future__ import annotations

import pytest

from grammar.diagnostics import Finding
from grammar.loader import load_text
from tests.grammar.checks.conftest import Found


def said(text: str, code: str) -> list[Finding]:
    return [found for found in load_text(f"flow x: X\n{text}", "x.flow").findings if found.code == code]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (f"say: {'a' * 459}", 0),
        (f"say: {'a' * 460}", 1),
        (f"say: {'[' * 228}", 0),  # two septets each, and no pair is split between two parts
        (f"say: {'[' * 229}", 1),
        (f"say: {'አ' * 201}", 0),
        (f"say: {'አ' * 202}", 1),
        (f"    sms letters: plain\nsay: {'ê' * 459}", 0),
        (f"tell group staff: {'a' * 460}", 1),
        (f"ask why: Why?\n    answer: text\n    hint: {'a' * 460}", 1),
        (f"ask why: Why?\n    answer: text up to 400 letters\n    confirm: You wrote {{why}}. {'a' * 60}", 1),
        (f"ask why: {'a' * 300}\n    answer: text\n    remind after 1 hour: {'a' * 160} {{question}}", 1),
        (f"say: {'a' * 600}\n    sms: Short.", 0),
        (f"    channels: ivr\nsay: {'a' * 600}", 0),
        (f"    channels: ivr\ntell group staff: {'a' * 600}", 1),
    ],
)
def test_a_text_of_more_than_three_parts(text: str, count: int) -> None:
    assert len(said(text, "W320")) == count


def test_the_parts_are_said_by_language() -> None:
    text = f"    languages: en, am\nsay: {'a' * 500}\n    am: {'አ' * 300}\n"
    (found,) = said(text, "W320")
    assert (found.line, found.message) == (
        3,
        "With its values at their longest this text takes 4 SMS in `en` and 5 SMS in `am`.",
    )


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (f"say: ê {'a' * 68}", 0),  # 70 units in one part, as plain letters would be
        (f"say: ê {'a' * 69}", 1),
        (f"say: é {'a' * 69}", 0),
        (f"say: ê ሰላም ለ {'a' * 69}", 0),  # a text in letters of its own
        (f"say: 😀 {'a' * 69}", 1),
        (f"    sms letters: plain\nsay: ê {'a' * 69}", 0),
        (f"    sms letters: plain\nsay: 😀 {'a' * 69}", 1),
        (f"say: ê {'a' * 69}\nsay: “Yes” {'a' * 140}\n", 1),
    ],
)
def test_letters_that_cost_are_one_warning_a_language(text: str, count: int) -> None:
    assert len(said(text, "W321")) == count


def test_the_letters_are_named_with_their_plain_ones() -> None:
    text = f"    languages: en, fr\nsay: ok\n    fr: ê {'a' * 69}\nsay: ok\n    fr: Œ {'a' * 200}\n"
    (found,) = said(text, "W321")
    assert (found.line, found.column) == (2, 20)
    assert "cost 3 SMS more than plain ones would (ê → e, Œ → OE): lines 3 and 5." in found.message


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (f"ask q: {'a' * 150}\n    1. y: Yes\n    2. n: No", 0),
        (f"ask q: {'a' * 155}\n    1. y: Yes\n    2. n: No", 1),
        (f"ask q: {'a' * 161}\n    answer: yes or no", 0),
        (f"table t:\n    code\n    a\nask q: {'a' * 165}\n    choices from t: {{code}}\n    0. none: None", 0),
    ],
)
def test_choices_in_the_second_sms(text: str, count: int) -> None:
    assert len(said(text, "N322")) == count


def test_a_language_that_a_question_lacks_is_not_measured() -> None:
    text = f"    languages: en, am\nask q: {'a' * 160}\n    1. y: Yes\n    2. n: No\n"
    (found,) = said(text, "N322")
    assert found.message.startswith("In `en` some choices")


def test_a_picture_has_no_plain_letter() -> None:
    (found,) = said(f"say: 😀 {'a' * 69}\n", "W321")
    assert "(😀 → leave it out)" in found.message


def test_a_flow_that_is_cheap_enough_hears_nothing(found: Found) -> None:
    assert found("    languages: fr\nsay: Vous êtes inscrit.\n") == []
