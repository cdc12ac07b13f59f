"""Timers that are due too late, times in the quiet hours, and too many messages."""

from __future__ import annotations

import pytest

from grammar.checks.timing import DAY, HOUR, duration, words_of
from grammar.loader import load_text
from tests.grammar.checks.conftest import Found

ASK = "ask n: How many?\n    answer: number\n"
SHORT = "    give up after 1 day: stop as late\n    tries: 1\n"
CLOSE = "say: Thanks.\n"


def longest(text: str) -> int | None:
    loaded = load_text(f"flow x: X\n{text}", "x.flow")
    assert loaded.compiled is not None, loaded.findings
    return duration(loaded.compiled.programs[0])


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (CLOSE, 0),
        (ASK + SHORT, DAY),
        (ASK, 3 * 3 * DAY),  # three tries, each with three days of its own
        (ASK + SHORT + "wait 2 hours\n", DAY + 2 * HOUR),
        (ASK + SHORT + "wait 1 day at 09:00\n", 3 * DAY),
        (ASK + SHORT + "wait until Monday at 08:00\n", 9 * DAY),
        (ASK + SHORT + "if n > 1:\n    wait 5 days\n", 6 * DAY),
        ("section top\n" + ASK + SHORT + "if n > 1:\n    go to top\n", None),
        (ASK + SHORT + "on word PRICE: say: Free.\n", None),  # the question is asked again, as often as one likes
        (ASK + SHORT + "    confirm: Sure?\n", None),
        (ASK + SHORT + "wait until worker.course_day\n", None),
    ],
)
def test_how_long_a_conversation_can_last(text: str, seconds: int | None) -> None:
    assert longest(text) == seconds


@pytest.mark.parametrize(("length", "said"), [(HOUR, "1 hour"), (DAY, "24 hours"), (2 * DAY, "2 days"), (0, "0 hours")])
def test_a_length_of_time_in_words(length: int, said: str) -> None:
    assert words_of(length) == said


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("after 2 days: say: Well?\n" + ASK + SHORT, [(1, "W272")]),
        ("after 1 day: say: Well?\n" + ASK + SHORT, []),
        ("after 9 weeks: say: Well?\nsection top\n" + ASK + SHORT + "if n > 1:\n    go to top\n", []),
        (ASK + "    go on after 3 days\n", [(3, "W276")]),
        (ASK + "    go on after 2 days\n", []),
    ],
)
def test_timers(found: Found, text: str, codes: list[tuple[int, str]]) -> None:
    assert found(text) == codes


def remind(*hours: int) -> str:
    return "".join(f"    remind after {each} hours\n" for each in hours)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (ASK + remind(2, 4, 6), []),
        (ASK + remind(2, 4, 6, 25), [(6, "W273")]),
        (ASK + remind(2, 4, 6, 26), []),
        (remind(2, 4, 6, 8) + ASK, [(4, "W273")]),
        (CLOSE * 5, []),
        (CLOSE * 6, [(6, "W273")]),
        (CLOSE * 9, [(6, "W273")]),
        (CLOSE * 3 + ASK + CLOSE * 3, []),
        (CLOSE * 3 + "wait 1 day\n" + CLOSE * 3, []),
        (ASK + "if n > 1:\n" + f"    {CLOSE}" * 3 + "otherwise:\n" + f"    {CLOSE}" * 3 + CLOSE, []),
    ],
)
def test_too_many_messages(found: Found, text: str, codes: list[tuple[int, str]]) -> None:
    assert found(text) == codes


@pytest.mark.parametrize(
    ("quiet", "at", "codes"),
    [
        ("20:00 to 07:00", "06:59", [(2, "W275")]),
        ("20:00 to 07:00", "07:00", []),
        ("20:00 to 07:00", "20:00", [(2, "W275")]),
        ("12:00 to 14:00", "13:00", [(2, "W275")]),
        ("12:00 to 14:00", "14:00", []),
    ],
)
def test_schedules_in_the_quiet_hours(found: Found, quiet: str, at: str, codes: list[tuple[int, str]]) -> None:
    assert found(f"    quiet hours {quiet}\n    start every day at {at} for group staff\n{CLOSE}") == codes


def test_a_schedule_without_a_time_starts_at_nine(found: Found) -> None:
    assert found(f"    quiet hours 20:00 to 10:00\n    start every day for group staff\n{CLOSE}") == [(2, "W275")]


def test_waits_in_the_quiet_hours(found: Found) -> None:
    assert found(f"    quiet hours 20:00 to 07:00\n{CLOSE}wait 1 day at 05:00\n{CLOSE}") == [(3, "W275")]
