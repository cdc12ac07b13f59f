"""The same moves twice: by an engine in motion over a database, and by dictionaries; what people read must be the same.

The dictionaries are a stage for each worker (`engine.stage`): no database, no outbox, no timer that anybody polls.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import NamedTuple

from engine.cast import Member
from engine.invariants import Breach, breaches
from engine.library import Library
from engine.limits import MINUTE
from engine.phrases import load
from engine.recounting import recount
from engine.stage import Stage
from tests.engine.motion import MONDAY, World, world
from tests.simulation.country import BED, PIN, SURVEY, programs_of
from tests.simulation.phones import Phone

PEOPLE = {f"w{number}": f"+2317700006{number:02}" for number in range(3)}
BOSS = "w0"
_BUSY = """
    SELECT (SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending'))
        + (SELECT count(*) FROM mail WHERE done_at IS NULL) + (SELECT count(*) FROM event WHERE state = 0)
        + (SELECT count(*) FROM session WHERE status = 'acting')
"""


class Move(NamedTuple):
    """After so many minutes, what somebody writes."""

    minutes: int
    worker: str
    text: str


def library() -> Library:
    """The flows, published."""
    made = Library(load())
    for program in programs_of(SURVEY, BED):
        made.publish(program)
    return made


def record(worker: str) -> dict[str, str]:
    """Who a worker is, as a list would say it."""
    name = f"Worker {worker}"
    return {"id": worker, "name": name, "phone": PEOPLE[worker], "supervisor": BOSS, "language": "en"}


class Dictionaries:
    """The model: a stage for each worker, all with one clock."""

    def __init__(self) -> None:
        flows = library()
        self.stages = {
            worker: Stage(flows, Member({**record(worker), "first_name": "Worker"}, {}, PIN), MONDAY)
            for worker in PEOPLE
        }
        self._heard = dict.fromkeys(PEOPLE, 0)
        self._told: Counter[str] = Counter()

    def move(self, move: Move) -> None:
        for stage in self.stages.values():
            stage.wait(move.minutes * MINUTE)
        self._tell()
        self.stages[move.worker].say(move.text, minutes=0)
        self._tell()

    def _tell(self) -> None:
        """What is for the supervisor reaches whoever has not sent STOP."""
        for worker, stage in self.stages.items():
            new = [line.text for line in stage.log[self._heard[worker] :] if line.to]
            self._heard[worker] = len(stage.log)
            if not self.stages[BOSS].view.stopped:
                self._told.update(new)

    def read_by(self, worker: str) -> tuple[list[str], Counter[str]]:
        """What a worker read: of his own conversations in order, and what others' conversations told him."""
        own = [line.text for line in self.stages[worker].log if line.by != "worker" and not line.to]
        return own, self._told if worker == BOSS else Counter()


class Engine:
    """The engine in motion, which comes to rest after each move."""

    def __init__(self, at: World) -> None:
        self._at = at

    async def move(self, move: Move) -> None:
        await self._wait(move.minutes * MINUTE)
        await self._at.says(move.text, PEOPLE[move.worker])
        await self._rest()

    async def _wait(self, ms: int) -> None:
        clock = self._at.clock
        end = clock.now() + ms
        while (due := (await self._at.rows("SELECT min(due_at) FROM timer"))[0][0]) is not None and due <= end:
            clock.move(max(due - clock.now(), 0))
            await self._at.runtime.timers.fire_due()
            await self._rest()
        clock.move(end - clock.now())

    async def _rest(self) -> None:
        await self._at.becomes(_BUSY, [(0,)])

    async def read_by(self, worker: str) -> tuple[list[str], Counter[str]]:
        said = await self._at.heard(PEOPLE[worker])
        told = Counter(text for text in said if text.startswith("Worker "))
        return [text for text in said if not text.startswith("Worker ")], told

    async def breaches(self) -> list[Breach]:
        """What does not hold in its database."""
        async with self._at.store.read() as connection:
            page = await connection.run_sync(recount, self._at.store.vault, self._at.library)
            return [*await connection.run_sync(breaches), *page.breaches]


async def _book(args: dict[str, object]) -> dict[str, object]:
    return {}


@asynccontextmanager
async def engine(folder: Path) -> AsyncIterator[Engine]:
    """An engine with the same flows and people, on a database of its own."""
    async with world(folder, library(), actions={"book_bed": _book}) as at:
        await at.registry.put_workers(record(worker) | {"pin": PIN} for worker in PEOPLE)
        yield Engine(at)


def moves(seed: int, count: int, model: Dictionaries) -> Iterator[Move]:
    """What people do who read what the model says; it moves with them."""
    chance = Random(seed)
    phones = {worker: Phone(worker, Random(f"{seed} {worker}")) for worker in PEOPLE}
    for _ in range(count):
        worker = chance.choice(list(PEOPLE))
        own, _ = model.read_by(worker)
        if own:
            phones[worker].hear(own[-1])
        yield Move(chance.choice((1, 1, 1, 2, 4, 7)), worker, phones[worker].say())
