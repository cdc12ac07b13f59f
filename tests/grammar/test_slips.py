"""A slip is a letter too many, too few, wrong, or two that changed places."""

from __future__ import annotations

import pytest

from grammar.slips import as_code, nearest, slips, uncapped


@pytest.mark.parametrize(
    ("left", "right", "count"),
    [
        ("say", "say", 0),
        ("SAY", "say", 0),
        ("sya", "say", 1),
        ("sa", "say", 1),
        ("sayy", "say", 1),
        ("sat", "say", 1),
        ("langauges", "languages", 1),
        ("nmber", "number", 1),
        ("", "say", 3),
        ("goto", "go", 2),
    ],
)
def test_slips(left: str, right: str, count: int) -> None:
    assert slips(left, right) == count
    assert slips(right, left) == count


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("sya", ["ask", "say"], "say"),
        ("recieved", ["received"], "received"),
        ("too", ["to", "on"], "to"),
        ("hello", ["say", "ask"], None),
        ("xyz", ["say"], None),
        ("a", ["as"], "as"),
        ("by", ["is"], None),
    ],
)
def test_nearest(word: str, known: list[str], meant: str | None) -> None:
    assert nearest(word, known) == meant


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ORS packets", "ors_packets"),
        ("régime-actuel", "regime_actuel"),
        ("I don't know at all", "i_dont_know"),
        ("9 days", "n_9_days"),
        ("ኮሌራ", ""),
    ],
)
def test_a_name_is_made_of_a_text(text: str, code: str) -> None:
    assert as_code(text) == code


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Lab_number", "lab_number"),
        ("Yes", "yes"),
        ("yes", "yes"),
        ("M", "M"),
        ("LAB", "LAB"),
        ("Has_ORS", "Has_ORS"),
        ("A1", "A1"),
    ],
)
def test_the_capital_that_word_puts_before_a_line(name: str, plain: str) -> None:
    assert uncapped(name) == plain
