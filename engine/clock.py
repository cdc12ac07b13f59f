"""The one place that reads the time: milliseconds UTC, as integers."""

from __future__ import annotations

import time
from typing import Protocol


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
