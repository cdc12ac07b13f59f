"""Words that start a flow, or mean something in it, mean one thing (RULES E2); what a start word takes along (H5)."""

from __future__ import annotations

import pytest

from tests.grammar.checks.conftest import Found

WORDS = ["STOP", "stopall", "ARRET", "Arrêt", "START"]
ASK = "ask q: Q?\n    1. low: Few\n        fr: Peu\n    7. high: Many of them\n        fr: Beaucoup\n    fr: Q ?\n"


@pytest.mark.parametrize("word", [*WORDS, "HELP"])
def test_a_word_of_the_engine_starts_no_flow(found: Found, word: str) -> None:
    assert found(f"flow clinic: Clinic\n    start on word {word}\nsay: Hello.\n") == [(2, "E270")]


@pytest.mark.parametrize("word", WORDS)
def test_a_word_of_the_engine_is_no_word_of_a_conversation(found: Found, word: str) -> None:
    assert found(f"on word {word}:\n    say: Hello.\nwait 1 day\nsay: Bye.\n") == [(1, "E270")]


@pytest.mark.parametrize(("words", "codes"), [("COLD/FROID", ["E279"]), ("COLD;FROID or X", ["E279"]), ("A&E", [])])
def test_two_words_in_one_are_told(found: Found, words: str, codes: list[str]) -> None:
    assert found(f"flow clinic: Clinic\n    start on word {words}\nsay: Hello.\n") == [(2, code) for code in codes]
    assert found(f"on word {words}:\n    say: Hi.\nwait 1 day\nsay: Bye.\n") == [(1, code) for code in codes]


def test_but_a_conversation_may_have_a_help_of_its_own(found: Found) -> None:
    assert found("on word HELP:\n    say: Call 1234.\nwait 1 day\nsay: Bye.\n") == []


@pytest.mark.parametrize(
    ("word", "codes"),
    [
        ("7", [(8, "E271")]),
        ("1", [(8, "E271")]),
        ("HIGH", [(8, "E271")]),
        ("few", [(8, "E271")]),
        ("Beaucoup", [(8, "E271")]),
        ("2", []),
        ("Many", []),
    ],
)
def test_a_word_of_a_conversation_is_no_answer(found: Found, word: str, codes: list[tuple[int, str]]) -> None:
    header = "flow clinic: Clinic\n    languages: en, fr\n"
    text = f"{header}{ASK}on word {word}:\n    say: Hello.\nsay: Bye.\n"
    expected = [(line + 1, code) for line, code in codes]
    assert [each for each in found(text) if each[1] != "W310"] == expected


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ("ask code: Code?\n    answer: 4 digits\n    secret\n", [(3, "E265")]),
        ("quiz code: Two?\n    answer: whole number\n    correct: 2\n", [(3, "E265")]),
        ("verify code: PIN?\n    if failed: stop as failed\n", [(3, "E265")]),
        ("ask code: Code?\n    answer: 4 digits\n", []),
    ],
)
def test_what_is_asked_alone_is_in_no_short_form(found: Found, question: str, codes: list[tuple[int, str]]) -> None:
    header = "flow clinic: Clinic\n    start on word CODE\n    short form: cases, code\n"
    assert found(f"{header}ask cases: How many?\n    answer: whole number\n{question}say: Bye.\n") == codes
