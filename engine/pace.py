"""How fast a channel may go: SMS parts are spread evenly, and what was not used is not made up for."""

from __future__ import annotations

import asyncio
import math
import sys


class Pace:
    """`per_second`: SMS parts, None for no limit.  It starts empty: a restart is no reason to go faster."""

    def __init__(self, per_second: float | None) -> None:
        self._interval = 1 / per_second if per_second else 0.0
        self._free_at: float | None = None

    def in_a_second(self) -> int:
        """How many parts may go within a second, at least one."""
        return math.ceil(1 / self._interval) if self._interval else sys.maxsize

    async def wait(self, parts: int) -> None:
        """Until so many parts may go."""
        if not self._interval:
            return
        now = asyncio.get_running_loop().time()
        start = max(now, self._free_at if self._free_at is not None else now + self._interval)
        self._free_at = start + max(parts, 1) * self._interval
        await asyncio.sleep(start - now)
