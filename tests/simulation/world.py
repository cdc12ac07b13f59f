"""One simulated programme: people, their gateway and the engine, from a seed; the engine may die anywhere.

Everything of the engine is real but for the disk and the time.  `World(seed).run()` raises ViolationError where a
promise was broken.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from random import Random
from typing import Any

from engine.delivery import Receipt
from engine.ids import Ids
from engine.inbox import Arrival, BusyError
from engine.library import Library
from engine.limits import HOUR
from engine.outbox import Manner
from engine.registry import Registry
from engine.runtime import Runtime, Setup
from engine.store import StoreError
from engine.verdicts import HOLD, RESEND
from tests.simulation.country import EVERYBODY, NUMBERS, OPENING, WORKERS, country
from tests.simulation.disk import SimulatedStore, copied, drive
from tests.simulation.loop import SimulatedLoop
from tests.simulation.network import Beds, Network
from tests.simulation.phones import Phone
from tests.simulation.weather import Weather
from tests.simulation.witness import ViolationError, Witness

CHANNELS = ("a", "b")
ACTIVE = 1_800.0
"""Seconds of virtual time in which people write; then the weather turns calm, and all must come to rest."""
REST_WITHIN = 3 * 3_600.0
LOOK_EVERY = 1_000


class SimulatedClock:
    """The time of the loop, as milliseconds UTC."""

    def __init__(self, loop: SimulatedLoop) -> None:
        self._loop = loop

    def now(self) -> int:
        return OPENING + int(self._loop.time() * 1000)


class Process:
    """One life of the engine, on the disk that the one before left."""

    def __init__(self, world: World, number: int) -> None:
        made = country()
        chance = Random(f"{world.seed} process {number}")
        self.store = SimulatedStore(made.vault, world.loop, chance)
        ids = Ids(world.clock, chance.getrandbits)
        self.registry = Registry(self.store, ids, world.clock)
        library = Library(made.library.phrases)
        library._by_hash = made.library._by_hash  # linked once for all simulations
        gateways = {network.channel: network for network in world.networks}
        setup = Setup(gateways, _measure, manners=world.manners, actions={"book_bed": world.beds})
        self.runtime = Runtime(self.store, self.registry, library, setup, ids, world.clock)
        self.up = False


class World:
    """`seed` decides everything.  `messages`: so many deliveries of people, each of which may repeat."""

    def __init__(self, seed: int, messages: int = 200) -> None:
        self.seed = seed
        self.loop = SimulatedLoop(Random(f"{seed} order"))
        self.clock = SimulatedClock(self.loop)
        self.disk = copied(country().image)
        self.witness = Witness(country().vault, country().library)
        self._chance = Random(f"{seed} world")
        self.weather = Weather.of(self._chance)
        self.networks = [Network(name, self, Random(f"{seed} network {name}")) for name in CHANNELS]
        self.beds = Beds(self, Random(f"{seed} beds"))
        self.manners = {name: self._manner() for name in CHANNELS}
        self.phones = {number: Phone(number, Random(f"{seed} phone {number}")) for number in EVERYBODY}
        self.published = list(country().programs)
        self.waiting = 0
        self.finished = False
        self.starts = 0
        self._crash_in = 0
        self._messages = messages
        self.process = self._boot()

    def run(self) -> None:
        """To the end."""
        self._plan()
        with self.loop.current():
            try:
                while not self.finished:
                    self.step()
            finally:
                self.process.store.die()
                self.loop.kill()

    def step(self) -> None:
        """One callback, and what the world does about it."""
        self.loop.step()
        if self.loop.faults:
            raise self.loop.faults[0]
        if self._crash_in:
            self._crash_in -= 1
            if not self._crash_in:
                self.crash()
        if self.process.store.crashed:
            self.crash()
        if not self.loop.steps % LOOK_EVERY:
            self.witness.look()

    # ------------------------------------------------------------ the process

    def _boot(self) -> Process:
        self.process = Process(self, self.starts)
        self.starts += 1
        self.loop.create_task(self._start(self.process), name="start")
        return self.process

    async def _start(self, process: Process) -> None:
        try:
            for program in self.published:
                await process.runtime.publish(program)
            await process.runtime.start()
        except StoreError:
            self.later(0, lambda: self.crash(process))
        else:
            process.up = True

    def crash(self, process: Process | None = None) -> None:
        """The process ends in the middle, and another one begins a moment later."""
        if self.process.store.dead or process not in (None, self.process):
            return
        self._crash_in = 0
        drive().until_crash = 0
        self.process.up = False
        self.process.store.die()
        self.loop.kill()
        self.later(self._chance.choice((0.1, 1, 10)), self._boot)

    async def _restart(self) -> None:
        """As an administrator would: a stop, and a start."""
        process = self.process
        process.up = False
        await process.runtime.stop(10)
        self.later(0, lambda: self.crash(process))

    # ------------------------------------------------------------ what happens

    def later(self, seconds: float, what: Callable[[], Any]) -> None:
        """Outside of the process."""
        self.loop.outside(seconds, what)  # a crash does not undo it

    def round(self, seconds: float) -> float:
        """Until the next full 10 seconds: what does not happen at once is gathered, so that it comes in batches."""
        now = self.loop.time()
        return (now + seconds) // 10 * 10 + 10 - now if seconds >= 1 else seconds

    def phone(self, number: str) -> Phone:
        return self.phones[number]

    def _plan(self) -> None:
        chance = self._chance
        bursts = [chance.random() * ACTIVE for _ in range(chance.randrange(5, 13))]
        for number in range(self._messages):
            moment = chance.choice(bursts) + chance.choice((0, 0, 0, 0, 0.3))
            self.later(moment, lambda n=number: self._write(n))
        for number in range(chance.randrange(12)):
            self.later(chance.choice(bursts), lambda n=number: self._begin(n))
        if self.weather.gone:
            for _ in range(chance.choice((0, 1, 2, 3, 5))):
                self.later(chance.choice((chance.random() * ACTIVE, chance.choice(bursts))), self._doom)
            if chance.random() < 0.3:
                self.later(chance.random() * ACTIVE, self._fill_disk)
            if chance.random() < 0.3:
                self.later(chance.random() * ACTIVE, lambda: self._ask(self._restart, bool))
        self.later(chance.random() * ACTIVE, self._publish_later)
        self.later(ACTIVE, self._calm)

    def _doom(self) -> None:
        """The process will end soon: between two callbacks, or in the middle of a transaction."""
        if self._chance.random() < 0.3:
            drive().until_crash = self._chance.randrange(1, 60)
        else:
            self._crash_in = self._chance.choice((1, 10, 100)) * self._chance.randrange(1, 10)

    def _fill_disk(self) -> None:
        self.process.store.full = True
        self.later(self._chance.random() * 40, self._empty_disk)

    def _empty_disk(self) -> None:
        self.process.store.full = False

    def _publish_later(self) -> None:
        """A new version of a flow, while its conversations run."""

        async def publish() -> None:
            await self.process.runtime.publish(country().later)
            self.published.append(country().later)

        self._ask(publish, bool)

    def _calm(self) -> None:
        self._crash_in = drive().until_crash = 0
        self.weather = Weather.calm()
        self._rest()

    def _rest(self) -> None:
        if self.process.up and not self.waiting and not unrest(self.clock.now()):
            self.process.up = False
            self.loop.create_task(self._end(), name="end")
        elif self.loop.time() > ACTIVE + REST_WITHIN:
            raise_later = ViolationError(
                f"no rest after {REST_WITHIN / 3600:.0f} hours: {unrest(self.clock.now())}, {self.waiting}"
            )
            self.loop.faults.append(raise_later)
        else:
            self.later(120, self._rest)

    async def _end(self) -> None:
        await self.process.runtime.stop(10)
        self.process.store.die()
        self.witness.conclude()
        self.finished = True

    # ------------------------------------------------------------ people and gateways

    def _write(self, number: int) -> None:
        phone = self.phones[self._chance.choice(EVERYBODY if self._chance.random() < 0.1 else NUMBERS)]
        channel = CHANNELS[0] if self._chance.random() < 0.8 else CHANNELS[1]
        arrival = Arrival(channel, f"k{number}", phone.number, phone.say())
        self.witness.texts[f"{channel} k{number}"] = arrival.text
        self.waiting += 1
        self._bring(arrival)

    def _bring(self, arrival: Arrival, again: bool = False) -> None:
        """A gateway brings a delivery until it hears yes; some go on after that."""
        chance, weather = self._chance, self.weather

        async def accept() -> None:
            async with asyncio.timeout(chance.random() if chance.random() < weather.gone else 30):
                await self.process.runtime.accept(arrival)
            self.witness.accepted(f"{arrival.channel} {arrival.key}")

        def then(stored: bool) -> None:
            if not stored or chance.random() < weather.lost_yes:
                self.later(self.round(chance.choice((0.1, 5, 30))), lambda: self._bring(arrival, again))
            elif not again:
                self.waiting -= 1
                if chance.random() < weather.repeats:
                    self.later(self.round(chance.choice((0, 60))), lambda: self._repeat(arrival))

        self._ask(accept, then)

    def _repeat(self, arrival: Arrival) -> None:
        if self.loop.time() < ACTIVE:
            self._bring(arrival, again=True)

    def _begin(self, number: int) -> None:
        """Another system posts an event, until it hears yes."""
        chance = self._chance
        inputs = {
            "lab_number": f"L-{number}",
            "value": chance.choice(("high", "low")),
            "boss": chance.choice(WORKERS),
        }
        self.waiting += 1
        self._post(chance.choice(WORKERS), inputs, f"e{number}")

    def _post(self, worker: str, inputs: dict[str, Any], key: str) -> None:
        async def start() -> None:
            await self.process.runtime.start_flow("result", worker, inputs, key)
            self.witness.accepted(f"event {key}")

        def then(stored: bool) -> None:
            if stored and self._chance.random() >= self.weather.lost_yes:
                self.waiting -= 1
            else:
                self.later(self.round(self._chance.random() * 30), lambda: self._post(worker, inputs, key))

        self._ask(start, then)

    def bring_receipt(self, channel: str, receipt: Receipt, tries: int = 8) -> None:
        """A gateway reports; after so many tries it gives up."""

        def then(stored: bool) -> None:
            if stored:
                self.witness.receipts.append((channel, receipt))
            elif tries:
                self.later(5, lambda: self.bring_receipt(channel, receipt, tries - 1))

        self._ask(lambda: self.process.runtime.receipt(channel, receipt), then)

    def _ask(self, act: Callable[[], Coroutine[Any, Any, None]], then: Callable[[bool], None]) -> None:
        """Ask the engine for something; `then` hears whether it said yes."""
        if not self.process.up:
            self.later(self.round(self._chance.choice((0.5, 2, 10))), lambda: then(False))
            return

        def ended(task: asyncio.Task[None]) -> None:
            error = None if task.cancelled() else task.exception()
            if error is not None and not isinstance(error, StoreError | BusyError | TimeoutError):
                self.loop.faults.append(error)
            then(not task.cancelled() and error is None)

        self.loop.create_task(act()).add_done_callback(ended)

    def _manner(self) -> Manner:
        chance = self._chance
        return Manner(
            chance.choice((1, 8, 32, 32, 32, 32)),
            chance.choice((None, None, None, 10.0)),
            chance.choice((RESEND, RESEND, HOLD)),
        )


def unrest(now: int) -> dict[str, int]:
    """What still has to happen within hours, by what it is."""
    count = {
        "messages": "SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending')",
        "accepted": "SELECT count(*) FROM event WHERE state = 0",
        "mail": "SELECT count(*) FROM mail WHERE done_at IS NULL",
        "timers": f"SELECT count(*) FROM timer WHERE due_at < {now + 6 * HOUR}",
    }
    found = {name: drive().raw.execute(sql).fetchone()[0] for name, sql in count.items()}
    return {name: number for name, number in found.items() if number}


def _measure(said: str) -> tuple[str, int]:
    return "gsm7", 1 + len(said) // 160
