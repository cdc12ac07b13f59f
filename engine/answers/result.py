"""What came of reading an answer: either a value, or why there is none and what to say; never an exception."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from engine.values import Value


class Right(NamedTuple):
    """`value` is None where an optional question was skipped.  `label`: what a person reads for a code.

    `unsure`: another reading was possible ("1.500" could be 1.5); the value is to be confirmed (RULES M5).
    """

    value: Value
    label: str = ""
    unsure: bool = False


class Wrong(NamedTuple):
    """`key` and `values` go to `Phrases.say`.

    `why`: unreadable, several (more than one answer where one is wanted), alone (choices that exclude each other),
    fraction, low, high, future, past, long, count (of digits).
    """

    why: str
    key: str
    values: Mapping[str, str] = {}


Result = Right | Wrong
