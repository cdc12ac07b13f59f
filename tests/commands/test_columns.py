"""What an author sees of a test that fails."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from commands.columns import failure, span
from engine.dialogue import Line
from engine.limits import DAY, HOUR, MINUTE
from engine.rehearsal import Played
from grammar.program import Rehearsal


def shown(*log: Line, width: int = 72) -> list[str]:
    played = Played(Rehearsal("It is asked", "survey", 40, ()), log, 43, "a message: *date*")
    console = Console(width=width, file=io.StringIO())
    with console.capture() as capture:
        console.print(failure(played, "survey.flow"))
    return [row.rstrip() for row in capture.get().splitlines() if row.strip()]


def test_two_columns_with_the_lines_that_spoke_and_what_was_expected() -> None:
    assert shown(Line(0, "flow", "Do you have ORS?", line=11), Line(MINUTE, "worker", "2")) == [
        "✗ It is asked   survey.flow, line 40",
        "  line  the flow                              the worker",
        "    11  Do you have ORS?",
        "                                              2",
        "  Line 43 expected a message: *date*",
    ]


def test_who_else_heard_what_and_the_time_that_went_by_are_shown() -> None:
    rows = shown(Line(1, "flow", "Hello", line=3), Line(1 + 4 * HOUR, "flow", "Call him", to="grace", line=9))
    assert [row.strip() for row in rows[2:5]] == ["3  Hello", "… 4 hours later", "9  to grace: Call him"]


def test_the_engine_s_own_words_have_no_line() -> None:
    assert shown(Line(0, "engine", "Please send a number."))[2].split() == ["Please", "send", "a", "number."]


@pytest.mark.parametrize(
    ("ms", "said"),
    [
        (MINUTE, "1 minute"),
        (5 * MINUTE, "5 minutes"),
        (HOUR + 59 * MINUTE, "1 hour 59 minutes"),
        (2 * DAY + 3 * HOUR + MINUTE, "2 days 3 hours"),
        (DAY, "1 day"),
    ],
)
def test_a_length_of_time(ms: int, said: str) -> None:
    assert span(ms) == said
