"""Values as cells of a spreadsheet: a number stays a number, and no cell is ever a formula.

What a spreadsheet would change on opening (a formula, a leading zero, a + before a phone number, more digits than it
can hold) gets an apostrophe before it, which makes it a text.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal

from engine.values import Value

_FORMULA = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
_ODD = frozenset("\t\r\n")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_CHANGED = re.compile(r"0\d+|\d{16,}")


def cell(value: Value) -> str:
    """The text of a cell; "" for an empty value, codes of several choices with spaces between."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return _text(" ".join(map(cell, value)))
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, time):
        return value.isoformat("minutes")
    return value.isoformat() if isinstance(value, date) else str(value)


def _text(text: str) -> str:
    shown = text.lstrip()
    formula = shown[:1] in _FORMULA and not _NUMBER.fullmatch(shown)
    return "'" + text if formula or text[:1] in _ODD or _CHANGED.fullmatch(shown) else text
