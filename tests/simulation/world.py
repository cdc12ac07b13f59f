"""One simulated programme: people, their gateways and the engine, from a seed; its processes may die anywhere.

Everything of the engine is real but for the disk, the way to it, and the time.  `World(seed).run()` raises
ViolationError where a promise was broken.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from engine.delivery import Receipt
from engine.inbox import Arrival
from engine.lanes import BusyError
from engine.limits import HOUR
from engine.outbox import Manner
from engine.store import StoreError
from engine.verdicts import HOLD, RESEND
from tests.simulation import acts
from tests.simulation.administrators import Administrators
from tests.simulation.country import EVERYBODY, NUMBERS, WORKERS, country
from tests.simulation.disk import copied, drive
from tests.simulation.loop import SimulatedLoop
from tests.simulation.network import Beds, Network
from tests.simulation.phones import Habits, Phone
from tests.simulation.processes import Process, Processes
from tests.simulation.weather import SEASONS, Weather
from tests.simulation.witness import ViolationError, Witness

CHANNELS = ("a", "b")
ACTIVE = 1_800.0
"""Seconds of virtual time in which people write; then the weather turns calm, and all must come to rest."""
REST_WITHIN = 8 * 3_600.0
DELAYED = 1_800.0
"""Seconds that are waited for rest where a clock was set back: what was put off by the wrong time may wait for days."""
LOOK_EVERY = 1_000
SHARED = 0.3
"""So many runs have two processes over one database."""


class World:
    """`seed` decides everything.  `messages`: so many deliveries of people, each of which may repeat.

    `cast`: the names of the acts.  `ahead`: milliseconds by which all clocks are wrong.  `shared`: whether several
    processes are at work.  `unmeasurable`: a text that says this cannot be measured; "" for none.  `closely`: the
    witness compares all after every transaction, and not only now and then, which takes eight times as long.
    """

    def __init__(
        self, seed: int, messages: int = 200, cast: Iterable[str] | None = None, *, closely: bool = False
    ) -> None:
        self.seed = seed
        self.loop = SimulatedLoop(Random(f"{seed} order"))
        self.disk = copied(country().image)
        self.vault = country().vault
        self.witness = Witness(country().vault, country().library)
        self._chance = Random(f"{seed} world")
        self.weather = Weather.of(self._chance)
        self.season = self._chance.choice(SEASONS)
        self.shared = self._chance.random() < SHARED
        self.ahead = 0
        self.set_back = False
        self.witness.clocks_agree = not self.shared  # each process has a clock of its own
        self.networks = [Network(name, self, Random(f"{seed} network {name}")) for name in CHANNELS]
        self.beds = Beds(self, Random(f"{seed} beds"))
        self.manners = {name: self._manner() for name in CHANNELS}
        self.cast = acts.drawn(seed) if cast is None else tuple(cast)
        self.acts = acts.made(self.cast, self)
        self.habits = Habits.of(self.acts)
        self.phones = {number: self.bought(number) for number in EVERYBODY}
        self.published = [*country().programs, *(each for name in self.cast for each in acts.programs(name))]
        for program in self.published:
            country().library.keep(program)
        self.unmeasurable = ""
        self.waiting = 0
        self.finished = False
        self._messages = messages
        self._closely = closely
        self._look_at = LOOK_EVERY
        self._looked_after = 0
        self.processes = Processes(self, 2 if self.shared else 1, Random(f"{seed} processes"))
        self.administrators = Administrators(self, Random(f"{seed} administrators"))

    def now(self) -> int:
        """The true time (ms UTC)."""
        return self.season.opening + int(self.loop.time() * 1000)

    def set_clock(self, ahead: int) -> None:
        """All machines take the time to be so much later than it is."""
        self.set_back |= ahead < self.ahead
        self.witness.clocks_agree &= not self.set_back
        self.witness.set_back = self.set_back
        self.ahead = ahead

    def committed(self) -> None:
        """A transaction is on the disk."""
        with self.seen():
            self.witness.committed()
            for act in self.acts:
                act.committed()

    @contextmanager
    def seen(self) -> Iterator[None]:
        """What is broken ends the run; the engine does not hear of it, and so cannot take it for a gateway's fault."""
        try:
            yield
        except ViolationError as error:
            self.loop.faults.append(error)

    def run(self) -> None:
        """To the end."""
        self._plan()
        with self.loop.current():
            try:
                while not self.finished:
                    self.step()
            finally:
                for process in self.processes:
                    self.processes.end(process)

    def step(self) -> None:
        """One callback, and what the world does about it."""
        if not self.loop.step():
            raise ViolationError("nothing more happens, and it has not come to an end")
        if self.loop.faults:
            raise self.loop.faults[0]
        self.processes.after_a_step()
        if self._is_time_to_look():
            self.witness.look()

    def _is_time_to_look(self) -> bool:
        if self._closely and self.witness.commits > self._looked_after:
            self._looked_after = self.witness.commits
            return True
        if self.loop.steps < self._look_at:
            return False
        self._look_at += LOOK_EVERY
        return True

    # ------------------------------------------------------------ what happens

    def later(self, seconds: float, what: Callable[[], Any]) -> None:
        """Outside of the process."""
        self.loop.outside(seconds, what)  # a crash does not undo it

    def round(self, seconds: float) -> float:
        """Until the next full 10 seconds: what does not happen at once is gathered, so that it comes in batches."""
        now = self.loop.time()
        return (now + seconds) // 10 * 10 + 10 - now if seconds >= 1 else seconds

    def bought(self, number: str) -> Phone:
        """A phone with this number."""
        return Phone(number, Random(f"{self.seed} phone {number}"), self.habits)

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
        self.administrators.plan(ACTIVE, bursts)
        for act in self.acts:
            act.plan(ACTIVE)
        self.later(ACTIVE, self._calm)

    def _calm(self) -> None:
        self.weather = Weather.calm()
        self.administrators.calm()
        for act in self.acts:
            act.calm()
        self._rest()

    def _rest(self) -> None:
        now = self.now() + self.ahead
        longest = now + int((ACTIVE + REST_WITHIN - self.loop.time()) * 1000)
        left = unrest(now, longest)
        late = self.loop.time() > ACTIVE + DELAYED and self.set_back
        if late:
            left = {what: many for what, many in left.items() if what in ("accepted", "calls")}
        restless = [act for act in self.acts if act.restless()]
        if self.processes.well and not self.waiting and not left and not restless:
            self._end([*self.processes])
        elif self.loop.time() > ACTIVE + REST_WITHIN:
            what = f"no rest after {REST_WITHIN / 3600:.0f} hours: {left}, {self.waiting}"
            self.loop.faults.append(ViolationError(what))
        else:
            self.later(120, self._rest)

    def _end(self, processes: list[Process]) -> None:
        """They stop one after the other, and the last one leaves everything in good order."""
        process = processes.pop()
        process.up = False

        async def end() -> None:
            await process.runtime.stop(10)
            self.later(0, then)

        def then() -> None:
            self.processes.end(process)
            if processes:
                self._end(processes)
            else:
                self.witness.conclude()
                for act in self.acts:
                    act.conclude()
                self.finished = True

        with self.loop.inside(process):
            self.loop.create_task(end(), name="end")

    # ------------------------------------------------------------ people and gateways

    def _write(self, number: int) -> None:
        phone = self.phones[self._chance.choice(EVERYBODY if self._chance.random() < 0.1 else NUMBERS)]
        channel = CHANNELS[0] if self._chance.random() < 0.8 else CHANNELS[1]
        self.write(phone, f"k{number}", channel)

    def write(self, phone: Phone, key: str, channel: str = CHANNELS[0]) -> None:
        """Whoever has the phone writes what comes to his mind."""
        arrival = Arrival(channel, key, phone.number, phone.say())
        self.witness.texts[f"{channel} {key}"] = arrival.text
        self.waiting += 1
        self._bring(arrival)

    def _bring(self, arrival: Arrival, again: bool = False) -> None:
        """A gateway brings a delivery until it hears yes; some go on after that."""
        chance, weather = self._chance, self.weather

        async def accept(process: Process) -> None:
            async with asyncio.timeout(chance.random() if chance.random() < weather.gone else 30):
                await process.runtime.accept(arrival)
            self.witness.accepted(f"{arrival.channel} {arrival.key}")

        def then(stored: bool) -> None:
            if not stored or chance.random() < weather.lost_yes:
                self.later(self.round(chance.choice((0.1, 5, 30))), lambda: self._bring(arrival, again))
            elif not again:
                self.waiting -= 1
                if chance.random() < weather.repeats:
                    self.later(self.round(chance.choice((0, 60))), lambda: self._repeat(arrival))

        self.ask(accept, then)

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
        async def start(process: Process) -> None:
            await process.runtime.start_flow("result", worker, inputs, key)
            self.witness.accepted(f"event {key} {worker}")

        def then(stored: bool) -> None:
            if stored and self._chance.random() >= self.weather.lost_yes:
                self.waiting -= 1
            else:
                self.later(self.round(self._chance.random() * 30), lambda: self._post(worker, inputs, key))

        self.ask(start, then)

    def until_heard(self, act: Callable[[Process], Awaitable[Any]]) -> None:
        """Ask for something, until there is a yes."""
        self.waiting += 1

        def then(heard: bool) -> None:
            if heard:
                self.waiting -= 1
            else:
                self.later(self.round(self._chance.random() * 30), lambda: self.ask(act, then))

        self.ask(act, then)

    def bring_receipt(self, channel: str, receipt: Receipt, tries: int = 8) -> None:
        """A gateway reports; after so many tries it gives up."""

        def then(stored: bool) -> None:
            if stored:
                self.witness.receipts.append((channel, receipt))
            elif tries:
                self.later(5, lambda: self.bring_receipt(channel, receipt, tries - 1))

        self.ask(lambda process: process.runtime.receipt(channel, receipt), then)

    def ask(
        self,
        act: Callable[[Process], Awaitable[Any]],
        then: Callable[[bool], None],
        process: Process | None = None,
    ) -> None:
        """Ask a process for something; `then` hears whether it said yes."""
        process = process or self.processes.any()
        if not process.up:
            self.later(self.round(self._chance.choice((0.5, 2, 10))), lambda: then(False))
            return

        async def run() -> None:
            await act(process)

        def ended(task: asyncio.Task[None]) -> None:
            error = None if task.cancelled() else task.exception()
            if error is not None and not isinstance(error, StoreError | BusyError | TimeoutError):
                self.loop.faults.append(error)
            then(not task.cancelled() and error is None)

        with self.loop.inside(process):
            self.loop.create_task(run()).add_done_callback(ended)

    def _manner(self) -> Manner:
        chance = self._chance
        return Manner(
            chance.choice((1, 8, 32, 32, 32, 32)),
            chance.choice((None, None, None, 10.0)),
            chance.choice((RESEND, RESEND, HOLD)),
        )


def unrest(now: int, longest: int) -> dict[str, int]:
    """What still has to happen within hours, by what it is; nothing is waited for beyond the moment `longest` (ms)."""
    soon = min(now + 6 * HOUR, longest)
    count = {
        "calls": "SELECT count(*) FROM outbox WHERE status = 'sending'",
        "messages": f"SELECT count(*) FROM outbox WHERE status = 'queued' AND not_before < {soon}",
        "accepted": "SELECT count(*) FROM event WHERE state = 0",
        "mail": f"SELECT count(*) FROM mail WHERE done_at IS NULL AND due_at < {soon}",
        "timers": f"SELECT count(*) FROM timer WHERE due_at < {soon}",
        "rounds": "SELECT count(*) FROM schedule_run WHERE state = 'going'",
        "broadcasts": "SELECT count(*) FROM broadcast WHERE done_at IS NULL",
    }
    found = {name: drive().raw.execute(sql).fetchone()[0] for name, sql in count.items()}
    return {name: number for name, number in found.items() if number}
