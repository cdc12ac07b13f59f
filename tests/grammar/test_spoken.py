"""Days and months of other languages are told as they are written here."""

from __future__ import annotations

import pytest

from grammar.checks.subject import said_here
from grammar.loader import load_text
from grammar.spoken import english


@pytest.mark.parametrize(
    ("word", "here"),
    [
        ("vendredi", "Friday"),
        ("Miércoles", "Wednesday"),
        ("terça-feira", "Tuesday"),
        ("jumapili", "Sunday"),
        ("août", "August"),
        ("demain", "tomorrow"),
        ("kesho", "tomorrow"),
        ("jour", "day"),
        ("Friday", None),
        ("cases", None),
    ],
)
def test_a_word_of_another_language(word: str, here: str | None) -> None:
    assert english(word) == here
    assert said_here(word) == (None if here is None else f"Write `{here}`")


@pytest.mark.parametrize(
    ("header", "line", "hint"),
    [
        ("    start every vendredi at 08:00 for group nurses\n", "say: Hi.", "Write `Friday`"),
        ("    start on 5 janvier 2027 at 08:00 for group nurses\n", "say: Hi.", "Write `January`"),
        ("", "wait until demain at 09:00", "Write `tomorrow`"),
    ],
)
def test_it_is_said_where_it_stands(header: str, line: str, hint: str) -> None:
    found = load_text(f"flow a: A\n{header}{line}\nsay: Thank you.\n", "a.flow").findings
    assert hint in {each.hint for each in found}
