"""The values of a conversation and their plain form: `unpack(pack(v)) == v`, exact, for every value.

Values are None (empty), bool, int, Decimal, str, date, time, Duration, datetime (aware) and tuples of them.  A code
and a row's key are str.  Whole numbers are always int, never Decimal.  The plain form is what JSON can hold.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple


class Duration(NamedTuple):
    """A length of time: calendar months and milliseconds."""

    months: int = 0
    ms: int = 0


Scalar = None | bool | int | Decimal | str | date | time | datetime | Duration
Value = Scalar | tuple[Any, ...]
Packed = None | bool | int | str | list[Any]


def pack(value: Value) -> Packed:
    """A value in the form that JSON can hold: a list [tag, text] for what JSON has no word for."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return ["n", str(value)]
    if isinstance(value, datetime):
        return ["m", value.isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, time):
        return ["t", value.isoformat("minutes")]
    if isinstance(value, Duration):
        return ["s", value.months, value.ms]
    return ["l", *(pack(item) for item in value)]


def unpack(packed: Packed) -> Value:
    """The value whose plain form this is."""
    if not isinstance(packed, list):
        return packed
    value: Value = _READERS[packed[0]](packed)
    return value


_READERS: dict[str, Any] = {
    "n": lambda p: Decimal(p[1]),
    "m": lambda p: datetime.fromisoformat(p[1]),
    "d": lambda p: date.fromisoformat(p[1]),
    "t": lambda p: time.fromisoformat(p[1]),
    "s": lambda p: Duration(p[1], p[2]),
    "l": lambda p: tuple(unpack(item) for item in p[1:]),
}
