"""The one place that reads the time: milliseconds UTC, as integers."""

from __future__ import annotations

import time
from typing import Protocol

END = 4_102_444_800_000
"""The year 2100: some years later ids would no longer fit into the database's numbers."""


def can_be(now: int) -> bool:
    """Is it a time under which anything can be stored?  Whether it is the right one, `engine.watch` looks."""
    return 0 <= now < END


class Clock(Protocol):
    """What motion asks for the time; tests give their own."""

    def now(self) -> int:
        """Milliseconds since 1970, UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> int:
        """Milliseconds since 1970, UTC."""
        return time.time_ns() // 1_000_000


class DatabaseClock:
    """The database server's clock, which is the same for all processes: this machine's, corrected by what it said."""

    def __init__(self, machine: Clock | None = None) -> None:
        self._machine = machine or SystemClock()
        self._ahead = 0

    def now(self) -> int:
        """Milliseconds since 1970, UTC."""
        return self._machine.now() + self._ahead

    def own(self) -> int:
        """The same, as this machine has it."""
        return self._machine.now()

    def correct(self, theirs: int, asked: int, answered: int) -> None:
        """The server said `theirs`, somewhere between these two moments of our own."""
        self._ahead = theirs - (asked + answered) // 2
