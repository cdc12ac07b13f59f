"""What is said on a call: it can be heard, answered with keys, and has a voice in every language."""

from __future__ import annotations

import pytest

from grammar.loader import load_text

CALLS = "    languages: en, fr\n    channels: sms, ivr\n"


def codes(text: str, head: str = CALLS) -> list[str]:
    loaded = load_text(f"flow x: X\n{head}{text}", "x.flow")
    assert loaded.compiled is not None, loaded.findings
    return [found.code for found in loaded.findings if "W330" <= found.code <= "W339"]


def choices(*numbers: int) -> str:
    return "ask q: Which?\n" + "".join(f"    {each}. c{each}: Label {each}\n" for each in numbers)


def rows(count: int) -> str:
    table = "table t:\n    code | name\n" + "".join(f"    r{each} | Row {each}\n" for each in range(count))
    return table + "ask q: Which?\n    choices from t: {name}\n"


TEN = range(10)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (choices(*TEN), []),  # 0 is a key like the others
        (choices(*TEN, 10), ["W330"]),
        (choices(1, 12), ["W330"]),
        (rows(9) + "    0. none: None\n", []),
        (rows(10), ["W330"]),
        ("ask q: How many?\n    answer: whole number from 0 to 9999\n", []),
    ],
)
def test_choices_have_a_key_each(text: str, found: list[str]) -> None:
    assert codes(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("say: See https://moh.example/x", ["W331"]),
        ("say: See WWW.moh.example", ["W331"]),
        ("say: See moh.org for more.", ["W331"]),
        ("say: Thank you 😀", ["W331"]),
        ("say: Thank you ☺", ["W331"]),
        ("ask q: 👍?\n    1. y: Yes\n    2. n: No", ["W331"]),
        ("ask q: Good?\n    1. y: 👍\n    2. n: No", ["W331"]),
        ("say: Thank you 😀\n    fr: Merci 😀", ["W331"]),  # one text, one finding
        ("say: Thank you 😀\n    voice: Thank you.", []),
        ("say: Thank you 😀\n    audio: thanks.mp3", []),
        ("say: Send the form. Organise it well, e.g. by date.", []),
        ("tell group staff: See https://moh.example/x", []),  # an SMS
    ],
)
def test_what_is_read_out_can_be_said(text: str, found: list[str]) -> None:
    assert codes(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"say: {'a' * 457}", []),
        (f"say: {'a' * 458}", ["W332"]),
        (f"say: {'a' * 458}\n    voice: Short.", []),
        (f"say: Short.\n    voice: {'a' * 458}\n    fr: Court.\n        voice: {'a' * 458}", ["W332", "W332"]),
        (f"ask q: {'a' * 400}\n    1. y: Yes\n    2. n: No", []),
        (f"ask q: {'a' * 420}\n    1. y: Yes\n    2. n: No", ["W332"]),
    ],
)
def test_a_prompt_lasts_half_a_minute_at_most(text: str, found: list[str]) -> None:
    assert codes(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("say: Hello.\n    fr: Bonjour.", []),
        ("say: Hello.\n    voice: Hello!", []),  # the text lacks in French, too, which is said elsewhere
        ("say: Hello.\n    voice: Hello!\n    fr: Bonjour.", ["W333"]),
        ("say: Hello.\n    voice: Hello!\n    fr: Bonjour.\n        audio: b.mp3", []),
        ("say: Hello.\n    voice: Hello!\n        fr: Bonjour !\n    fr: Bonjour.", []),
        ("say: A.\n    voice: A!\n    fr: A.\nsay: B.\n    audio: b.mp3\n    fr: B.", ["W333"]),
    ],
)
def test_a_voice_in_one_language_is_one_in_each(text: str, found: list[str]) -> None:
    assert codes(text) == found


@pytest.mark.parametrize(
    "text", [choices(*TEN, 10), "say: 😀", f"say: {'a' * 500}", "say: A.\n    voice: A!\n    fr: A."]
)
def test_nothing_of_this_matters_where_nobody_is_called(text: str) -> None:
    assert codes(text, "    languages: en, fr\n") == []
