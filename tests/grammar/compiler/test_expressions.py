"""What is written in conditions, values and braces, and what the program reads there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grammar import program as p
from grammar.compiler.expressions import FUNCTIONS
from grammar.loader import load_text

Compile = Callable[[str], p.Program]

FLOW = """
flow clinic: Clinic
    languages: en, fr
    inputs:
        result: one of positive, negative
        boss: worker
table products:
    code | name | alert
    act  | ACT tablets | 100
    ors  | ORS packets | 50
ask cases: How many?
    answer: whole number
ask ill: Is somebody ill?
    answer: yes or no
ask signs: Which signs?
    1. fever: Fever
    2. Rash
    answer: one or more
ask why: Why?
    answer: text
quiz q1: How many weeks?
    answer: whole number
    correct: 2
section part
for each product in products:
    ask on_hand: How many?
        answer: whole number
ask which: Which one?
    choices from products: {name}
    0. none_of_them: None
set total to cases + 1
set sign_of_day to result
do register as ticket
set x to EXPRESSION
stop as done
"""

HOW_MANY: dict[str, tuple[int, int | None]] = {
    "sum": (1, None),
    "count": (1, 1),
    "countif": (2, 2),
    "round": (1, 2),
    "min": (1, None),
    "max": (1, None),
    "days": (2, 2),
    "text": (1, 1),
    "length": (1, 1),
    "if": (2, 3),
    "ifempty": (2, 2),
    "lookup": (2, 2),
}
"""As `docs/language/values.md` shows each function: the fewest and the most values."""
CASES, ILL = p.Answer("cases"), p.Answer("ill")


def number(value: str) -> p.Const:
    return p.Const("number", value)


def op(name: str, *args: p.Expr) -> p.Op:
    return p.Op(name, args)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("12", number("12")),
        ("3.5", number("3.5")),
        ("4 hours", p.Const("duration", "14400")),
        ("1.5 hours", p.Const("duration", "5400")),
        ("2 weeks", p.Const("duration", "1209600")),
        ("2 months", p.Const("duration", "2m")),
        ("1.5 months", p.Const("duration", "3888000")),
        ("1 second", p.Const("duration", "1")),
        ("5 minutes", p.Const("duration", "300")),
        ("6000 weeks", p.Const("duration", "3153600000")),
        ("09:30", p.Const("time", "09:30")),
        ("25/12/2025", p.Const("date", "2025-12-25")),
        ('"CH"', p.Const("text", "CH")),
        ("today", p.Builtin("today")),
        ("last_week.start", p.Builtin("last_week", ("start",))),
        ("score", p.Builtin("score")),
        ("part.score", p.Builtin("score", ("part",))),
        ("attempt", p.Builtin("attempt")),
        ("cases", CASES),
        ("CASES", CASES),
        ("total", p.Variable("total")),
        ("ticket.number", p.Variable("ticket", ("number",))),
        ("result", p.Input("result")),
        ("boss.phone", p.Input("boss", ("phone",))),
        ("worker.first_name", p.Field("worker", "first_name")),
        ("my district", p.Field("worker", "district")),
        ("my facility", p.Field("facility", "code")),
        ("worker.facility.name", p.Field("worker", "facility.name")),
        ("facility.dhis2_id", p.Field("facility", "dhis2_id")),
        ("on_hand", p.Answer("on_hand", ("products",), many=True)),
        ("which.name", p.Cell("products", "name", p.Answer("which"))),
        ("count(products)", op("count", p.Rows("products"))),
        (
            'lookup(products, "act").name',
            p.Cell("products", "name", op("lookup", p.Rows("products"), p.Const("text", "act"))),
        ),
        (
            "lookup(products, act).name",
            p.Cell("products", "name", op("lookup", p.Rows("products"), p.Const("code", "act"))),
        ),
        ("cases + 1 * 2", op("+", CASES, op("*", number("1"), number("2")))),
        ("-cases", op("neg", CASES)),
        ('worker.name & "!"', op("&", p.Field("worker", "name"), p.Const("text", "!"))),
        (
            "round(100 * score / max_score)",
            op("round", op("/", op("*", number("100"), p.Builtin("score")), p.Builtin("max_score"))),
        ),
        ('if(ill, "yes", "no")', op("if", ILL, p.Const("text", "yes"), p.Const("text", "no"))),
        ("cases >= 5", op(">=", CASES, number("5"))),
        ("cases is between 1 and 5", op("between", CASES, number("1"), number("5"))),
        ("cases is empty", op("empty", CASES)),
        ("cases is not empty", op("answered", CASES)),
        ("ill and cases > 1", op("and", ILL, op(">", CASES, number("1")))),
        ("not ill", op("not", ILL)),
        ("ill is yes", op("=", ILL, p.Const("yesno", "yes"))),
        ("result is positive", op("=", p.Input("result"), p.Const("code", "positive"))),
        ("result is POSITIVE", op("=", p.Input("result"), p.Const("code", "positive"))),
        ("result is not negative", op("!=", p.Input("result"), p.Const("code", "negative"))),
        (
            "result is one of positive, negative",
            op("one_of", p.Input("result"), p.Const("code", "positive"), p.Const("code", "negative")),
        ),
        ("sign_of_day is positive", op("=", p.Variable("sign_of_day"), p.Const("code", "positive"))),
        ("signs includes fever", op("includes", p.Answer("signs"), p.Const("code", "fever"))),
        ("signs includes rash", op("includes", p.Answer("signs"), p.Const("code", "rash"))),
        ("which is act", op("=", p.Answer("which"), p.Const("code", "act"))),
        ("which is none_of_them", op("=", p.Answer("which"), p.Const("code", "none_of_them"))),
        ("worker.language is fr", op("=", p.Field("worker", "language"), p.Const("code", "fr"))),
        ("worker.cadre is nurse", op("=", p.Field("worker", "cadre"), p.Const("code", "nurse"))),
        ("cases is total", op("=", CASES, p.Variable("total"))),
        ("q1 is right", op("right", p.Answer("q1"))),
        ("q1 is not right", op("not", op("right", p.Answer("q1")))),
        ("worker is in group trained", op("in_group", p.Field("worker", "id"), p.Const("text", "trained"))),
        ("worker is not in group trained", op("not_in_group", p.Field("worker", "id"), p.Const("text", "trained"))),
        ("q1 is 2", op("=", p.Answer("q1"), number("2"))),
        ("q1 is total", op("=", p.Answer("q1"), p.Variable("total"))),
        ("countif(on_hand, 0)", op("countif", p.Answer("on_hand", ("products",), many=True), number("0"))),
    ],
)
def test_an_expression(program: Compile, written: str, read: p.Expr) -> None:
    code = program(FLOW.replace("EXPRESSION", written)).code
    assert [line.value for line in code if isinstance(line, p.Set) and line.name == "x"] == [read]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("product", p.Cell("products")),
        ("product.alert", p.Cell("products", "alert")),
        ("on_hand", p.Answer("on_hand", ("products",))),
        ("5 * product.alert", op("*", number("5"), p.Cell("products", "alert"))),
        ("cases", CASES),
    ],
)
def test_in_a_loop_over_the_same_table_a_name_is_that_row_s(program: Compile, written: str, read: p.Expr) -> None:
    flow = FLOW.replace("set x to EXPRESSION", f"for each product in products:\n    set x to {written}")
    assert [line.value for line in program(flow).code if isinstance(line, p.Set) and line.name == "x"] == [read]


@pytest.mark.parametrize(("name", "least", "most"), [(name, *many) for name, many in HOW_MANY.items()])
def test_a_function_takes_so_many_values_and_no_other_number(name: str, least: int, most: int | None) -> None:
    assert FUNCTIONS.keys() == HOW_MANY.keys()
    for count in range(1, 5):
        fits = least <= count and (most is None or count <= most)
        loaded = load_text(FLOW.replace("EXPRESSION", f"{name}({', '.join(['cases'] * count)})"), "test.flow")
        said = {finding.code for finding in loaded.findings}
        assert ("E247" not in said) is fits, (name, count)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("batch is taken", p.Builtin("taken", ("batch",))),
        ("batch is not taken", op("not", p.Builtin("taken", ("batch",)))),
        ("batch is other", op("=", p.Input("batch"), p.Input("other"))),
    ],
)
def test_a_thing_is_taken_or_is_something_else(program: Compile, written: str, read: p.Expr) -> None:
    flow = f"""
        flow clinic: Clinic
            inputs:
                batch: text
                other: text
        set x to {written}
        take batch:
            stop as late
        """
    assert [line.value for line in program(flow).code if isinstance(line, p.Set)] == [read]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("lookup(nothing, act).name", "E202"),
        ("lookup(products, act).weight", "E205"),
        ("lookup(products, act).name.more", "E205"),
        ("sum(cases).name", "E206"),
    ],
)
def test_what_is_not_there_is_told_and_breaks_nothing(written: str, code: str) -> None:
    loaded = load_text(FLOW.replace("EXPRESSION", written), "test.flow")
    assert {finding.code for finding in loaded.findings if finding.severity == "error"} == {code}
