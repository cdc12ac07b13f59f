"""How fast a gateway is served: what was accepted by when, looked at ten times a second while a siege goes on."""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from tests.crash.siege import Gateway

FIRST = 2.0
"""Seconds after a restart that are compared with the rest."""

Span = tuple[float, float]


class Pace:
    """Samples of a gateway; `lives`: from when to when (monotonic seconds) a server was ready."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._samples: list[tuple[float, int]] = []
        self.lives: list[Span] = []

    async def watch(self) -> None:
        """Until it is cancelled."""
        while True:
            self._samples.append((time.monotonic(), self._gateway.accepted))
            await asyncio.sleep(0.1)

    def said(self) -> str:
        """Messages a second right after restarts, and over all the time that a server was ready."""
        after = self._rate((begin, min(begin + FIRST, end)) for begin, end in self.lives[1:])
        overall = self._rate(self.lives)
        return f"{after:,.0f} messages a second in the first {FIRST:.0f} s after a restart, {overall:,.0f} in all"

    def _rate(self, spans: Iterable[Span]) -> float:
        seconds, accepted = 0.0, 0
        for each_seconds, each_accepted in self._counts(spans):
            seconds += each_seconds
            accepted += each_accepted
        return accepted / seconds if seconds else 0.0

    def _counts(self, spans: Iterable[Span]) -> Iterator[tuple[float, int]]:
        for begin, end in spans:
            yield end - begin, self._by(end) - self._by(begin)

    def _by(self, moment: float) -> int:
        place = bisect_left(self._samples, (moment, 0))
        return self._samples[min(place, len(self._samples) - 1)][1]
