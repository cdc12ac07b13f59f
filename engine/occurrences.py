"""When a schedule comes round, by the clock of a zone: each day of it once, whichever way the clock is put."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import NamedTuple

from engine import moments

_DAY = timedelta(days=1)
_LONGEST = 31


class Occurrence(NamedTuple):
    """The day in the zone, and the moment (ms UTC)."""

    day: date
    at: int


def between(every: str, at: str, zone: str, after: int, until: int) -> Iterator[Occurrence]:
    """The occurrences later than `after`, up to and with `until` (ms UTC), the oldest first.

    `every`: day, weekday, monday … sunday, month:1 … month:31, month:last, once:2026-01-05.  The 31st is the last day
    of a shorter month.  `at`: "08:00"; a time that a clock change skips is the next that exists, and one that comes
    twice is the first (RULES G5, G6).  A day that a zone jumped over gives way to the next one.
    """
    hour = time.fromisoformat(at)
    day, last = moments.day_of(after, zone) - _DAY, moments.day_of(until, zone)
    found: date | None = None
    while day <= last:
        if _fits(every, day):
            there = _there(day, zone)
            moment = moments.at(there, hour, zone)
            if after < moment <= until and there != found:
                found = there
                yield Occurrence(there, moment)
        day += _DAY


def is_still(day: date, zone: str, now: int) -> bool:
    """Is it still that day in the zone?"""
    return moments.day_of(now, zone) == day


def since_day(name: str, occurrence: Occurrence, zone: str) -> int:
    """When the day of `unless done since Saturday` began (ms UTC): the last of that name, or the occurrence's own."""
    back = (occurrence.day.weekday() - moments.WEEKDAYS.index(name)) % 7
    return moments.at(occurrence.day - back * _DAY, time(0), zone)


def _fits(every: str, day: date) -> bool:
    kind, _, which = every.partition(":")
    if kind == "once":
        return day == _named(which)
    if kind == "month":
        last = monthrange(day.year, day.month)[1]
        return day.day == (last if which == "last" else min(int(which), last))
    return moments.is_day(day, kind)


def _named(written: str) -> date | None:
    """The day of a year-month-day; the 31st of a shorter month is its last, and no other day is made up."""
    year, month, day = map(int, written.split("-"))
    try:
        return date(year, month, min(day, monthrange(year, month)[1]) if day <= _LONGEST else day)
    except ValueError:
        return None


def _there(day: date, zone: str) -> date:
    """The day itself, or the next where the zone has no such day."""
    return moments.day_of(moments.at(day, time(0), zone), zone)
