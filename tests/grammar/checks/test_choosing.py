"""Labels that would be heard as something else."""

from __future__ import annotations

import pytest

from tests.grammar.checks.conftest import Found

LANGUAGES = "    languages: en, fr\n"


@pytest.mark.parametrize(
    ("label", "codes"),
    [
        ("Stop", [(3, "E238")]),
        ("HELP", [(3, "E238")]),
        ("Stop it", []),
        ("Helper", []),
    ],
)
def test_a_label_is_no_word_that_commands(found: Found, label: str, codes: list[tuple[int, str]]) -> None:
    assert found(f"ask q: What?\n    1. a: Go on\n    2. b: {label}\n") == codes


def test_a_label_commands_in_any_language(found: Found) -> None:
    text = "ask q: Quoi ?\n    1. a: Go on\n        fr: Continuer\n    2. b: End\n        fr: Arrêt\n"
    assert found(LANGUAGES + text) == [(5, "E238")]


def test_a_label_stands_once_in_each_language(found: Found) -> None:
    text = "ask q: Quoi ?\n    1. a: On\n        fr: Bien\n    2. b: Off\n        fr: {}\n    fr: Quoi ?\n"
    assert found(LANGUAGES + text.format("bien")) == [(5, "E232")]
    assert found(LANGUAGES + text.format("mal")) == []
    assert found(LANGUAGES + text.format("1")) == [(5, "E233")]


@pytest.mark.parametrize("code", ["empty", "one", "between", "not", "in", "and", "or", "is"])
def test_a_word_of_conditions_is_no_code(found: Found, code: str) -> None:
    assert found(f"ask q: What?\n    1. a: This\n    2. {code}: That\n") == [(3, "E234")]
