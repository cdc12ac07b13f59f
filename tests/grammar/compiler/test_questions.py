"""A question and the lines below it, and what the header says for all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grammar import program as p

Compile = Callable[[str], p.Program]
HOUR, DAY = 3600, 86400


def text(words: str) -> p.Text:
    return p.Text({"en": p.Version(text=(words,))})


def number(value: str) -> p.Const:
    return p.Const("number", value)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("answer: yes or no", p.AnswerType("yesno")),
        ("answer: whole number from 0 to 90", p.AnswerType("whole", number("0"), number("90"))),
        ("answer: whole number at least 1", p.AnswerType("whole", number("1"))),
        ("answer: number", p.AnswerType("number")),
        ("answer: decimal from 0 to 1", p.AnswerType("decimal", number("0"), number("1"))),
        ("answer: text", p.AnswerType("text")),
        ("answer: text up to 300 letters", p.AnswerType("text", limit=300)),
        ("answer: date", p.AnswerType("date")),
        ("answer: date not in the future", p.AnswerType("date", rule="not_future")),
        ("answer: date not in the past", p.AnswerType("date", rule="not_past")),
        (
            "answer: date from today to today + 60 days",
            p.AnswerType(
                "date", p.Builtin("today"), p.Op("+", (p.Builtin("today"), p.Const("duration", str(60 * DAY))))
            ),
        ),
        ("answer: time", p.AnswerType("time")),
        ("answer: phone number", p.AnswerType("phone")),
        ("answer: 4 digits", p.AnswerType("digits", limit=4)),
        ("answer: one of a, b", p.AnswerType("choice")),
        ("1. a: A\n    2. b: B", p.AnswerType("choice")),
        ("1. a: A\n    2. b: B\n    answer: one or more", p.AnswerType("choices")),
        ("optional", p.AnswerType("text")),
    ],
)
def test_what_counts_as_an_answer(program: Compile, line: str, kind: p.AnswerType) -> None:
    assert program(f"ask a: A?\n    {line}\n").questions["a"].type == kind


def test_another_type_on_a_call(program: Compile) -> None:
    question = program("ask a: A?\n    answer: text\n    answer on ivr: recording up to 1 minute\n").questions["a"]
    assert question.type_on == {"ivr": p.AnswerType("recording", limit=60)}


@pytest.mark.parametrize(
    ("lines", "choices"),
    [
        ("1. yes: Yes\n    9. unsure: I don't know", [(1, "yes", "Yes"), (9, "unsure", "I don't know")]),
        ("- fever: Fever\n    - Rash", [(1, "fever", "Fever"), (2, "rash", "Rash")]),
        ("3. c: C\n    - d: D\n    - e: E", [(3, "c", "C"), (4, "d", "D"), (5, "e", "E")]),
        ("answer: one of not_yet, done", [(1, "not_yet", "not yet"), (2, "done", "done")]),
    ],
)
def test_every_choice_has_a_number_and_a_code(
    program: Compile, lines: str, choices: list[tuple[int, str, str]]
) -> None:
    question = program(f"ask a: A?\n    {lines}\n").questions["a"]
    assert list(question.choices) == [p.Choice(number, code, text(label)) for number, code, label in choices]


def test_a_choice_can_jump_and_stand_alone(program: Compile) -> None:
    made = program("section one\nask a: A?\n    1. x: X -> one\n    2. y: Y (alone)\n    answer: one or more\n")
    assert [(choice.alone, choice.go) for choice in made.questions["a"].choices] == [(False, 0), (True, None)]


REMIND = p.Remind(4 * HOUR)


@pytest.mark.parametrize(
    ("header", "lines", "reminders", "give_up", "tries"),
    [
        ("", "", (p.Remind(DAY),), 3 * DAY, 3),
        ("", "give up after 1 day", (), DAY, 3),
        ("remind after 4 hours", "", (REMIND,), 3 * DAY, 3),
        (
            "remind after 4 hours",
            "remind after 2 hours",
            (p.Remind(2 * HOUR),),
            3 * DAY,
            3,
        ),
        ("give up after 2 days", "", (p.Remind(DAY),), 2 * DAY, 3),
        ("give up after 2 days", "give up after 5 days", (p.Remind(DAY),), 5 * DAY, 3),
        ("tries: 5", "", (p.Remind(DAY),), 3 * DAY, 5),
        ("tries: 5", "tries: 2", (p.Remind(DAY),), 3 * DAY, 2),
    ],
)
def test_the_header_holds_where_the_question_says_nothing(
    program: Compile, header: str, lines: str, reminders: tuple[p.Remind, ...], give_up: int, tries: int
) -> None:
    made = program(f"flow clinic: Clinic\n    {header}\nask a: A?\n    {lines}\n")
    question = made.questions["a"]
    assert question.give_up is not None
    assert (question.reminders, question.give_up.after, question.tries) == (reminders, give_up, tries)
    assert made.code[question.give_up.go] == p.Stop("no_answer")


def test_everything_else_below_a_question(program: Compile) -> None:
    question = program(
        """
        flow clinic: Clinic
            sensitive: cases
        ask ill: Is somebody ill?
            answer: yes or no
        ask cases: How many?
            answer: whole number
            check cases <= 500: That is too many.
            confirm if cases > 5: You sent {ill}. Is that right?
            confirm: Really?
            only if ill is yes
            optional
            if invalid: A number, please.
            hint: Count the beds.
            dhis2: fbfJHSPpUQD
        """
    ).questions["cases"]
    cases = p.Answer("cases")
    sent = p.Text({"en": p.Version(text=("You sent ", p.Answer("ill"), ". Is that right?"))})
    assert question.checks == (p.Check(p.Op("<=", (cases, number("500"))), text("That is too many.")),)
    assert question.confirms == (p.Confirm(sent, p.Op(">", (cases, number("5")))), p.Confirm(text("Really?")))
    assert question.only_if == p.Op("=", (p.Answer("ill"), p.Const("yesno", "yes")))
    assert (question.optional, question.sensitive) == (True, True)
    assert (question.invalid, question.hint) == (text("A number, please."), text("Count the beds."))
    assert question.maps == {"dhis2": ("fbfJHSPpUQD",)}


@pytest.mark.parametrize(
    ("lines", "correct"),
    [
        ("1. a: A\n    2. b: B\n    correct: b", (p.Const("code", "b"),)),
        (
            "1. a: A\n    2. b: B\n    answer: one or more\n    correct: a, b",
            (p.Const("code", "a"), p.Const("code", "b")),
        ),
        ("answer: yes or no\n    correct: no", (p.Const("yesno", "no"),)),
        ("answer: whole number\n    correct: 40", (number("40"),)),
    ],
)
def test_the_right_answers_of_a_quiz_question(program: Compile, lines: str, correct: tuple[p.Expr, ...]) -> None:
    question = program(f"quiz q: Q?\n    {lines}\n    points: 2\n    if right: Yes!\n    if wrong: No.\n").questions[
        "q"
    ]
    assert (question.correct, question.points) == (correct, 2)
    assert (question.right, question.wrong) == (text("Yes!"), text("No."))


def test_a_pin_is_four_digits_and_a_secret(program: Compile) -> None:
    question = program("verify pin: PIN?\n    if failed: stop as locked\n").questions["pin"]
    assert (question.kind, question.type, question.secret) == ("verify", p.AnswerType("digits", limit=4), True)


WHEN_ILL = p.Op("=", (p.Answer("ill"), p.Const("yesno", "yes")))
WHEN_WELL = p.Op("=", (p.Answer("ill"), p.Const("yesno", "no")))
GUARDED = """
table products:
    code | name
    act  | ACT
ask ill: Ill?
    answer: yes or no
ask free: Free?
    answer: yes or no
if ill is yes:
    ask first: First?
        answer: yes or no
    for each product in products:
        ask inner: Inner?
            answer: yes or no
        if ill is no:
            ask guarded: Guarded?
                answer: yes or no
otherwise if ill is no:
    ask second: Second?
        answer: yes or no
otherwise:
    ask third: Third?
        answer: yes or no
"""


@pytest.mark.parametrize(
    ("question", "over", "guards"),
    [
        ("free", (), ()),
        ("first", (), (p.Guard(WHEN_ILL),)),
        ("inner", ("products",), (p.Guard(WHEN_ILL),)),
        ("guarded", ("products",), (p.Guard(WHEN_ILL), p.Guard(WHEN_WELL))),
        ("second", (), (p.Guard(WHEN_ILL, holds=False), p.Guard(WHEN_WELL))),
        ("third", (), (p.Guard(WHEN_ILL, holds=False), p.Guard(WHEN_WELL, holds=False))),
    ],
)
def test_a_question_knows_its_loops_and_the_conditions_around_it(
    program: Compile, question: str, over: tuple[str, ...], guards: tuple[p.Guard, ...]
) -> None:
    made = program(GUARDED)
    assert made.code[made.questions[question].at] == p.Ask(question)
    assert (made.questions[question].over, made.questions[question].guards) == (over, guards)
