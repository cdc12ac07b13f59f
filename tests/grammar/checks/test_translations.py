"""Translations: what lacks, what differs, and what stands under the wrong language."""

from __future__ import annotations

from textwrap import dedent

import pytest

from grammar.loader import load_text
from tests.grammar.checks.conftest import Found

HEAD = "    languages: en, fr, am\n"


@pytest.mark.parametrize(
    "text",
    [
        "say: Hello.\n    fr: Bonjour.\n    am: ሰላም።",
        "say: {worker.name}: 5",  # without a letter of its own there is nothing to translate
        "section end: The end",
        "say: Paracetamol\n    fr: Paracetamol\n    am: Paracetamol",  # a name that stays
        'say: Hi {ifempty(worker.name, "friend")}\n    fr: Salut {worker.name}\n    am: {worker.name} ሰላም',
        "say: ORS\n    fr: SRO\n    am: ORT",  # abbreviations have the letters of everywhere
        "choose language: Which language?",
    ],
)
def test_nothing_is_said_of_a_text_that_is_translated_or_needs_it_not(found: Found, text: str) -> None:
    assert found(HEAD + text + "\n") == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("say: Hello.\n    fr: Bonjour.", [(1, "W310")]),
        ("say: Hello.", [(1, "W310"), (1, "W310")]),
        ("say: {worker.name}\n    fr: {worker.phone}", [(3, "W311")]),
        ("say: Hello.\n    fr: Bonjour {worker.name}.\n    am: ሰላም።", [(3, "W311")]),
        ("say: Hello all.\n    fr: ሰላም ለሁሉም።\n    am: ሰላም ለሁሉም።", [(3, "W313")]),
        ("say: Привет всем.\n    fr: Bonjour.\n    am: ሰላም ለሁሉም።", [(2, "W313")]),
        ("say: Hello all.\n    fr: Bonjour.\n    am: Selam lehulum.", [(4, "W313")]),
    ],
)
def test_what_lacks_differs_or_is_another_language(found: Found, text: str, codes: list[tuple[int, str]]) -> None:
    assert found(HEAD + text + "\n") == codes


def test_all_that_lacks_in_a_language_is_one_warning_with_its_places() -> None:
    lines = "".join(f"say: Text number {number}.\n" for number in range(12))
    loaded = load_text(f"flow x: X\n    languages: en, fr\n{lines}", "x.flow")
    (said,) = [each for each in loaded.findings if each.code == "W310"]
    assert (said.line, said.column) == (2, 20)
    assert (
        "12 texts are missing, and sent in `en` instead: lines 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 2 more."
        in said.message
    )


def test_some_labels_of_a_list_are_said_with_the_list_and_not_again() -> None:
    text = """\
        flow x: X
            languages: en, fr
        ask stock: Enough?
            1. yes: Yes
                fr: Oui
            2. no: No
            3. nine: 9
            fr: Assez ?
    """
    (said,) = [each for each in load_text(dedent(text), "x.flow").findings if each.code != "W290"]
    assert (said.line, said.code) == (3, "W312")
    assert "`No`" in said.message
    assert "`9`" not in said.message


def test_a_flow_with_a_mistake_hears_of_that_first(found: Found) -> None:
    assert found(HEAD + "say: Hello {nobody_knows}.\n") == [(2, "E202")]
