"""Quiet hours by the clock of the one who reads (RULES G3, I16)."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import moments, quiet
from engine.limits import DAY, MINUTE
from engine.quiet import Held, Hours

NIGHT = Hours(time(20), time(7))
NOON = Hours(time(12, 30), time(14))
ZONES = (
    "Africa/Monrovia",
    "Africa/Addis_Ababa",
    "Africa/Cairo",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Europe/Lisbon",
    "Pacific/Apia",
    "Pacific/Kiritimati",
)


def ms(utc: str) -> int:
    return moments.to_ms(datetime.fromisoformat(utc).replace(tzinfo=UTC))


def utc(moment: int) -> str:
    return datetime.fromtimestamp(moment / 1000, UTC).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("zone", "hours", "now", "goes"),
    [
        ("Africa/Monrovia", NIGHT, "2026-01-05 19:59", "2026-01-05 19:59"),
        ("Africa/Monrovia", NIGHT, "2026-01-05 20:00", "2026-01-06 07:00"),
        ("Africa/Monrovia", NIGHT, "2026-01-06 06:59", "2026-01-06 07:00"),
        ("Africa/Monrovia", NIGHT, "2026-01-06 07:00", "2026-01-06 07:00"),
        ("Africa/Addis_Ababa", NIGHT, "2026-01-05 16:59", "2026-01-05 16:59"),
        ("Africa/Addis_Ababa", NIGHT, "2026-01-05 17:00", "2026-01-06 04:00"),
        ("Asia/Kathmandu", NIGHT, "2026-01-05 14:15", "2026-01-06 01:15"),
        ("Africa/Monrovia", NOON, "2026-01-05 12:29", "2026-01-05 12:29"),
        ("Africa/Monrovia", NOON, "2026-01-05 12:30", "2026-01-05 14:00"),
        ("Africa/Monrovia", None, "2026-01-05 23:00", "2026-01-05 23:00"),
    ],
)
def test_a_message_waits_until_the_quiet_hours_end(zone: str, hours: Hours | None, now: str, goes: str) -> None:
    assert utc(quiet.may_go(ms(now), zone, hours, "bulk")) == goes


@pytest.mark.parametrize(
    ("zone", "hours", "now", "goes"),
    [
        # Lisbon, 29 March 2026: 01:00 becomes 02:00, so the night is an hour shorter.
        ("Europe/Lisbon", NIGHT, "2026-03-28 20:00", "2026-03-29 06:00"),
        # 25 October 2026: 02:00 becomes 01:00, an hour longer.
        ("Europe/Lisbon", NIGHT, "2026-10-24 19:00", "2026-10-25 07:00"),
        # An end that the change skips is the next time that there is, one that comes twice counts once.
        ("Europe/Lisbon", Hours(time(20), time(1, 30)), "2026-03-29 00:30", "2026-03-29 01:00"),
        ("Europe/Lisbon", Hours(time(20), time(1, 30)), "2026-10-25 00:29", "2026-10-25 00:30"),
        ("Europe/Lisbon", Hours(time(20), time(1, 30)), "2026-10-25 01:10", "2026-10-25 01:10"),
        # Cairo, 24 April 2026: midnight becomes 01:00.
        ("Africa/Cairo", Hours(time(20), time(0)), "2026-04-23 21:59", "2026-04-23 22:00"),
        # Apia had no 30 December 2011: two nights meet, and the second goes on.
        ("Pacific/Apia", NIGHT, "2011-12-30 09:00", "2011-12-30 17:00"),
    ],
)
def test_clock_changes_in_the_night(zone: str, hours: Hours, now: str, goes: str) -> None:
    assert utc(quiet.may_go(ms(now), zone, hours, "bulk")) == goes


@pytest.mark.parametrize(
    ("kind", "urgent", "spoke_ago", "waits"),
    [
        ("reply", False, 0, False),
        ("reply", False, 10 * MINUTE, False),
        ("reply", False, 10 * MINUTE + 1, True),
        ("reply", False, None, True),
        ("reminder", False, 0, True),
        ("bulk", False, 0, True),
        ("bulk", True, None, False),
        ("reply", True, None, False),
        ("consent", False, None, False),
    ],
)
def test_what_does_not_wait(kind: str, urgent: bool, spoke_ago: int | None, waits: bool) -> None:
    now = ms("2026-01-05 23:00")
    spoke = None if spoke_ago is None else now - spoke_ago
    goes = quiet.may_go(now, "Africa/Monrovia", NIGHT, kind, urgent=urgent, spoke_at=spoke)
    assert (goes > now) is waits


@pytest.mark.parametrize(
    ("flow", "deployment", "expected"),
    [
        (None, None, None),
        (("20:00", "07:00"), None, NIGHT),
        (None, ("20:00", "07:00"), NIGHT),
        (("12:30", "14:00"), ("20:00", "07:00"), NOON),
        (("07:00", "07:00"), None, None),
        (("07:00", "07:00"), ("20:00", "07:00"), None),
    ],
)
def test_the_header_says_more_than_the_deployment(
    flow: tuple[str, str] | None, deployment: tuple[str, str] | None, expected: Hours | None
) -> None:
    assert quiet.hours(flow, deployment) == expected


def test_of_several_held_reminders_of_a_conversation_the_last_is_sent() -> None:
    held = [Held(1, 4, 0), Held(2, 9, 0), Held(1, 3, 0), Held(1, 4, 1)]
    assert quiet.overtaken(held) == {Held(1, 3, 0), Held(1, 4, 0)}


_TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
_YEARS = st.integers(ms("2010-01-01 00:00"), ms("2030-01-01 00:00"))


@given(now=_YEARS, zone=st.sampled_from(ZONES), begin=_TIMES, end=_TIMES)
def test_what_waited_goes_at_the_moment_that_it_was_told(now: int, zone: str, begin: time, end: time) -> None:
    said = (begin.isoformat("minutes"), end.isoformat("minutes"))
    hours = quiet.hours(said)
    goes = quiet.may_go(now, zone, hours, "bulk")
    assert now <= goes < now + 2 * DAY
    assert quiet.may_go(goes, zone, hours, "bulk") == goes


@given(now=_YEARS, zone=st.sampled_from(ZONES))
def test_nobody_hears_anything_at_night_by_the_own_clock(now: int, zone: str) -> None:
    goes = quiet.may_go(now, zone, NIGHT, "reminder")
    assert time(7) <= moments.local(goes, zone).time() < time(20)
