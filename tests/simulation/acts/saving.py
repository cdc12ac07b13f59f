"""A channel may send so much a day: what is too much waits, and what was counted is what left."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from engine.spending import KEPT, Tariff, day
from tests.simulation.acts.act import Act, expect
from tests.simulation.disk import drive

if TYPE_CHECKING:
    from tests.simulation.world import World

CHANNEL = "a"
LIMITS = (30, 60, 90)
EVERY = 10
"""Transactions between two looks."""
_LEFT = """
    SELECT a.started_at, o.class, o.parts FROM attempt a JOIN outbox o USING (bucket, box_id, out_id)
    WHERE o.channel = ? AND (a.outcome IS NULL OR a.outcome IN ('sent', 'unknown'))
"""
_COUNTED = "SELECT day, parts FROM spending WHERE channel_id = ?"


class Saving(Act):
    """Once it is calm, somebody gives the channel more."""

    def __init__(self, world: World, chance: Random) -> None:
        super().__init__(world, chance)
        self._limit = self.chance.choice(LIMITS)
        self._give(self._limit)

    def calm(self) -> None:
        self._limit = 0
        self._give(1_000_000)
        for process in self.world.processes.all:
            self.world.later(0, lambda gone=process: self.world.processes.crash(gone))

    def committed(self) -> None:
        if self._limit and not self.world.witness.commits % EVERY:
            self._compare()

    def conclude(self) -> None:
        self._compare()

    def _give(self, parts: int) -> None:
        self.world.manners[CHANNEL] = replace(self.world.manners[CHANNEL], tariff=Tariff(daily_parts=parts))

    def _compare(self) -> None:
        left: dict[str, list[int]] = {}
        for started_at, rank, parts in drive().raw.execute(_LEFT, (CHANNEL,)):
            left.setdefault(day(started_at, self.world.season.zone), [0, 0, 0, 0])[rank] += parts
        counted = dict(drive().raw.execute(_COUNTED, (CHANNEL,)))
        for on, ranks in left.items():
            count = counted.get(on)
            expect(count == sum(ranks), f"limit: on {on}, {sum(ranks)} parts left, and {count} count")
            if self._limit:
                expect(sum(ranks[1:]) <= self._limit, f"limit: {sum(ranks[1:])} parts of {self._limit} left on {on}")
                late = sum(ranks[2:])
                why = f"limit: {late} parts of {self._limit} that could wait left on {on}"
                expect(late <= self._limit * (1 - KEPT), why)
