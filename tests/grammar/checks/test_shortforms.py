"""Short forms have one of three shapes, and each value one question that takes it (RULES H, LANGUAGE 3.1)."""

from __future__ import annotations

import pytest

from grammar.loader import load_text
from tests.grammar.checks.conftest import Found

FLOW = """flow stock: Stock
    start on word SOH
    short form: {form}
ask clinic: Which clinic?
    answer: text
ask month: Which month?
    answer: whole number from 1 to 12
for each product in products:
    ask on_hand: How many {{product.name}}?
        answer: whole number
    ask lost: How many {{product.name}} lost?
        answer: whole number
    for each shelf in shelves:
        ask room: Room on {{shelf.name}}?
            answer: whole number
say: Thank you.
table products:
    code | name
    act  | ACT tablets
    ors  | ORS packets
table shelves:
    code | name
    a    | Left
    b    | Right
"""

FORMS = [
    ("clinic, month", []),
    ("month", []),
    ("each product, on_hand", []),
    ("each product, on_hand, lost", []),
    ("each products, on_hand", []),
    ("on_hand of each product", []),
    # two shapes in one
    ("clinic, month, each product, on_hand", ["E220"]),
    ("on_hand, each product", ["E220"]),
    ("clinic, on_hand of each product", ["E220"]),
    ("on_hand of each product, lost of each product", ["E220"]),
    ("on_hand of each product, lost", ["E220"]),
    ("each product, on_hand, each product, lost", ["E220"]),
    ("each product, on_hand of each product", ["E220"]),
    # nothing to read, or twice the same
    ("each product", ["E221"]),
    ("clinic, month, clinic", ["E222"]),
    ("each product, on_hand, lost, on_hand", ["E222"]),
    # a value for each row, and a question that has none
    ("clinic, on_hand", ["E223"]),
    ("each product, clinic", ["E223"]),
    ("each product, on_hand, lost, clinic, month", ["E223", "E223"]),
    ("clinic of each product", ["E223"]),
    ("each product, room", ["E223"]),
    ("each shelf, on_hand", ["E223"]),
    # names
    ("clinc, month", ["E210"]),
    ("each prodct, on_hand", ["E211"]),
    ("each clinic, on_hand", ["E211"]),
]


@pytest.mark.parametrize(("form", "codes"), FORMS, ids=[form for form, _ in FORMS])
def test_a_short_form_can_be_read_in_one_way(found: Found, form: str, codes: list[str]) -> None:
    assert found(FLOW.format(form=form)) == [(3, code) for code in codes]


HINTS = [
    ("product, on_hand", "For a value of each row write `each product`."),
    ("SOH, clinic", "The start word does not stand here; only the questions that follow it do."),
    ("clinc", "Do you mean `clinic`?"),
    ("each prodct, on_hand", "Do you mean `product`?"),
    ("clinic, Clinic, month", "Write `short form: clinic, month`"),
    ("each product, lost, lost", "Write `short form: each product, lost`"),
    ("each product, clinic", "Take `clinic` out of this line: it is asked as usual."),
    (
        "on_hand",
        (
            "Take `on_hand` out of this line: it is asked as usual. Or, with the word of the loop for `row`, write "
            "`short form: each row, on_hand`."
        ),
    ),
]


@pytest.mark.parametrize(("form", "hint"), HINTS, ids=[form for form, _ in HINTS])
def test_what_to_do_is_said_of_this_line(form: str, hint: str) -> None:
    found = [each for each in load_text(FLOW.format(form=form), "a.flow").findings if each.line == 3]
    assert found[0].hint == hint


def test_the_two_sentences_of_a_question_that_does_not_fit() -> None:
    told = {
        form: [each.message for each in load_text(FLOW.format(form=form), "a.flow").findings if each.code == "E223"]
        for form in ("on_hand", "each product, clinic", "each product, room")
    }
    assert told == {
        "on_hand": ["`on_hand` is asked for each row of `products`, and this short form reads one value for it."],
        "each product, clinic": ["`clinic` is asked once, and this short form reads one for each row of `products`."],
        "each product, room": [
            (
                "`room` is asked for each row of `products` and `shelves`, "
                "and this short form reads one for each row of `products`."
            )
        ],
    }
