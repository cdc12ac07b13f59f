"""Blocks that run beside the conversation stand behind the main code, and end as RULES D1 says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grammar import program as p

Compile = Callable[[str], p.Program]

QUESTION = "ask a: A?\n    answer: yes or no\n"
VERIFY = "verify pin: PIN?\n    answer: 4 digits\n"


def said(text: str) -> p.Say:
    return p.Say(p.Text({"en": p.Version(text=(text,))}))


@pytest.mark.parametrize(
    ("lines", "block"),
    [
        (QUESTION + "    give up after 1 day:\n        say: Hi.\n", [said("Hi."), p.Stop("no_answer")]),
        (QUESTION + "    give up after 1 day: stop as late\n", [p.Stop("late")]),
        (QUESTION + "    if too many tries:\n        say: Hi.\n", [said("Hi."), p.Stop("invalid_answers")]),
        (QUESTION + "    if invalid:\n        say: Hi.\n", [said("Hi."), p.Back("question")]),
        (VERIFY + "    if failed:\n        say: Hi.\n", [said("Hi."), p.Stop("not_verified")]),
        (QUESTION + "after 2 days:\n    say: Hi.\n", [said("Hi."), p.Back("wait")]),
        (QUESTION + "on word PRICE or PRIX:\n    say: Hi.\n", [said("Hi."), p.Back("question")]),
        (
            "quiz a: A?\n    answer: yes or no\n    correct: yes\n    if right:\n        say: Hi.\n",
            [said("Hi."), p.Back("next")],
        ),
    ],
)
def test_a_block_stands_behind_the_main_code(program: Compile, lines: str, block: list[p.Code]) -> None:
    made = program(lines)
    assert list(made.code) == [made.code[0], p.Stop("completed"), *block, p.Stop("no_answer")]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("if too many tries: stop as left", "too_many"),
        ("if invalid:\n        say: Hi.", "invalid_block"),
    ],
)
def test_a_question_knows_where_its_block_begins(program: Compile, line: str, field: str) -> None:
    assert getattr(program(QUESTION + f"    {line}\n").questions["a"], field) == 2


def test_all_questions_share_the_give_up_of_the_header(program: Compile) -> None:
    header = "flow clinic: Clinic\n    give up after 2 days: stop as late\n"
    made = program(header + QUESTION + QUESTION.replace("ask a", "ask b"))
    assert {question.give_up for question in made.questions.values()} == {p.GiveUp(172800, 3)}
    assert made.code[3] == p.Stop("late")


def test_timers_and_words(program: Compile) -> None:
    made = program(QUESTION + "after 4 hours unless a is empty:\n    say: Hi.\non word PRICE or PRIX: stop as left\n")
    assert made.afters == (p.After(14400, 2, p.Op("empty", (p.Answer("a"),))),)
    assert made.on_words == (p.OnWord(("PRICE", "PRIX"), 4),)


def test_sections_are_positions_and_count_attempts(program: Compile) -> None:
    made = program("section one: One\nsay: Hi.\nsection two\n" + QUESTION)
    assert made.sections == {"one": 0, "two": 2}
    assert [made.code[at] for at in made.sections.values()] == [p.Enter("one"), p.Enter("two")]
    assert made.questions["a"].section == "two"


def test_a_table_above_the_first_flow_belongs_to_every_flow(compiled: Callable[[str], p.Compiled]) -> None:
    table = "table products:\n    code | name\n    act | ACT\n"
    one, two = (f"flow {name}: Title\nsay: {{count(products)}}\n" for name in ("one", "two"))
    products = p.Table(("code", "name"), (("act", "ACT"),))
    assert [made.tables for made in compiled(table + one + two).programs] == [{"products": products}] * 2


SAME = [
    ("three more spaces", lambda text: text.replace("    ", "       ")),
    ("tabs", lambda text: text.replace("    ", "\t")),
    ("empty lines and comments", lambda text: text.replace("\n", "\n\n# why\n")),
    ("spaces at the ends", lambda text: text.replace("\n", "   \n")),
    ("Windows' line ends", lambda text: text.replace("\n", "\r\n")),
]


@pytest.mark.parametrize("change", [change for _, change in SAME], ids=[name for name, _ in SAME])
def test_what_means_the_same_has_the_same_hash(program: Compile, change: Callable[[str], str]) -> None:
    text = "flow clinic: Clinic\n    tries: 2\n" + QUESTION + "if a is yes:\n    say: Hi.\n"
    assert program(change(text)).hash() == program(text).hash()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Hi.", "Ho."),
        ("tries: 2", "tries: 4"),
        ("is yes", "is no"),
        ("ask a", "ask A"),
        ("flow clinic", "flow clinics"),
    ],
)
def test_what_means_something_else_has_another_hash(program: Compile, old: str, new: str) -> None:
    text = "flow clinic: Clinic\n    tries: 2\n" + QUESTION + "if a is yes:\n    say: Hi.\n"
    assert program(text.replace(old, new)).hash() != program(text).hash()


def test_a_program_survives_being_stored(program: Compile) -> None:
    made = program(QUESTION + "if a is yes:\n    say: Hi {worker.name}.\n")
    assert p.decode(made.encode()) == made
