"""The processes of a simulation: each begins, crashes, is stopped, stands still, and goes on where it was.

One over a file, or several over a database that they share; the database is there whatever happens to them.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING

from engine.ids import Ids
from engine.library import Library
from engine.registry import Registry
from engine.runtime import Runtime, Setup
from engine.store import StoreError
from tests.simulation.country import country
from tests.simulation.disk import SimulatedStore
from tests.simulation.loop import Life

if TYPE_CHECKING:
    from tests.simulation.world import World

AWAY = (0.1, 1.0, 10.0)
"""Seconds until a process that ended begins again."""
STILL = (1.0, 20.0, 170.0, 170.0, 400.0)
"""Seconds that a process stands still, as where a machine has no memory left: shorter than a lease, or longer."""


class MachineClock:
    """What a machine takes the time for: milliseconds UTC.  `skew`: how far it is from the others."""

    def __init__(self, world: World, skew: int = 0) -> None:
        self._world = world
        self._skew = skew

    def now(self) -> int:
        return self._world.now() + self._world.ahead + self._skew


class Process(Life):
    """One life of the engine, on the database that others left or share."""

    def __init__(self, world: World, number: int) -> None:
        super().__init__()
        self._world = world
        made = country()
        chance = Random(f"{world.seed} process {number}")
        clock = MachineClock(world, chance.randrange(300) if world.shared else 0)
        self.store = SimulatedStore(world, chance)
        ids = Ids(clock, chance.getrandbits)
        self.clock = clock
        self.registry = Registry(self.store, ids, clock)
        library = Library(made.library.phrases)
        library._by_hash = made.library._by_hash  # linked once for all simulations
        gateways = {network.channel: network for network in world.networks}
        setup = Setup(
            gateways,
            self._measure,
            manners=world.manners,
            actions={"book_bed": world.beds},
            zone=world.season.zone,
            quiet=world.season.quiet,
        )
        self.runtime = Runtime(self.store, self.registry, library, setup, ids, clock)
        self.up = False
        self.crash_in = 0

    def _measure(self, said: str) -> tuple[str, int]:
        if self._world.unmeasurable and self._world.unmeasurable in said:
            raise ValueError("nobody knows how long this is")
        return "gsm7", 1 + len(said) // 160


class Processes:
    """Those that there are just now."""

    def __init__(self, world: World, count: int, chance: Random) -> None:
        self._world = world
        self._chance = chance
        self.starts = 0
        self.all: list[Process] = []
        for _ in range(count):
            self._boot()

    def __iter__(self) -> Iterator[Process]:
        return iter(self.all)

    @property
    def well(self) -> bool:
        """Is each of them up and running?"""
        return all(process.up and not process.still for process in self.all)

    def any(self) -> Process:
        """One of them, as whoever shares out the work chooses it."""
        return self._chance.choice(self.all)

    def after_a_step(self) -> None:
        """Let those crash whose time has come."""
        for process in self.all:
            if process.crash_in:
                process.crash_in -= 1
                if not process.crash_in:
                    self.crash(process)
            if process.store.crashed:
                self.crash(process)

    def crash(self, process: Process) -> None:
        """It ends in the middle, and another one begins a moment later."""
        if process not in self.all or process.store.dead:
            return
        self.end(process)
        self._world.witness.look()
        self._world.later(self._chance.choice(AWAY), lambda: self._begin_again(process))

    def end(self, process: Process) -> None:
        """Nothing of it happens any more."""
        process.up = False
        process.store.die()
        self._world.loop.kill(process)

    def stand_still(self, process: Process) -> None:
        """It takes itself for running, and nothing of it happens for a while."""
        if process.still or process.store.dead:
            return
        process.still = True
        self._world.later(self._chance.choice(STILL), lambda: self._world.loop.go_on(process))

    async def restart(self, process: Process) -> None:
        """As an administrator would: a stop, and a start."""
        process.up = False
        await process.runtime.stop(10)
        self._world.later(0, lambda: self.crash(process))

    def calm(self) -> None:
        """No crash that was planned happens."""
        for process in self.all:
            process.crash_in = process.store.until_crash = 0
            process.store.full = False

    def _begin_again(self, gone: Process) -> None:
        self.all.remove(gone)
        self._boot()

    def _boot(self) -> None:
        process = Process(self._world, self.starts)
        self.starts += 1
        self.all.append(process)
        with self._world.loop.inside(process):
            self._world.loop.create_task(self._start(process), name="start")

    async def _start(self, process: Process) -> None:
        try:
            for program in self._world.published:
                await process.runtime.publish(program)
            await process.runtime.start()
        except StoreError:
            self._world.later(0, lambda: self.crash(process))
        else:
            process.up = True
