"""Days and moments in a worker's zone (RULES G4–G6)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from engine import moments
from engine.limits import DAY, HOUR
from engine.values import Duration

MONDAY = moments.to_ms(datetime(2025, 3, 3, 9, tzinfo=UTC))


def utc(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("length", "hour", "zone", "wakes"),
    [
        (Duration(0, DAY), None, "UTC", "2025-03-04 09:00"),
        (Duration(0, 2 * HOUR), None, "UTC", "2025-03-03 11:00"),
        (Duration(0, DAY), time(6), "UTC", "2025-03-04 06:00"),
        (Duration(0, DAY), time(6), "Africa/Addis_Ababa", "2025-03-04 03:00"),
        (Duration(1), time(9), "UTC", "2025-04-03 09:00"),
        (Duration(1), None, "UTC", "2025-04-03 09:00"),
    ],
)
def test_wait(length: Duration, hour: time | None, zone: str, wakes: str) -> None:
    assert utc(moments.wake(MONDAY, zone, length, hour)) == wakes


@pytest.mark.parametrize(
    ("day", "name", "next_one"),
    [
        ("2025-03-03", "monday", "2025-03-10"),
        ("2025-03-03", "tuesday", "2025-03-04"),
        ("2025-03-07", "weekday", "2025-03-10"),
        ("2025-03-08", "weekday", "2025-03-10"),
        ("2025-03-08", "day", "2025-03-09"),
    ],
)
def test_a_named_day_is_the_next_one_still_to_come(day: str, name: str, next_one: str) -> None:
    assert moments.next_day(date.fromisoformat(day), name).isoformat() == next_one


@pytest.mark.parametrize(
    ("name", "hour", "wakes"),
    [
        ("monday", time(10), "2025-03-03 10:00"),
        ("monday", time(9), "2025-03-10 09:00"),
        ("monday", None, "2025-03-10 09:00"),
        ("weekday", time(10), "2025-03-04 10:00"),
    ],
)
def test_a_named_day_is_today_while_its_hour_is_still_to_come(name: str, hour: time | None, wakes: str) -> None:
    assert utc(moments.wake_on_day(MONDAY, name, hour, "UTC")) == wakes


@pytest.mark.parametrize(
    ("name", "hour", "comes"),
    [
        ("monday", time(16), "2025-03-03 16:00"),
        ("monday", time(9), "2025-03-10 09:00"),
        ("friday", time(8), "2025-03-07 08:00"),
        ("weekday", time(16), "2025-03-03 16:00"),
        ("weekday", time(8), "2025-03-04 08:00"),
        ("day", time(16), "2025-03-03 16:00"),
        ("day", time(8), "2025-03-04 08:00"),
    ],
)
def test_the_next_time_is_today_while_the_hour_is_still_to_come(name: str, hour: time, comes: str) -> None:
    assert utc(moments.next_time(MONDAY, name, hour, "UTC")) == comes


def test_a_word_that_is_no_day_is_refused() -> None:
    with pytest.raises(ValueError, match="someday"):
        moments.next_day(date(2025, 3, 3), "someday")


@pytest.mark.parametrize(
    ("word", "day", "first", "last"),
    [
        ("this_week", "2025-03-05", "2025-03-03", "2025-03-09"),
        ("last_week", "2025-03-05", "2025-02-24", "2025-03-02"),
        ("this_month", "2025-03-05", "2025-03-01", "2025-03-31"),
        ("last_month", "2025-03-05", "2025-02-01", "2025-02-28"),
        ("last_month", "2025-01-31", "2024-12-01", "2024-12-31"),
    ],
)
def test_periods(word: str, day: str, first: str, last: str) -> None:
    got = moments.period(word, date.fromisoformat(day))
    assert [d.isoformat() for d in got] == [first, last]


def test_a_time_that_a_clock_change_skips_is_the_next_one_that_exists() -> None:
    assert utc(moments.at(date(2025, 3, 30), time(2, 30), "Europe/Paris")) == "2025-03-30 01:00"


@pytest.mark.parametrize(
    ("day", "months", "moved"),
    [("2025-01-31", 1, "2025-02-28"), ("2024-02-29", 12, "2025-02-28"), ("2025-03-31", -1, "2025-02-28")],
)
def test_the_31st_is_the_last_day_of_a_shorter_month(day: str, months: int, moved: str) -> None:
    assert moments.add(date.fromisoformat(day), Duration(months)).isoformat() == moved


def test_dates_beyond_the_calendar_stay_within_it() -> None:
    assert moments.add(date(9999, 12, 31), Duration(0, 10**15)) == date.max
    assert moments.add(date(1, 1, 1), Duration(-12)).year == 1


def test_a_zone_that_does_not_exist_is_utc() -> None:
    assert moments.day_of(MONDAY, "Mars/Olympus") == date(2025, 3, 3)
