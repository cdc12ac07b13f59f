"""Dates as people write them, day first; nothing is guessed but a year or a century that was left out."""

from __future__ import annotations

import re
from datetime import date, timedelta

from engine.answers.ethiopian import to_gregorian
from engine.answers.reading import Reading
from engine.answers.result import Right, Wrong
from engine.answers.vocabulary import Vocabulary
from engine.letters import fold
from engine.spelling import near

_DAY_FIRST = re.compile(r"(\d{1,2})(?: ?[./,*-] ?| )(\d{1,2})(?:(?: ?[./,*-] ?| )(\d{4}|\d{2}))?")
_YEAR_FIRST = re.compile(r"(\d{4})(?: ?[./-] ?| )(\d{1,2})(?: ?[./-] ?| )(\d{1,2})")
_YEAR_FIRST_TOGETHER = re.compile(r"(\d{4})(\d\d)(\d\d)")
_TOGETHER = re.compile(r"(\d\d)(\d\d)(\d{4}|\d\d)?")
_NUMBERS_AND_WORDS = re.compile(r"\d+|[^\W\d_]+")
_RELATIVE = {"today": 0, "yesterday": -1, "before_yesterday": -2, "tomorrow": 1}
ETHIOPIAN = "ethiopian"
"""The calendar of a worker whose record says so in its field `calendar`."""

_YEARS = range(1900, 2200)
_AHEAD = 20
_LEAP = 8
_LONG_AGO = 5 * 365 + 1


def read_date(reading: Reading) -> Right | Wrong:
    """A date that keeps the question's rule and bounds."""
    text = reading.text.rstrip("#").strip(" .,!?;:")
    found = _relative(text, reading) or _numeric(text, reading) or _named(text, reading)
    if found is None:
        return reading.wrong("unreadable", "date", example=_example(reading))
    return _confirmed(_allowed(found, reading), reading)


def _confirmed(result: Right | Wrong, reading: Reading) -> Right | Wrong:
    """Where people count years otherwise, a year long past is perhaps one of theirs (RULES G7)."""
    doubtful = "am" in reading.question.languages and not reading.question.calendar
    if isinstance(result, Right) and isinstance(result.value, date) and doubtful:
        return result._replace(unsure=(reading.today - result.value).days > _LONG_AGO)
    return result


def _allowed(found: date, reading: Reading) -> Right | Wrong:
    rule, today = reading.question.rule, reading.today
    if rule == "not_future" and found > today:
        return reading.wrong("future", "date_not_future", example=_example(reading))
    if rule == "not_past" and found < today:
        return reading.wrong("past", "date_not_past", example=_example(reading))
    return reading.within(found, "date", _example(reading))


def _example(reading: Reading) -> date:
    """Today, or the nearest day that the bounds allow."""
    low, high = reading.question.low, reading.question.high
    day = reading.today
    day = max(day, low) if isinstance(low, date) else day
    return min(day, high) if isinstance(high, date) else day


def _relative(text: str, reading: Reading) -> date | None:
    words = reading.words
    said = words.without(fold(text), "polite")
    days = next((days for key, days in _RELATIVE.items() if said in words.words(key)), None)
    return None if days is None else reading.today + timedelta(days=days)


def _numeric(text: str, reading: Reading) -> date | None:
    year_first = _YEAR_FIRST.fullmatch(text) or _YEAR_FIRST_TOGETHER.fullmatch(text)
    found = _date(int(year_first[3]), int(year_first[2]), year_first[1], reading) if year_first else None
    match = _DAY_FIRST.fullmatch(text) or _together(text, reading)
    return _date(int(match[1]), int(match[2]), match[3], reading) if match and not found else found


def _together(text: str, reading: Reading) -> re.Match[str] | None:
    """DDMMYYYY and DDMMYY; DDMM in a call only, elsewhere it could be a year."""
    match = _TOGETHER.fullmatch(text)
    return match if match and (match[3] or reading.by_keys) else None


def _named(text: str, reading: Reading) -> date | None:
    """5 mars, March 5th 2026, le 1er avril 25."""
    words = reading.words
    parts = _meaningful(_NUMBERS_AND_WORDS.findall(fold(text)), words)
    if len(parts) not in (2, 3):
        return None
    first, second = (_month(part, words) for part in parts[:2])
    day, month = (parts[0], second) if second else (parts[1], first)
    year = parts[2] if len(parts) == 3 else None
    if month is None or not day.isdecimal() or len(day) > 2 or (year is not None and not _is_year(year)):
        return None
    return _date(int(day), month, year, reading)


def _meaningful(parts: list[str], words: Vocabulary) -> list[str]:
    spare = words.words("small") | words.words("polite") | words.words("ordinal") | words.words("weekdays")
    kept = [part for part in parts if part not in spare or part in words.months]
    return [str(words.numbers.get(part, part)) for part in kept]


def _is_year(text: str) -> bool:
    return text.isdecimal() and len(text) in (2, 4)


def _month(word: str, words: Vocabulary) -> int | None:
    if word.isdecimal():
        return None
    if word in words.months:
        return words.months[word]
    meant = {month for name, month in words.months.items() if near(word, name)}
    return meant.pop() if len(meant) == 1 else None


def _date(day: int, month: int, year: str | None, reading: Reading) -> date | None:
    if year is None:
        return _nearest(day, month, reading)
    if len(year) == 4:
        return _day(int(year), month, day, reading)
    century = 1900 if 2000 + int(year) > reading.today.year + _AHEAD else 2000
    return _day(century + int(year), month, day, reading)


def _nearest(day: int, month: int, reading: Reading) -> date | None:
    """The nearest such day that the question allows; the nearest of all, where it allows none."""
    years = range(reading.today.year - 2 * _LEAP, reading.today.year + _LEAP + 1)
    days = [found for year in years if (found := _day(year, month, day, reading))]
    fitting = [found for found in days if isinstance(_allowed(found, reading), Right)]
    return min(fitting or days, key=lambda found: abs(found - reading.today), default=None)


def _day(year: int, month: int, day: int, reading: Reading) -> date | None:
    if year not in _YEARS:
        return None
    if reading.question.calendar == ETHIOPIAN:
        return to_gregorian(year, month, day)
    try:
        return date(year, month, day)
    except ValueError:
        return None
