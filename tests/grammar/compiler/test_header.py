"""The header of a flow, line by line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from grammar import program as p

Compile = Callable[[str], p.Program]

BODY = """
table products:
    code | name
    act  | ACT
for each product in products:
    ask on_hand: How many?
        answer: whole number
ask cases: How many?
    answer: whole number
"""
DEFAULTS = {
    "languages": ("en",),
    "channels": ("sms",),
    "words": (),
    "event": "",
    "schedules": (),
    "short_forms": (),
    "quiet": None,
    "plain_letters": False,
    "allow_back": False,
}


def test_a_header_that_says_nothing(program: Compile) -> None:
    made = program("flow clinic: Clinic" + BODY)
    assert {name: getattr(made, name) for name in DEFAULTS} == DEFAULTS


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("languages: en, pt-BR", "languages", ("en", "pt-BR")),
        ("channels: sms, IVR", "channels", ("sms", "ivr")),
        ("start on word CHOLERA or ኮሌራ", "words", ("CHOLERA", "ኮሌራ")),
        ("start on word STOCK\n        only for group managers", "word_group", "managers"),
        ("start on event case_found", "event", "case_found"),
        ("start on event case_found\n    start on event case_lost", "also_on", ("case_lost",)),
        ("moved CASES_OLD -> CASES", "moved", {"cases_old": "cases"}),
        ("quiet hours 20:00 to 07:00", "quiet", ("20:00", "07:00")),
        ("sms letters: plain", "plain_letters", True),
        ("allow back", "allow_back", True),
        ("sensitive: cases", "sensitive", ("cases",)),
        ("short form: cases", "short_forms", (p.ShortForm(("cases",)),)),
        (
            "short form: each product, on_hand",
            "short_forms",
            (p.ShortForm(("on_hand",), each="products"),),
        ),
        (
            "short form: on_hand of each product",
            "short_forms",
            (p.ShortForm(("on_hand",), of_each="products"),),
        ),
    ],
)
def test_a_line(program: Compile, line: str, field: str, value: Any) -> None:
    assert getattr(program(f"flow clinic: Clinic\n    {line}{BODY}"), field) == value


@pytest.mark.parametrize(
    ("line", "schedule"),
    [
        ("every Monday at 08:00 for group all", p.Schedule("monday", "08:00", "all")),
        ("every day for group all", p.Schedule("day", "09:00", "all")),
        ("every weekday at 07:30 for group all", p.Schedule("weekday", "07:30", "all")),
        ("every month on the 1st for group all", p.Schedule("month:1", "09:00", "all")),
        ("every month on the last day for group all", p.Schedule("month:last", "09:00", "all")),
        ("on 5 January 2026 at 09:00 for group all", p.Schedule("once:2026-01-05", "09:00", "all")),
        ("on 5 Sept 2026 for group all", p.Schedule("once:2026-09-05", "09:00", "all")),
        ("on 5 may 2026 for group all", p.Schedule("once:2026-05-05", "09:00", "all")),
        (
            "every day for workers where cadre is nurse",
            p.Schedule("day", "09:00", where=p.Op("=", (p.Field("candidate", "cadre"), p.Const("code", "nurse")))),
        ),
        (
            "every Monday at 08:00 for group all\n        unless done since Saturday",
            p.Schedule("monday", "08:00", "all", since="saturday"),
        ),
    ],
)
def test_a_schedule(program: Compile, line: str, schedule: p.Schedule) -> None:
    assert program(f"flow clinic: Clinic\n    start {line}\n{BODY}").schedules == (schedule,)


def test_inputs(program: Compile) -> None:
    made = program(
        """
        flow clinic: Clinic
            languages: en, fr
            inputs:
                batch: text up to 12 letters
                kind: one of first, second_dose optional
                result: one of
                    1. high: High
                        fr: Élevé
                boss: worker
                samples: table of sample, test (2 to 9 rows)
                rows: table of sample, test
                seen: list of date
            sensitive: result
        say: Hi.
        """
    )
    high = p.Text({"en": p.Version(text=("High",)), "fr": p.Version(text=("Élevé",))})
    first, second = (p.Text({"en": p.Version(text=(label,))}) for label in ("first", "second dose"))
    assert made.inputs == {
        "batch": p.InputSpec("batch", p.AnswerType("text", limit=12)),
        "kind": p.InputSpec(
            "kind",
            p.AnswerType("choice"),
            choices=(p.Choice(1, "first", first), p.Choice(2, "second_dose", second)),
            optional=True,
        ),
        "result": p.InputSpec("result", p.AnswerType("choice"), choices=(p.Choice(1, "high", high),), sensitive=True),
        "boss": p.InputSpec("boss", p.AnswerType("text"), worker=True),
        "samples": p.InputSpec(
            "samples", p.AnswerType("text"), many="rows", columns=("sample", "test"), least=2, most=9
        ),
        "rows": p.InputSpec("rows", p.AnswerType("text"), many="rows", columns=("sample", "test")),
        "seen": p.InputSpec("seen", p.AnswerType("date"), many="list"),
    }


@pytest.mark.parametrize(
    ("lines", "versions"),
    [
        ("flow clinic: Clinic survey", {"en": "Clinic survey"}),
        ("flow clinic", {"en": "clinic"}),
        ("flow clinic: Clinic\n    languages: en, fr\n    fr: Dispensaire", {"en": "Clinic", "fr": "Dispensaire"}),
    ],
)
def test_the_title(program: Compile, lines: str, versions: dict[str, str]) -> None:
    title = p.Text({language: p.Version(text=(words,)) for language, words in versions.items()})
    assert program(lines + "\nsay: Hi.").title == title
