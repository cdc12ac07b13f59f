"""The Ethiopian calendar: twelve months of 30 days and a thirteenth of 5 or 6; a leap year comes every fourth year."""

from __future__ import annotations

from datetime import date

_BEFORE_YEAR_1 = date(8, 8, 27).toordinal()
"""The day on which year 1 began, by our calendar carried back."""


def to_gregorian(year: int, month: int, day: int) -> date | None:
    """The day of our calendar, None where the Ethiopian one has no such day; months are 1 to 13."""
    last = 30 if month < 13 else 6 if year % 4 == 3 else 5
    if not (1 <= month <= 13 and 1 <= day <= last):
        return None
    return date.fromordinal(_BEFORE_YEAR_1 + 365 * (year - 1) + year // 4 + 30 * (month - 1) + day - 1)
