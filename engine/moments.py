"""Dates and moments in a worker's zone: the same milliseconds and zone always give the same day.

Milliseconds are UTC.  A local time that a clock change skips is the next one that exists (RULES G5).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from engine.limits import DAY
from engine.values import Duration

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NOON_MORNING = time(9)
_STEP = timedelta(minutes=1)


@lru_cache(maxsize=600)
def zone(name: str) -> ZoneInfo:
    """The zone with an IANA name; UTC where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def local(ms: int, name: str) -> datetime:
    """The moment as an aware local time."""
    return datetime.fromtimestamp(ms / 1000, zone(name))


def day_of(ms: int, name: str) -> date:
    """The day in the zone."""
    return local(ms, name).date()


def at(day: date, hour: time, name: str) -> int:
    """Milliseconds of that time on that day; a skipped time is the next one that exists."""
    moment = datetime.combine(day, hour, zone(name))
    while _skipped(moment):
        moment += _STEP
    return to_ms(moment)


def _skipped(moment: datetime) -> bool:
    return moment.astimezone(UTC).astimezone(moment.tzinfo).replace(fold=0) != moment.replace(fold=0)


def to_ms(moment: datetime) -> int:
    """Milliseconds UTC of an aware moment."""
    return round(moment.timestamp() * 1000)


def add(day: date, length: Duration) -> date:
    """A date moved by months and whole days; the 31st is the last day of a shorter month (RULES G6)."""
    months = day.year * 12 + day.month - 1 + length.months
    year, month = divmod(months, 12)
    year = min(max(year, date.min.year), date.max.year)
    moved = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    try:
        return moved + timedelta(days=length.ms // DAY)
    except OverflowError:
        return date.max if length.ms > 0 else date.min


def span_ms(length: Duration) -> int:
    """A duration in milliseconds, a month counted as 30 days: for comparing lengths, never for dates."""
    return length.months * 30 * DAY + length.ms


def next_day(today: date, name: str) -> date:
    """The next day of that name after today: monday … sunday, weekday (Monday to Friday), day.

    ValueError for any other word.
    """
    for step in range(1, 8):
        day = today + timedelta(days=step)
        if is_day(day, name):
            return day
    raise ValueError(f"{name} is no day")


def wake_on_day(now: int, name: str, hour: time | None, zone_name: str) -> int:
    """When `wait until Monday at HOUR` ends: today too, where that hour is still to come.

    `weekday` begins tomorrow.
    """
    today = day_of(now, zone_name)
    if name in WEEKDAYS and is_day(today, name):
        moment = wake_on(today, hour, zone_name)
        if moment > now:
            return moment
    return wake_on(next_day(today, name), hour, zone_name)


def next_time(now: int, name: str, hour: time, zone_name: str) -> int:
    """The next time that it is such a day, at that hour: today too, where the hour is still to come."""
    today = day_of(now, zone_name)
    moment = wake_on(today, hour, zone_name)
    return moment if is_day(today, name) and moment > now else wake_on(next_day(today, name), hour, zone_name)


def is_day(day: date, name: str) -> bool:
    """Is it a monday … sunday, a weekday (Monday to Friday), a day?"""
    if name == "weekday":
        return day.weekday() < 5
    return name == "day" or WEEKDAYS[day.weekday()] == name


def period(word: str, day: date) -> tuple[date, date]:
    """First and last day of this_week, last_week, this_month, last_month as seen from `day` (RULES G4)."""
    if word.endswith("week"):
        first = day - timedelta(days=day.weekday() + (7 if word.startswith("last") else 0))
        return first, first + timedelta(days=6)
    first = day.replace(day=1)
    if word.startswith("last"):
        first = add(first, Duration(-1))
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def wake(now: int, name: str, length: Duration, hour: time | None) -> int:
    """When `wait LENGTH [at HOUR]` ends: a length of time, or that many calendar days on at the hour (RULES G5)."""
    today = local(now, name)
    if hour is not None:
        return at(add(today.date(), length), hour, name)
    if length.months:
        return at(add(today.date(), length), today.time(), name)
    return now + length.ms


def wake_on(day: date, hour: time | None, name: str) -> int:
    """When `wait until DAY [at HOUR]` ends; without an hour at 09:00 (RULES G6)."""
    return at(day, hour or _NOON_MORNING, name)
