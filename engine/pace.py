"""How fast a channel may go: SMS parts are spread evenly, and what was not used is not made up for.

The moment until which the pace is used up is stored with every pick, so that neither a restart nor another owner is a
reason to go faster; within an owner each message waits for the one before as it really left.
"""

from __future__ import annotations

import asyncio
import math
import sys

from engine.clock import Clock
from engine.loops import told

_SECOND = 1_000
MOST_PARTS = 255
"""No message has more (GSM 03.40): no pace is used up for longer than these take."""


class Plan:
    """When messages may leave that are picked now, one after the other; `used_up`: until when the pace is used up."""

    def __init__(self, interval: float, used_up: float, now: int) -> None:
        self._interval = interval
        self._until = now + _SECOND
        self.used_up = max(_sane(used_up, interval, self._until), now)

    def take(self, parts: int) -> int | None:
        """When the next message may leave, if it may within a second (ms); else it is not to be picked yet."""
        begin = math.ceil(self.used_up)
        if not self._interval:
            return begin
        if begin > self._until:
            return None
        self.used_up = begin + max(parts, 1) * self._interval
        return begin


class Pace:
    """`per_second`: SMS parts, None for no limit.  It starts empty: a restart is no reason to go faster."""

    def __init__(self, per_second: float | None, clock: Clock) -> None:
        self.interval = _SECOND / per_second if per_second else 0.0
        self._clock = clock
        self._used_up = 0.0
        self._one = asyncio.Lock()
        self._end = asyncio.Event()
        self._ended = False

    def in_a_second(self) -> int:
        """How many parts may go within a second, at least one."""
        return math.ceil(_SECOND / self.interval) if self.interval else sys.maxsize

    def empty(self) -> int:
        """When the first message of a new owner may leave."""
        return math.ceil(self._clock.now() + self.interval)

    def is_used_up(self, until: int) -> bool:
        """Is all of the next second taken, where the pace is used up until then (ms)?"""
        now = self._clock.now()
        return bool(self.interval) and _sane(until, self.interval, now) > now + _SECOND

    @property
    def used_up(self) -> int:
        """Until when what really left has used the pace up (ms)."""
        return math.ceil(self._used_up)

    def end(self) -> None:
        """Nothing leaves any more: nobody need wait for his turn."""
        self._ended = True
        self._end.set()

    def plan(self, used_up: int) -> Plan:
        """For messages that are picked now; `used_up` as it was stored."""
        return Plan(self.interval, max(used_up, self._used_up), self._clock.now())

    async def turn(self, begin: int, parts: int) -> None:
        """Until so many parts may go: not before `begin`, and not before their place behind those that went."""
        if not self.interval:
            return
        async with self._one:  # whoever came first goes first
            begin = max(begin, math.ceil(_sane(self._used_up, self.interval, self._clock.now())))
            while (now := self._clock.now()) < _sane(begin, self.interval, now) and not self._ended:
                await told(self._end, (begin - now) / _SECOND)
            if not self._ended:
                self._used_up = now + max(parts, 1) * self.interval


def _sane(moment: float, interval: float, now: int) -> float:
    """What is further ahead than any message takes was written before the clock was set back: it holds nothing up."""
    return moment if moment <= now + _SECOND + MOST_PARTS * interval else now
