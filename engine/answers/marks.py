"""What marks inside a number mean: 1,500 is fifteen hundred, or one and a half, by the language (RULES M5)."""

from __future__ import annotations

import re
from decimal import Decimal

_GROUPED = re.compile(r"[1-9]\d{0,2}(?:\D\d{3})+|[1-9]\d?(?:\D\d{2})+\D\d{3}")
_MARKS = re.compile(r"[.,' ]")
_LONGEST = 18


def readings(number: str, decimal_mark: str, thousands_marks: str) -> list[Decimal]:
    """All that digits with marks between them can mean, the likeliest in this language first; none: no number.

    `number` has no sign.  More than 18 digits are no number that a person counts.
    """
    if sum(sign.isdigit() for sign in number) > _LONGEST:
        return []
    marks = _MARKS.findall(number)
    if not marks:
        return [Decimal(number)]
    if len(set(marks)) == 1:
        return _one_kind(number, marks[0], decimal_mark, thousands_marks)
    return _two_kinds(number, marks)


def _one_kind(number: str, mark: str, decimal_mark: str, thousands_marks: str) -> list[Decimal]:
    whole = [Decimal(number.replace(mark, ""))] if _GROUPED.fullmatch(number) else []
    if number.count(mark) > 1 or mark not in ".,":
        return whole
    fraction = [Decimal(number.replace(mark, "."))]
    return whole + fraction if mark in thousands_marks and mark != decimal_mark else fraction + whole


def _two_kinds(number: str, marks: list[str]) -> list[Decimal]:
    """1,500.5 and 1.500,5: the last mark is the decimal one, wherever the writer comes from."""
    last = marks[-1]
    if last not in ".," or marks.count(last) > 1 or len(set(marks)) > 2:
        return []
    whole, fraction = number.rsplit(last, 1)
    return [Decimal(f"{_MARKS.sub('', whole)}.{fraction}")] if _GROUPED.fullmatch(whole) else []
