"""A misbehaving SMS gateway: it takes messages or not, and says what is true, something else, or nothing."""

from __future__ import annotations

import asyncio
from random import Random
from typing import TYPE_CHECKING

from engine.delivery import Down, Message, Outcome, Receipt, Refused, Retry, Sent, Unknown

if TYPE_CHECKING:
    from tests.simulation.world import World

_STATUSES = ("sent", "delivered", "undelivered", "rejected")
_LATENCIES = (0.0, 0.5, *(0.1,) * 28)
"""Seconds; few different ones, so that much happens at one moment, and makes batches."""
_GARBAGE = (Receipt("eaten", "x"), Receipt("delivered", "not-a-name"), Receipt("sent", "", "nobody's"), Receipt("", ""))


class Network:
    """One channel's provider, outside of the process that calls it."""

    def __init__(self, channel: str, world: World, chance: Random) -> None:
        self.channel = channel
        self._world = world
        self._chance = chance
        self._down_until = 0.0

    async def send(self, message: Message) -> Outcome:
        """As an adapter would: raises for garbage, and may take longer than anybody waits."""
        with self._world.seen():
            self._world.witness.handed(self.channel, message)
        chance, weather = self._chance, self._world.weather
        await self._pause(chance.choice(_LATENCIES))
        if self._is_down():
            return Down("no connection")
        outcome = self._own_fault(chance.random())
        if outcome is not None:
            return outcome
        provider_id = f"{self.channel}-{message.ref}"
        self._arrive(message, provider_id)
        await self._pause(chance.choice((5, 55, 90)) if chance.random() < weather.slow else chance.choice(_LATENCIES))
        roll = chance.random()
        if roll < weather.no_answer:
            return Unknown("no answer")
        if roll < weather.no_answer + weather.fault:
            raise ValueError("garbage where an answer should be")
        return Sent("" if chance.random() < 0.1 else provider_id)

    async def _pause(self, seconds: float) -> None:
        process = self._world.loop.life
        await asyncio.sleep(seconds)
        assert process in self._world.processes.all, "the process ended, and goes on"

    def _is_down(self) -> bool:
        now = self._world.loop.time()
        if self._world.weather.no_answer and self._chance.random() < 0.01:
            self._down_until = now + self._chance.choice((3, 20, 90))
        return now < self._down_until

    def _own_fault(self, roll: float) -> Outcome | None:
        weather = self._world.weather
        if roll < weather.retry:
            return Retry("throttled", self._chance.choice((None, 5.0)))
        if roll < weather.retry + weather.refused:
            return Refused("no such number", opted_out=self._chance.random() < 0.1)
        if roll < weather.retry + weather.refused + weather.no_answer / 2:
            return Unknown("cut off before it arrived")
        return None

    def _arrive(self, message: Message, provider_id: str) -> None:
        with self._world.seen():
            self._world.witness.arrived(self.channel, message)
        self._world.phone(message.recipient).hear(message.text)
        chance, weather = self._chance, self._world.weather
        if chance.random() < weather.garbage:
            self._world.bring_receipt(self.channel, chance.choice(_GARBAGE))
        if chance.random() >= weather.receipts:
            return
        last = "delivered" if chance.random() < 0.9 else chance.choice(_STATUSES)
        said = [(last, chance.choice((0, 3, 10, 30)))]
        if chance.random() < weather.odd_receipts:
            said = [*said, (chance.choice(_STATUSES), chance.choice((0, 3, 10, 30))), (last, 60)]
        for status, seconds in said:
            receipt = chance.choice((Receipt(status, message.ref), Receipt(status, "", provider_id)))
            self._world.later(self._world.round(seconds), lambda this=receipt: self._report(this))

    def _report(self, receipt: Receipt) -> None:
        self._world.bring_receipt(self.channel, receipt)


class Beds:
    """What `do book_bed` calls: it fails at times, and takes its time."""

    def __init__(self, world: World, chance: Random) -> None:
        self._world = world
        self._chance = chance

    async def __call__(self, args: dict[str, object]) -> dict[str, object]:
        await asyncio.sleep(self._chance.choice(_LATENCIES))
        if self._chance.random() < self._world.weather.retry * 4:
            raise ConnectionError("nobody there")
        return {"number": f"B{args['bed']}"}
