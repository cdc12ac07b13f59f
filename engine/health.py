"""Can a channel be reached?  While it cannot, it is tried with one message at a time, after pauses that grow."""

from __future__ import annotations

from engine.delivery import Down, Outcome

FIRST_PAUSE, LONGEST_PAUSE = 2_000, 60_000
"""Milliseconds until a channel that cannot be reached is tried again; doubled each time."""


class Health:
    """`until`: when the channel is tried again (ms), 0 while it is up.  `reason`: why it is down."""

    def __init__(self) -> None:
        self._pause = 0
        self.until = 0
        self.reason = ""

    @property
    def up(self) -> bool:
        """Is the channel used as usual?"""
        return not self._pause

    def remember_down(self, now: int) -> None:
        """It was down when its last owner left it."""
        self._pause, self.until = FIRST_PAUSE, now

    def probe(self, under_way: int, now: int) -> int:
        """How many messages may try whether it is up again."""
        return 1 if not under_way and not self._waits(now) else 0

    def heard(self, outcome: Outcome, now: int) -> bool:
        """What a message says of the channel; is that news?"""
        if not isinstance(outcome, Down):
            was_up = self.up
            self._pause, self.until, self.reason = 0, 0, ""
            return not was_up
        if self._waits(now):
            return False
        self._pause = min(self._pause * 2, LONGEST_PAUSE) or FIRST_PAUSE
        self.until, self.reason = now + self._pause, outcome.reason
        return True

    def _waits(self, now: int) -> bool:
        """Is it too early to try?  A clock that was set back makes no pause longer."""
        return now < self.until <= now + LONGEST_PAUSE
