"""One column a question and row of its loops, over all versions; what must not leave has none."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from exchange.columns import ANSWER, SESSION, columns
from grammar.loader import load_text
from grammar.program import Program

STOCK = """
    flow stock: Stock
        languages: en
        channels: sms
        start on word STOCK

    table products:
        code | name
        act  | ACT
        ors  | ORS

    for each product in products:
        ask on_hand: How many {product.name}?
            answer: whole number from 0 to 100
    ask fine: Is all well?
        answer: yes or no
    ask why: Why?
        1. heat: Heat
        2. rain: Rain
    ask when: Since when?
        answer: date
    say: Thank you.
"""


def program(text: str) -> Program:
    compiled = load_text(dedent(text), "test.flow").compiled
    assert compiled is not None
    return compiled.programs[0]


def asked(*versions: str) -> list[str]:
    return list(columns([program(text) for text in versions]).names[len(SESSION) :])


def test_a_loop_has_a_column_a_row_and_codes_have_a_label_beside() -> None:
    expected = ["on_hand.act", "on_hand.ors", "fine", "fine.label", "why", "why.label", "when"]
    assert asked(STOCK) == expected


def test_a_loop_over_what_was_chosen_has_a_column_a_choice_and_one_over_given_rows_has_none() -> None:
    text = """
        flow signs: Signs
            inputs:
                samples: table of code, name
        ask seen: Which?
            answer: one or more
            1. fever: Fever
            2. cough: Cough
        for each sign in seen:
            ask days: How long?
                answer: whole number
        for each sample in samples:
            ask got: Got {sample.name}?
                answer: whole number
        run other as more

        flow other: Other
        ask well: Well?
            answer: whole number
    """
    assert asked(text) == ["seen", "seen.label", "days.fever", "days.cough", "more.well"]


def test_the_place_of_a_value_is_that_of_its_name() -> None:
    made = columns([program(STOCK)])
    value, label = made.places["why", ""]
    assert (made.names[value], label and made.names[label]) == ("why", "why.label")
    assert made.names[made.places["on_hand", "ors"][0]] == "on_hand.ors"
    assert made.places["when", ""][1] is None


def test_what_an_older_version_asked_follows() -> None:
    newer = STOCK.replace("ors  | ORS", "rdt  | RDT").replace("ask when", "ask since_when")
    names = asked(newer, STOCK)
    assert names[:2] == ["on_hand.act", "on_hand.rdt"]
    assert {"on_hand.ors", "since_when", "when"} < set(names)
    assert len(set(names)) == len(names)


def test_secrets_and_what_is_sensitive_have_no_column() -> None:
    text = """
        flow result: Result
            languages: en
            channels: sms
            start on word RESULT
            sensitive: viral_load

        verify pin: Send your PIN.
            answer: 4 digits
            secret
            if failed:
                stop as locked
        ask viral_load: How many?
            answer: whole number
        ask code_word: Your word?
            answer: text up to 20 letters
            secret
        ask ward: Which ward?
            answer: whole number
        say: Thank you.
    """
    made = columns([program(text)])
    assert asked(text) == ["ward"]
    assert made.hidden == {"pin", "viral_load", "code_word"}


def test_every_column_stands_in_the_documentation() -> None:
    page = (Path(__file__).parents[2] / "docs/exchange/export.md").read_text(encoding="utf-8")
    assert [name for name in (*SESSION, *ANSWER) if f"`{name}`" not in page] == []
