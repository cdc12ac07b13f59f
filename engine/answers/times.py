"""Times of day as people write them: 9, 9:30, 9h30, 09.30, 0930, 9 pm; always between 00:00 and 23:59."""

from __future__ import annotations

import re
from datetime import time

from engine.answers.reading import Reading
from engine.answers.result import Right, Wrong

_TIME = re.compile(r"(\d{1,2})(?: ?[:.h*] ?(\d\d)?)?(?: ?h(?:rs|ours|eures)?)? ?(?:([ap])\.?m\.?)?|(\d\d)(\d\d)")
_EXAMPLE = time(9, 30)


def read_time(reading: Reading) -> Right | Wrong:
    """A time between the question's bounds."""
    match = _TIME.fullmatch(reading.text.rstrip("#").strip(" ,!?;").casefold())
    found = _time(match) if match else None
    if found is None:
        return reading.wrong("unreadable", "time", example=_EXAMPLE)
    return reading.within(found, "time", _EXAMPLE)


def _time(match: re.Match[str]) -> time | None:
    hour, minute = int(match[1] or match[4]), int(match[2] or match[5] or 0)
    if match[3] and not 1 <= hour <= 12:
        return None
    if match[3]:
        hour = hour % 12 + (12 if match[3] == "p" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None
