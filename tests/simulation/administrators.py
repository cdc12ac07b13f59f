"""What administrators and their machines do meanwhile: publish, order, pause, merge, restart, and set clocks wrong.

Whatever somebody begins he brings to its end in calm weather: buttons are let go, holds end, and clocks stay.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from random import Random
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from engine import held
from engine.audience import Audience
from engine.limits import HOUR, MINUTE
from engine.orders import Order
from engine.pauses import Button, pause, unpause
from tests.simulation.country import GROUP, WORKERS, country
from tests.simulation.disk import drive
from tests.simulation.processes import Process

if TYPE_CHECKING:
    from tests.simulation.world import World

JUMPS = (-30_000, 30_000, -10 * MINUTE, 10 * MINUTE, 3 * HOUR, -3 * HOUR, 30 * HOUR)
"""Milliseconds by which a clock is set: as NTP does, and as somebody does who mistook the hour or the day."""
MENDED_WITHIN = 600.0
"""Seconds until somebody sets it right again."""
LOOKED_AFTER = 200.0
"""Seconds until somebody sees that the engine is on hold."""
BUTTONS = (Button("all", ""), Button("channel", "a"), Button("flow", "survey"), Button("flow", "tally"))
_HOLD = "SELECT count(*) FROM meta WHERE name = 'hold' AND json_extract(value, '$.kind') = 'clock'"


class Administrators:
    """All of them."""

    def __init__(self, world: World, chance: Random) -> None:
        self._world = world
        self._chance = chance
        self._pressed: set[Button] = set()
        self._is_calm = False

    def plan(self, active: float, bursts: list[float]) -> None:
        """What they will do in so many seconds."""
        self._active, self._bursts = active, bursts
        self._at(1, self._publish)
        self._maybe(0.3, 1, self._order)
        self._maybe(0.3, 2, self._press)
        self._maybe(0.3, 2, self._move_number)
        if not self._world.weather.gone:
            return
        self._maybe(0.3, 1, self._fill_disk)
        self._maybe(0.3, 1, self._restart)
        self._maybe(0.3, 3, self._jump)
        self._at(self._chance.choice((0, 1, 2, 3, 5)), self._doom)
        if self._world.shared:
            self._at(self._chance.randrange(1, 6), self._stand_still)

    def calm(self) -> None:
        """All is put right, however often it takes."""
        self._is_calm = True
        self._world.processes.calm()
        for button in sorted(self._pressed):
            self._let_go(button)
        self._look_after()

    # ------------------------------------------------------------ what they do

    def _publish(self) -> None:
        """A new version of a flow, while its conversations run."""

        async def publish(process: Process) -> None:
            await process.runtime.publish(country().later)
            self._world.published.append(country().later)

        self._world.ask(publish, _whatever)

    def _order(self) -> None:
        """A text or a flow for many."""
        order = self._chance.choice((Order(Audience(GROUP), text="Meeting on Friday"), Order(Audience(GROUP), "tally")))

        async def place(process: Process) -> None:
            await process.runtime.broadcasts.orders.place(order, "admin")
            process.runtime.broadcasts.wake()

        self._world.ask(place, _whatever)

    def _press(self) -> None:
        button = self._chance.choice(BUTTONS)
        self._pressed.add(button)

        def then(_done: bool) -> None:
            if self._is_calm:  # the process stood still with it, and woke when all the others had let go
                self._let_go(button)

        self._world.ask(lambda p: pause(p.store, button, "admin", "", p.clock.now()), then)
        self._world.later(self._chance.random() * MENDED_WITHIN, lambda: self._let_go(button))

    def _let_go(self, button: Button) -> None:
        async def let_go(process: Process) -> None:
            await unpause(process.store, button, "admin", process.clock.now())
            process.runtime.wake()

        self._until_done(let_go)

    def _move_number(self) -> None:
        """A worker has the phone of another, too: their boxes become one."""
        if "purge" in self._world.cast:  # events have other numbers then, and nobody knows what was wiped
            return
        worker, other = self._chance.sample(WORKERS, 2)
        phones = f"{country().phones[worker]}, {country().phones[other]}"

        async def move(process: Process) -> None:
            await process.registry.put_workers([{"id": worker, "phones": phones}], "admin")

        self._world.ask(move, _whatever)

    def _restart(self) -> None:
        process = self._world.processes.any()
        self._world.ask(self._world.processes.restart, _whatever, process)

    def _stand_still(self) -> None:
        self._world.processes.stand_still(self._world.processes.any())

    def _doom(self) -> None:
        """A process will end soon: between two callbacks, or in the middle of a transaction."""
        process = self._world.processes.any()
        if self._chance.random() < 0.3:
            process.store.until_crash = self._chance.randrange(1, 60)
        else:
            process.crash_in = self._chance.choice((1, 10, 100)) * self._chance.randrange(1, 10)

    def _fill_disk(self) -> None:
        full = list(self._world.processes)
        for process in full:
            process.store.full = True

        def empty() -> None:
            for process in full:
                process.store.full = False

        self._world.later(self._chance.random() * 40, empty)

    def _jump(self) -> None:
        """The clock is set, by whoever it is."""
        ms = self._chance.choice(JUMPS)
        self._set_clock(ms)
        if self._chance.random() < 0.7:
            self._world.later(self._chance.random() * MENDED_WITHIN, lambda: self._set_clock(-ms))

    def _set_clock(self, ms: int) -> None:
        self._world.set_clock(self._world.ahead + ms)
        self._world.later(LOOKED_AFTER, self._look_after)

    def _look_after(self) -> None:
        """Whoever sees that the clock holds the engine says that the time is right; what was restored is not his."""
        if drive().raw.execute(_HOLD).fetchone()[0]:
            self._until_done(self._resume)

    async def _resume(self, process: Process) -> None:
        def release(connection: Connection) -> None:
            found = held.state(connection).hold
            if found is not None and not found.everything:
                held.release(connection, process.clock.now())

        await process.store.write(release)
        process.runtime.wake()

    # ------------------------------------------------------------ when

    def _at(self, times: int, what: Callable[[], None]) -> None:
        for _ in range(times):
            moment = self._chance.choice((self._chance.random() * self._active, self._chance.choice(self._bursts)))
            self._world.later(moment, what)

    def _maybe(self, share: float, most: int, what: Callable[[], None]) -> None:
        if self._chance.random() < share:
            self._at(self._chance.randrange(most) + 1, what)

    def _until_done(self, act: Callable[[Process], Awaitable[object]]) -> None:
        def then(done: bool) -> None:
            if not done:
                self._world.later(5, lambda: self._until_done(act))

        self._world.ask(act, then)


def _whatever(_done: bool) -> None:
    """Nobody minds."""
