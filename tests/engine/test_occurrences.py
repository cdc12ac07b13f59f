"""When a schedule comes round, by the worker's own clock (RULES G5, G6)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import moments, occurrences
from engine.limits import DAY
from engine.occurrences import Occurrence

ZONES = (
    "Africa/Addis_Ababa",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/Monrovia",
    "America/Sao_Paulo",
    "America/Scoresbysund",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Europe/Lisbon",
    "Pacific/Apia",
    "Pacific/Kiritimati",
)
EVERY = ("day", "weekday", "monday", "sunday", "month:1", "month:31", "month:last")


def ms(utc: str) -> int:
    return moments.to_ms(datetime.fromisoformat(utc).replace(tzinfo=UTC))


def found(every: str, at: str, zone: str, after: str, until: str) -> list[str]:
    """The moments in UTC."""
    times = occurrences.between(every, at, zone, ms(after), ms(until))
    return [datetime.fromtimestamp(each.at / 1000, UTC).strftime("%Y-%m-%d %H:%M") for each in times]


@pytest.mark.parametrize(
    ("every", "zone", "after", "until", "expected"),
    [
        ("monday", "Africa/Monrovia", "2026-01-01", "2026-01-13", ["2026-01-05 08:00", "2026-01-12 08:00"]),
        ("monday", "Africa/Addis_Ababa", "2026-01-01", "2026-01-06", ["2026-01-05 05:00"]),
        ("monday", "Asia/Kathmandu", "2026-01-01", "2026-01-06", ["2026-01-05 02:15"]),
        # On Kiritimati Monday begins on our Sunday.
        ("monday", "Pacific/Kiritimati", "2026-01-04", "2026-01-06", ["2026-01-04 18:00"]),
        ("day", "Africa/Monrovia", "2026-01-01", "2026-01-03", ["2026-01-01 08:00", "2026-01-02 08:00"]),
        ("weekday", "Africa/Monrovia", "2026-01-02", "2026-01-06", ["2026-01-02 08:00", "2026-01-05 08:00"]),
        ("month:1", "Africa/Monrovia", "2026-01-02", "2026-03-02", ["2026-02-01 08:00", "2026-03-01 08:00"]),
        ("month:31", "Africa/Monrovia", "2026-02-01", "2026-04-01", ["2026-02-28 08:00", "2026-03-31 08:00"]),
        ("month:29", "Africa/Monrovia", "2028-02-01", "2028-03-01", ["2028-02-29 08:00"]),
        ("month:last", "Africa/Monrovia", "2026-04-01", "2026-06-01", ["2026-04-30 08:00", "2026-05-31 08:00"]),
        ("once:2026-01-05", "Africa/Monrovia", "2026-01-01", "2027-01-01", ["2026-01-05 08:00"]),
        ("once:2026-04-31", "Africa/Monrovia", "2026-01-01", "2027-01-01", ["2026-04-30 08:00"]),
        ("once:2025-01-05", "Africa/Monrovia", "2026-01-01", "2027-01-01", []),
    ],
)
def test_the_days_of_a_schedule(every: str, zone: str, after: str, until: str, expected: list[str]) -> None:
    assert found(every, "08:00", zone, after, until) == expected


@pytest.mark.parametrize(
    ("after", "until", "expected"),
    [
        ("2026-01-05 08:00", "2026-01-05 08:01", 0),
        ("2026-01-05 07:59", "2026-01-05 08:00", 1),
        ("2026-01-05 07:58", "2026-01-05 07:59", 0),
    ],
)
def test_the_end_belongs_to_the_span_and_the_beginning_does_not(after: str, until: str, expected: int) -> None:
    assert len(found("monday", "08:00", "Africa/Monrovia", after, until)) == expected


@pytest.mark.parametrize(
    ("at", "zone", "after", "until", "expected"),
    [
        # Lisbon, 29 March 2026: 01:00 becomes 02:00 (= 01:00 UTC).
        ("01:30", "Europe/Lisbon", "2026-03-28 12:00", "2026-03-30 12:00", ["2026-03-29 01:00", "2026-03-30 00:30"]),
        # 25 October 2026: 02:00 becomes 01:00.
        ("01:30", "Europe/Lisbon", "2026-10-24 12:00", "2026-10-26 12:00", ["2026-10-25 00:30", "2026-10-26 01:30"]),
        ("08:00", "Europe/Lisbon", "2026-10-24 00:00", "2026-10-25 23:00", ["2026-10-24 07:00", "2026-10-25 08:00"]),
        # Cairo, 24 April 2026: 00:00 becomes 01:00 (= 22:00 UTC).
        ("00:30", "Africa/Cairo", "2026-04-23 12:00", "2026-04-24 12:00", ["2026-04-23 22:00"]),
        # São Paulo, 4 November 2018: 00:00 becomes 01:00; 18 February 2018: 00:00 becomes 23:00.
        ("00:00", "America/Sao_Paulo", "2018-11-03 12:00", "2018-11-04 12:00", ["2018-11-04 03:00"]),
        ("23:30", "America/Sao_Paulo", "2018-02-17 12:00", "2018-02-18 12:00", ["2018-02-18 01:30"]),
        # Scoresbysund, 28 March 2026: 23:00 becomes midnight; the day is still that Saturday.
        ("23:30", "America/Scoresbysund", "2026-03-28 12:00", "2026-03-29 12:00", ["2026-03-29 01:00"]),
        # Lord Howe moves by half an hour: 5 October 2025, 02:00 becomes 02:30.
        ("02:15", "Australia/Lord_Howe", "2025-10-04 00:00", "2025-10-05 00:00", ["2025-10-04 15:30"]),
    ],
)
def test_clock_changes(at: str, zone: str, after: str, until: str, expected: list[str]) -> None:
    assert found("day", at, zone, after, until) == expected


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        ("day", ["2011-12-29 18:00", "2011-12-30 18:00"]),
        ("friday", ["2011-12-30 18:00"]),
        ("saturday", ["2011-12-30 18:00"]),
        ("month:30", ["2011-12-30 18:00"]),
    ],
)
def test_apia_had_no_friday_30_december_2011(every: str, expected: list[str]) -> None:
    """What was for that Friday came on the Saturday at the same hour, and once."""
    assert found(every, "08:00", "Pacific/Apia", "2011-12-29 12:00", "2011-12-31 12:00") == expected


@pytest.mark.parametrize(
    ("name", "day", "zone", "begins"),
    [
        ("saturday", "2026-01-05", "Africa/Monrovia", "2026-01-03 00:00"),
        ("monday", "2026-01-05", "Africa/Monrovia", "2026-01-05 00:00"),
        ("tuesday", "2026-01-05", "Africa/Monrovia", "2025-12-30 00:00"),
        ("saturday", "2026-01-05", "Africa/Addis_Ababa", "2026-01-02 21:00"),
    ],
)
def test_since_a_day_is_since_the_last_of_that_name(name: str, day: str, zone: str, begins: str) -> None:
    occurrence = Occurrence(date.fromisoformat(day), ms(f"{day} 08:00"))
    assert occurrences.since_day(name, occurrence, zone) == ms(begins)


_MOMENTS = st.integers(ms("2009-01-01"), ms("2030-01-01"))
_HOURS = st.times().map(lambda hour: hour.isoformat("minutes"))


@given(every=st.sampled_from(EVERY), at=_HOURS, zone=st.sampled_from(ZONES), begin=_MOMENTS, days=st.integers(0, 70))
def test_each_day_comes_once_and_in_order(every: str, at: str, zone: str, begin: int, days: int) -> None:
    times = list(occurrences.between(every, at, zone, begin, begin + days * DAY))
    assert [each.day for each in times] == sorted({each.day for each in times})
    assert [each.at for each in times] == sorted({each.at for each in times})
    assert all(begin < each.at <= begin + days * DAY for each in times)


@given(
    every=st.sampled_from(EVERY), at=_HOURS, zone=st.sampled_from(ZONES), begin=_MOMENTS, cut=st.integers(0, 40 * DAY)
)
def test_looking_often_finds_what_looking_once_does(every: str, at: str, zone: str, begin: int, cut: int) -> None:
    """A clock that is looked at in turns misses none and gives none twice."""
    end = begin + 40 * DAY
    parts = [*occurrences.between(every, at, zone, begin, begin + cut)]
    parts += occurrences.between(every, at, zone, begin + cut, end)
    assert parts == list(occurrences.between(every, at, zone, begin, end))


@given(zone=st.sampled_from(ZONES), at=_HOURS, begin=_MOMENTS)
def test_a_day_has_one_occurrence_for_everyone_who_has_that_day(zone: str, at: str, begin: int) -> None:
    days = {each.day for each in occurrences.between("day", at, zone, begin, begin + 9 * DAY)}
    first = moments.day_of(begin, zone) + timedelta(days=1)
    whole = [first + timedelta(days=each) for each in range(7)]
    there = {day for day in whole if moments.day_of(moments.at(day, time(0), zone), zone) == day}
    assert there <= days


@pytest.mark.parametrize(
    "every", ["once:2026-01-00", "once:2026-00-01", "once:2026-01-45", "once:0000-01-01", "once:99999-01-01"]
)
def test_a_date_that_no_calendar_has_never_comes(every: str) -> None:
    assert found(every, "08:00", "Africa/Monrovia", "2025-12-31", "2026-02-02") == []
