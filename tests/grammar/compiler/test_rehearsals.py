"""The tests of a file, line by line, and the people that they need."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grammar import program as p

Compile = Callable[[str], p.Compiled]

FLOW = """
flow clinic: Clinic
    inputs:
        result: one of positive, negative
        boss: worker
        seen: date
ask cases: How many?
    answer: whole number
submit to dhis2
stop as seen_all

test: All
    start
    STEP
"""


@pytest.mark.parametrize(
    ("line", "step"),
    [
        ("start", p.Step("start", 14, flow="clinic")),
        ("start clinic on ivr", p.Step("start", 14, flow="clinic", channel="ivr")),
        ("start at 07:00", p.Step("start", 14, flow="clinic", at="07:00")),
        ("start at 2025-03-03 21:30", p.Step("start", 14, flow="clinic", at="2025-03-03 21:30")),
        (
            'start with worker = moses, worker.language = fr, result = Positive, boss = fatou, text = "A 1"',
            p.Step(
                "start",
                14,
                flow="clinic",
                args={
                    "worker": p.Const("code", "moses"),
                    "worker.language": p.Const("code", "fr"),
                    "result": p.Const("code", "positive"),
                    "boss": p.Const("code", "fatou"),
                    "text": p.Const("text", "A 1"),
                },
            ),
        ),
        (
            "start with seen = today - 3 days",
            p.Step(
                "start",
                14,
                flow="clinic",
                args={"seen": p.Op("-", (p.Builtin("today"), p.Const("duration", "259200")))},
            ),
        ),
        (
            "start with pharmacist = nobody",
            p.Step("start", 14, flow="clinic", args={"pharmacist": p.Const("code", "nobody")}),
        ),
        ("reply: 1 and {3}", p.Step("reply", 14, text="1 and {3}")),
        ("no reply for 4 hours", p.Step("silence", 14, seconds=14400)),
        ("expect: *not in the future*", p.Step("expect", 14, text="*not in the future*")),
        ("expect not: *alert*", p.Step("expect_not", 14, text="*alert*")),
        ("expect nothing", p.Step("expect_nothing", 14)),
        ("expect nothing to supervisor", p.Step("expect_nothing_to", 14, who=p.Target("supervisor"))),
        ("expect to group lab: Hi.", p.Step("expect_to", 14, text="Hi.", who=p.Target("group", "lab"))),
        (
            "expect to boss: Hi.",
            p.Step("expect_to", 14, text="Hi.", who=p.Target("worker", "boss", p.Input("boss"))),
        ),
        ("expect to pharmacist: Hi.", p.Step("expect_to", 14, text="Hi.", who=p.Target("role", "pharmacist"))),
        (
            "expect outcome = seen_all",
            p.Step(
                "expect_that",
                14,
                text="outcome = seen_all",
                when=p.Op("=", (p.Builtin("outcome"), p.Const("code", "seen_all"))),
            ),
        ),
        (
            "expect dhis2.fbfJHSPpUQD = 120",
            p.Step(
                "expect_that",
                14,
                text="dhis2.fbfJHSPpUQD = 120",
                when=p.Op("=", (p.Builtin("dhis2", ("fbfJHSPpUQD",)), p.Const("number", "120"))),
            ),
        ),
        ('do ping gives number = "C-1"', p.Step("gives", 14, action="ping", args={"number": p.Const("text", "C-1")})),
        ("do ping fails", p.Step("fails", 14, action="ping")),
    ],
)
def test_a_line(compiled: Compile, line: str, step: p.Step) -> None:
    tests = compiled(FLOW.replace("STEP", line)).rehearsals
    assert [(test.title, test.flow, test.line) for test in tests] == [("All", "clinic", 12)]
    assert tests[0].steps[1] == step


def test_people(compiled: Compile) -> None:
    people = compiled(
        FLOW.replace("STEP", "") + "test worker ama:\n    first_name: Ama\n    facility.name: Kpando\n"
    ).people
    assert people == (p.Person("ama", {"first_name": "Ama", "facility.name": "Kpando"}),)


def test_a_test_can_start_another_flow_of_the_file(compiled: Compile) -> None:
    other = "flow other: Other\nsay: Hi.\ntest: Two\n    start clinic\n    expect cases is empty\n"
    test = compiled(FLOW.replace("STEP", "") + other).rehearsals[1]
    assert (test.flow, test.steps[0].flow) == ("other", "clinic")
    assert test.steps[1].when == p.Op("empty", (p.Answer("cases"),))


def test_tests_are_no_part_of_the_hash(compiled: Compile) -> None:
    first, second = (compiled(FLOW.replace("STEP", step)).programs[0] for step in ("reply: 1", "reply: 2"))
    assert first.hash() == second.hash()
