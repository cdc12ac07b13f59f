"""Which letters count: case, accents, punctuation and invisible signs do not; every script's digits are digits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.letters import clean, fold, squash


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  12  days ", "12 days"),
        ("a\tb\r\nc", "a b c"),
        ("12\u00a0500", "12 500"),
        ("\u200e12\u200f", "12"),
        ("\ufeff12\u00ad", "12"),
        ("1\ufe0f\u20e3", "1"),
        ("५ ٣ ۹ ၂", "5 3 9 2"),
        ("፲፪ ፪፻ ፳፻፲፯ ፩፼ ፻", "12 200 2017 10000 100"),
        ("10–12 − 3", "10-12 - 3"),
        ("d’accord", "d'accord"),
        ("١٢٫٥ ١٬٥٠٠", "12.5 1'500"),
        ("Émilie", "Émilie"),
    ],
)
def test_clean_keeps_what_was_written_and_drops_what_nobody_sees(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It’s FINE!", "its fine"),
        ("Répétez, s'il vous plaît.", "repetez sil vous plait"),
        ("garde-malade", "garde malade"),
        ("Œdème", "oedeme"),
        ("Straße", "strasse"),
        ("ɗaki", "daki"),
        ("نَعَم", "نعم"),
        ("أحمد", "احمد"),
        ("مدرسة", "مدرسه"),
        ("ሐኪም", "ሀኪም"),
        ("ዓመት", "አመት"),
        ("não", "nao"),
        ("１２", "12"),
    ],
)
def test_what_people_write_for_the_same_folds_to_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("हिन्दी", "हन्द"), ("1.5", "15"), ("ሀ", "ለ"), ("yes", "yeas")])
def test_what_differs_stays_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_squash_joins_the_words() -> None:
    assert squash("I don't know!") == "idontknow"


@given(st.text())
def test_cleaning_and_folding_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert fold(fold(text)) == fold(text)
