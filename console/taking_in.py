"""Lists of workers and facilities, taken in from a file."""

from __future__ import annotations

import msgspec

from console.errands import Desk, Errand
from engine.facts import Record
from engine.registry import Registry


class People(msgspec.Struct, frozen=True):
    """A list of workers, and the facilities that it speaks of."""

    workers: list[Record]
    facilities: list[Record] = []


class Taken(msgspec.Struct, frozen=True):
    """What came of a list: how many were taken in, and a sentence for each row that was not."""

    taken: int
    problems: list[str]


async def take_in(people: People, registry: Registry, actor: str = "") -> Taken:
    """Facilities first: a worker's facility is known when he comes.  StoreError where nothing can be stored."""
    places = await registry.put_facilities(people.facilities, actor)
    workers = await registry.put_workers(people.workers, actor)
    return Taken(workers.taken, [*places.problems, *workers.problems])


async def _run(desk: Desk, people: People) -> Taken:
    return await take_in(people, desk.registry, desk.actor)


TAKE_IN = Errand("workers", People, Taken, _run)
