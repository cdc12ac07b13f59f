"""The lines of a conversation, each as the operations that it becomes; the end of the file is `stop as completed`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grammar import program as p

Compile = Callable[[str], p.Program]

ASK = "ask a: A?\n    answer: yes or no\n"
YES = p.Op("=", (p.Answer("a"), p.Const("yesno", "yes")))
NO = p.Op("=", (p.Answer("a"), p.Const("yesno", "no")))
DONE = p.Stop("completed")
GIVEN_UP = p.Stop("no_answer")


def said(text: str) -> p.Say:
    return p.Say(p.Text({"en": p.Version(text=(text,))}))


def told(target: p.Target, **more: bool) -> p.Tell:
    return p.Tell(target, said("Hi.").text, **more)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("say: Hi.", [said("Hi."), DONE]),
        ("stop", [p.Stop("stopped"), DONE]),
        ("stop as left", [p.Stop("left"), DONE]),
        ("set x to 1", [p.Set("variable", "x", p.Const("number", "1")), DONE]),
        ("set worker.job to nurse", [p.Set("worker", "job", p.Const("code", "nurse")), DONE]),
        ("wait 1 day at 09:00", [p.Wait(span=p.Const("duration", "86400"), at=p.Const("time", "09:00")), DONE]),
        ("wait until Monday at 08:00", [p.Wait(day="monday", at=p.Const("time", "08:00")), DONE]),
        ("wait until next weekday at 08:00", [p.Wait(day="weekday", at=p.Const("time", "08:00")), DONE]),
        (
            "wait until tomorrow at 09:00",
            [
                p.Wait(
                    until=p.Op("+", (p.Builtin("today"), p.Const("duration", "86400"))), at=p.Const("time", "09:00")
                ),
                DONE,
            ],
        ),
        ("tell supervisor: Hi.", [told(p.Target("supervisor")), DONE]),
        ("tell urgent group lab: Hi.", [told(p.Target("group", "lab"), urgent=True), DONE]),
        ("tell district_pharmacist of facility: Hi.", [told(p.Target("role", "district_pharmacist")), DONE]),
        ("tell district_pharmacist: Hi.", [told(p.Target("role", "district_pharmacist")), DONE]),
        ("add worker to group trained", [p.Group("trained"), DONE]),
        ("remove worker from group trained", [p.Group("trained", add=False), DONE]),
        ("do ping", [p.Do("ping"), DONE]),
        (
            'do issue with course = "Hygiene" as paper',
            [p.Do("issue", {"course": p.Const("text", "Hygiene")}, "paper"), DONE],
        ),
        (
            "do ping\n    if failed:\n        say: Hi.",
            [p.Do("ping", failed=2), DONE, said("Hi."), p.Jump(1)],
        ),
        ("submit to dhis2 with period = last_week", [p.Submit("dhis2", {"period": p.Builtin("last_week")}), DONE]),
    ],
)
def test_a_line(program: Compile, lines: str, code: list[p.Code]) -> None:
    assert list(program(lines).code) == code


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("if a is yes:\n    say: Hi.", [p.Unless(YES, 3), said("Hi."), DONE]),
        (
            "if a is yes:\n    say: Hi.\notherwise:\n    say: Ho.",
            [p.Unless(YES, 4), said("Hi."), p.Jump(5), said("Ho."), DONE],
        ),
        (
            "if a is yes:\n    say: Hi.\notherwise if a is no:\n    say: Ho.\notherwise:\n    say: Hm.",
            [p.Unless(YES, 4), said("Hi."), p.Jump(8), p.Unless(NO, 7), said("Ho."), p.Jump(8), said("Hm."), DONE],
        ),
        ("if a is yes: stop as left", [p.Unless(YES, 3), p.Stop("left"), DONE]),
        ("set a to no", [p.Set("answer", "a", p.Const("yesno", "no")), DONE]),
        ("ask again a", [p.AskAgain("a"), DONE]),
        ("go to later\nsection later\nsay: Hi.", [p.GoTo(2), p.Enter("later"), said("Hi."), DONE]),
        ("if a:\n    go to a", [p.Unless(p.Answer("a"), 3), p.GoTo(0), DONE]),
        ("if a:\n    go to clinic", [p.Unless(p.Answer("a"), 3), p.GoTo(0), DONE]),
        ("if a:\n    -> hello\nsay hello: Hi.", [p.Unless(p.Answer("a"), 3), p.GoTo(3), said("Hi."), DONE]),
    ],
)
def test_lines_after_a_question(program: Compile, lines: str, code: list[p.Code]) -> None:
    assert list(program(ASK + lines).code) == [p.Ask("a"), *code, GIVEN_UP]


TABLE = "table products:\n    code | name\n    act | ACT\n    ors | ORS\n"


def test_a_loop(program: Compile) -> None:
    code = program(TABLE + "for each product in products:\n    say: Hi.\nsay: Ho.").code
    assert list(code) == [p.Loop("products", "product", 3), said("Hi."), p.Next(0), said("Ho."), DONE]


def test_ask_again_for_a_row(program: Compile) -> None:
    flow = TABLE + (
        "for each product in products:\n    ask on_hand: How many?\n        answer: whole number\n"
        "ask which: Which?\n    choices from products: {name}\nask again on_hand for product which"
    )
    assert p.AskAgain("on_hand", p.Answer("which")) in program(flow).code


def test_every_operation_knows_its_line(program: Compile) -> None:
    made = program(ASK + "if a is yes:\n    say: Hi.\nstop as left")
    assert [place.line for place in made.places] == [2, 4, 5, 6, 1, 1]
    assert {place.file for place in made.places} == {"test.flow"}


def test_choose_language_is_a_question_of_its_own(program: Compile) -> None:
    made = program("flow clinic: Clinic\n    languages: en, fr\nchoose language\nsay: Hi.")
    question = made.questions["choose_language"]
    assert made.code[question.at] == p.ChooseLanguage("choose_language")
    assert (question.kind, question.text) == ("language", p.Text({"en": p.Version()}))


def test_somebody_else_comes_into_a_group(program: Compile) -> None:
    made = program("flow clinic: Clinic\n    inputs:\n        boss: worker\nadd boss to group trained")
    assert made.code[0] == p.Group("trained", person=p.Input("boss"))


def test_each_kind_of_choosing_has_its_own_name_and_a_second_one_a_number(program: Compile) -> None:
    made = program("choose facility\nchoose pin\nchoose pin\nsay: Hi.")
    assert [*made.questions] == ["choose_facility", "choose_pin", "choose_pin_2"]


def test_after_the_block_of_if_nobody_the_next_line_follows(program: Compile) -> None:
    made = program("tell supervisor: Hi.\n    if nobody:\n        say: Nobody.\nsay: Ho.")
    assert made.code[-1] == p.Jump(1)
    assert made.code[1] == said("Ho.")


def test_ask_again_names_the_question_as_it_is_spelled_where_it_is_asked(program: Compile) -> None:
    assert p.AskAgain("a") in program(ASK + "ask again A").code
