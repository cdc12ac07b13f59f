"""Ids of 63 bits, in the order of time: never the same twice in one process, and by chance alone in two."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable

from engine.clock import Clock

BUCKETS = 1024
_LOW_BITS = 21
_RANDOM_BITS = 20  # half of the low bits, so that a busy millisecond has a million ids left to count up


def bucket_of(box_id: int) -> int:
    """Where the rows of a box are kept."""
    return box_id % BUCKETS


class Ids:
    """42 bits of milliseconds, 21 that begin at random in each: a clock set back after a restart makes no twin.

    `chance`: so many random bits; a simulation gives its own.
    """

    def __init__(self, clock: Clock, chance: Callable[[int], int] = secrets.randbits) -> None:
        self._clock = clock
        self._chance = chance
        self._last = 0
        self._moment = -1
        self._lock = threading.Lock()

    def new(self) -> int:
        """The next id, greater than all before it."""
        moment = self._clock.now()
        with self._lock:
            fresh = 0
            if moment != self._moment:
                self._moment = moment
                fresh = (moment << _LOW_BITS) | self._chance(_RANDOM_BITS)
            self._last = max(self._last + 1, fresh)
            return self._last
