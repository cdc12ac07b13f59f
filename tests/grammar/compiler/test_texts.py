"""Texts: by language and channel, cut at their braces, codes shown by their labels."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grammar import program as p

Compile = Callable[[str], p.Program]

FLOW = """
flow clinic: Clinic
    languages: en, fr
    inputs:
        result: one of positive, negative
table products:
    code | name
    act  | ACT tablets
ask ill: Who is ill?
    1. child: A child
    2. adult: An adult
ask cases: How many?
    answer: whole number
for each product in products:
    ask on_hand: How many?
        answer: whole number
set kept to ill
TEXT
"""

ILL = p.Label("question:ill", p.Answer("ill"))


def say(program: Compile, text: str) -> p.Text:
    said = [op.text for op in program(FLOW.replace("TEXT", text)).code if isinstance(op, p.Say)]
    assert len(said) == 1
    return said[0]


@pytest.mark.parametrize(
    ("written", "pieces"),
    [
        ("Hello.", ("Hello.",)),
        ("{{braces}} stay", ("{braces} stay",)),
        ("You sent {cases}.", ("You sent ", p.Answer("cases"), ".")),
        ("{ill}", (ILL,)),
        ("{result}", (p.Label("input:result", p.Input("result")),)),
        ("{kept}", (p.Label("question:ill", p.Variable("kept")),)),
        ('{ifempty(ill, "nobody")}', (p.Op("ifempty", (ILL, p.Const("text", "nobody"))),)),
        (
            '{if(cases > 1, ill, "nobody")}',
            (p.Op("if", (p.Op(">", (p.Answer("cases"), p.Const("number", "1"))), ILL, p.Const("text", "nobody"))),),
        ),
        (
            '{each products: name on_hand "pieces"}',
            (
                p.Each(
                    "products",
                    (p.Cell("products", "name"), p.Answer("on_hand", ("products",)), p.Const("text", "pieces")),
                ),
            ),
        ),
        ("{on_hand}", (p.Answer("on_hand", ("products",), many=True),)),
    ],
)
def test_what_stands_in_braces(program: Compile, written: str, pieces: p.Pieces) -> None:
    assert say(program, f"say: {written}") == p.Text({"en": p.Version(text=pieces)})


LANGUAGE_FIRST = """say: Hello.
    voice: Hello there.
    fr: Bonjour.
        voice: Bonjour à tous.
        audio: bonjour.mp3"""

CHANNEL_FIRST = """say: Hello.
    voice: Hello there.
        fr: Bonjour à tous.
    fr: Bonjour.
    audio:
        fr: bonjour.mp3"""


@pytest.mark.parametrize("written", [LANGUAGE_FIRST, CHANNEL_FIRST])
def test_languages_and_channels_nest_in_either_order(program: Compile, written: str) -> None:
    assert say(program, written) == p.Text(
        {
            "en": p.Version(text=("Hello.",), voice=("Hello there.",)),
            "fr": p.Version(text=("Bonjour.",), voice=("Bonjour à tous.",), audio="bonjour.mp3"),
        }
    )


def test_the_base_language_may_stand_below_its_line(program: Compile) -> None:
    text = say(program, "say:\n    fr: Bonjour.\n    en: Hello.")
    assert text.versions["en"].text == ("Hello.",)


def test_a_text_of_several_lines(program: Compile) -> None:
    assert say(program, "say: One\n    > two\n    > three").versions["en"].text == ("One\ntwo\nthree",)


def test_a_choice_of_a_table_reads_its_own_row(program: Compile) -> None:
    text = "ask which: Which?\n    choices from products: {name}: {on_hand}"
    source = program(FLOW.replace("TEXT", text)).questions["which"].choices_from
    label = p.Text({"en": p.Version(text=(p.Cell("products", "name"), ": ", p.Answer("on_hand", ("products",))))})
    assert source == p.ChoicesFrom("products", label)
