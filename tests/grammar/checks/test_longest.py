"""The longest form of a text: each value as long as its declaration allows."""

from __future__ import annotations

from textwrap import dedent

import pytest

from grammar.checks.longest import Longest
from grammar.loader import load_text
from grammar.program import Program, Say

HEAD = """\
    flow x: X
        languages: en, fr
        inputs:
            result: one of
                1. pos: positive
                    fr: positif, hélas
                2. neg: negative
            code: text up to 9 letters
            boss: worker
            people: list of worker
    table drugs:
        code | name      | name:fr
        act  | ACT       | comprimés CTA
        ors  | ORS packs | SRO
    ask few: How many?
        answer: whole number from 0 to 500
    ask rate: Rate?
        answer: decimal from 0 to 1.25
    ask below: How cold?
        answer: whole number from -120 to 9
    ask many: How many in all?
        answer: number
    ask why: Why?
        answer: text up to 20 letters
    ask day: When?
        answer: date
    ask sure: Sure?
        answer: yes or no
    ask side: Which?
        1. l: Left
            fr: À gauche
        2. r: Right
    ask which: Which drug?
        choices from drugs: {name} now
        0. none: None of them
    ask signs: Which signs?
        answer: one or more
        1. f: Fever
        2. c: Cough
"""


def program(line: str) -> Program:
    loaded = load_text(dedent(HEAD) + line + "\n", "x.flow")
    assert loaded.compiled is not None, loaded.findings
    return loaded.compiled.programs[0]


def longest(text: str, language: str = "en") -> str:
    made = program(f"say: {text}")
    said = [op for op in made.code if isinstance(op, Say)][-1]
    return Longest(made, language).message(said.text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("You sent {few}.", "You sent nnn."),
        ("{rate}", "nnnn"),
        ("{below}", "nnnn"),
        ("{many}", "n" * 6),
        ("{few * 2}", "n" * 6),
        ("{why}", "n" * 20),
        ("{code}", "n" * 9),
        ("{day}", "n" * 10),
        ("{sure}", "nnn"),
        ("{side}", "Right"),
        ("{result}", "positive"),
        ("{signs}", "Fever, Cough"),
        ("{worker.first_name}", "n" * 12),
        ("{boss.name}", "n" * 25),
        ("{facility.code}", "n" * 15),
        ("{today}", "n" * 10),
        ('{ifempty(worker.first_name, "my dear colleague")}', "my dear colleague"),
        ('{if(few > 3, "many", "few")}', "many"),
        ("{each drugs: name}", "ACT, ORS packs"),
        ("{{few}}", "{few}"),
    ],
)
def test_values_are_as_long_as_they_may_be(text: str, said: str) -> None:
    assert longest(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [("{side}", "À gauche"), ("{result}", "positif, hélas"), ("{each drugs: name}", "comprimés CTA, SRO")],
)
def test_labels_and_cells_are_those_of_the_language(text: str, said: str) -> None:
    assert longest(text, "fr") == said


def test_a_question_has_a_line_for_each_choice_rows_first() -> None:
    made = program("say: Done.")
    assert Longest(made, "en").question(made.questions["which"]) == (
        "Which drug?\n1. ACT now\n2. ORS packs now\n0. None of them"
    )


def test_what_sms_gets_is_measured_and_what_lacks_comes_from_the_first_language() -> None:
    made = program("say: A long text on a screen.\n    sms: Short.\n    fr:\n        voice: Parlé.")
    said = [op for op in made.code if isinstance(op, Say)][-1].text
    assert Longest(made, "en").message(said) == "Short."
    assert Longest(made, "fr").message(said) == "Short."
    assert Longest(made, "fr", "voice").message(said) == "Parlé."
    assert not Longest(made, "fr").has(said)
