"""What a text costs as SMS, and its plain letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.gsm7 import BASIC, EXTENSION, measure, plain

A_PART = "a" * 153


@pytest.mark.parametrize(
    ("text", "encoding", "parts"),
    [
        ("", "gsm7", 1),
        ("Hello", "gsm7", 1),
        ("a" * 160, "gsm7", 1),
        ("a" * 161, "gsm7", 2),
        ("a" * 306, "gsm7", 2),
        ("a" * 307, "gsm7", 3),
        ("€" * 80, "gsm7", 1),
        ("€" * 81, "gsm7", 2),
        ("€" * 152, "gsm7", 2),
        # 153 is odd: the pair that would be split moves to the next part, and leaves a septet empty.
        ("€" * 153, "gsm7", 3),
        ("a" * 152 + "€" + "a" * 151, "gsm7", 2),
        ("a" * 152 + "€" + "a" * 152, "gsm7", 3),
        ("é à ù è Ç Ñ ü\n", "gsm7", 1),
        ("ç", "ucs2", 1),
        ("`", "ucs2", 1),
        ("it’s", "ucs2", 1),
        ("ሰ" * 70, "ucs2", 1),
        ("ሰ" * 71, "ucs2", 2),
        ("ሰ" * 134, "ucs2", 2),
        ("ሰ" * 135, "ucs2", 3),
        ("😀" * 35, "ucs2", 1),
        ("😀" * 36, "ucs2", 2),
        # 67 is odd: 33 pairs a part.
        ("😀" * 66, "ucs2", 2),
        ("😀" * 67, "ucs2", 3),
        ("a" * 66 + "😀" + "a" * 65, "ucs2", 2),
        ("a" * 66 + "😀" + "a" * 66, "ucs2", 3),
    ],
)
def test_a_text_has_an_encoding_and_parts(text: str, encoding: str, parts: int) -> None:
    assert measure(text) == (encoding, parts)


def test_the_tables_hold_what_the_standard_says() -> None:
    assert len(set(BASIC)) == 127  # 128 places, one of them the escape to the extension table
    assert len(set(EXTENSION)) == 10
    assert not set(BASIC) & set(EXTENSION)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello", "Hello"),
        ("ça va, être, cœur, naïve", "ca va, etre, coeur, naive"),
        ("é à ù è stay", "é à ù è stay"),
        ("e\u0301 written as two", "é written as two"),
        ("it’s “good” – really…", 'it\'s "good" - really...'),
        ("39\u00a0francs", "39 francs"),
        ("Ƙarin ɓera ɗaya, ƴan", "Karin bera daya, yan"),
        ("ŋ ɲ ɛ̀ ɔ́", "n ny e o"),
        ("½ × 2 ≥ 1", "1/2 x 2 >= 1"),
        ("zero\u200bwidth", "zerowidth"),
        ("€ [ok] stay", "€ [ok] stay"),
        ("`a`\tb", "'a' b"),
        ("ሰላም ça", "ሰላም ca"),
        ("😀", "😀"),
        ("한", "한"),
    ],
)
def test_letters_outside_gsm7_become_plain_where_they_can(text: str, expected: str) -> None:
    assert plain(text) == expected


@given(st.text())
def test_a_plain_text_stays_as_it_is(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(st.text(alphabet=BASIC + EXTENSION, max_size=700))
def test_no_part_is_wasted_and_none_is_too_full(text: str) -> None:
    septets = sum(2 if letter in EXTENSION else 1 for letter in text)
    encoding, parts = measure(text)
    assert encoding == "gsm7"
    assert parts == 1 if septets <= 160 else (parts - 1) * 152 < septets <= parts * 153
