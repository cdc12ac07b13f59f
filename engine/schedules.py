"""Schedules come round, by the clock of each zone: an occurrence begins one round, however often it is looked at.

A schedule is known by what it says, not by where it stands: an edited flow repeats nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec
import structlog
from sqlalchemy import Connection, bindparam, delete, func, literal_column, select

from engine import audience, occurrences, schema
from engine.bulk import Bulk
from engine.clock import Clock
from engine.inbox import Inbox
from engine.library import Library
from engine.limits import DAY, HOUR
from engine.loops import end, forever
from engine.pauses import read_paused
from engine.rounds import GOING, MISSED, Plan, Rounds
from engine.sets import AnyRow, many, put
from engine.store import Store
from engine.watch import Watch
from engine.writer import SETTLE
from grammar.program import Schedule

LATE = 12 * HOUR
"""An occurrence that nobody was there for begins so much later, on its own day; after that it would be a surprise."""

LOOK_BACK = 8 * DAY
"""What was missed longer ago is not even told."""

LOOK_EVERY = 2.0
"""Seconds."""

KNOWN = "known"
"""The state of a row without a date: since when a schedule is looked at in a zone."""

_log = structlog.get_logger(__name__)
_run = schema.schedule_run
_NEW = put(_run, ["schedule", "date", "zone"])
_TOLD = _NEW.returning(_run.c.schedule, _run.c.date, _run.c.zone, _run.c.state)
_KNOWN = select(_run.c.schedule, _run.c.zone, _run.c.started_at).where(_run.c.state == literal_column("'known'"))
_PROCESSES = select(func.count()).where(schema.process.c.stopped_at.is_(None))
_FORGET = delete(_run).where(
    _run.c.schedule == bindparam("of"), _run.c.date == literal_column("''"), _run.c.zone == bindparam("in_zone")
)


class Pair(NamedTuple):
    """A schedule, by its name, in a zone."""

    name: str
    zone: str


class Schedules:
    """Looks at the clock from `start` to `stop`, while nothing holds it."""

    def __init__(
        self, store: Store, inbox: Inbox, library: Library, clock: Clock, watch: Watch, deployment_zone: str
    ) -> None:
        self._store = store
        self._library = library
        self._clock = clock
        self._watch = watch
        self._zone = deployment_zone
        self._rounds = Rounds(store, Bulk(store, inbox), clock, watch, deployment_zone)
        self._looked: dict[Pair, int] | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, with what was under way when an earlier run ended."""
        self._task = forever("schedules", self._turn)

    async def stop(self) -> None:
        """Begin nothing more; what is under way goes on after the next start."""
        await end(self._task)

    async def come_round(self) -> None:
        """Begin whatever is due, and bring whatever is under way to its end."""
        plans = {plan.name: plan for plan in planned(self._library)}
        await self._note_due(plans, self._clock.now())
        await self._rounds.go_on(plans)

    async def _turn(self) -> None:
        if await self._watch.holds() is None:
            await self.come_round()
        await asyncio.sleep(LOOK_EVERY)

    async def _note_due(self, plans: dict[str, Plan], now: int) -> None:
        if not plans and self._looked == {}:
            return
        async with self._store.read() as connection:
            zones = await audience.zones(connection, self._zone)
            paused = await read_paused(connection)
        pairs = {Pair(name, zone) for name in plans for zone in zones}
        looked = self._looked = await self._know(pairs, now)
        pairs = {pair for pair in pairs if not paused.everything and plans[pair.name].flow not in paused.flows}
        rows = [row for pair in sorted(pairs) for row in _due(pair, plans[pair.name].schedule, looked[pair], now)]
        if rows:
            _tell_missed(await self._store.write(lambda c: c.execute(_TOLD, rows).all(), SETTLE))
        looked.update((pair, max(looked[pair], now)) for pair in pairs)

    async def _know(self, pairs: set[Pair], now: int) -> dict[Pair, int]:
        """Until when each was looked at: what is new begins with its next occurrence, what went here is forgotten.

        Others may have other flows just now: what was never here is theirs.
        """
        looked = self._looked
        if looked is not None and looked.keys() == pairs:
            return looked
        gone = None if looked is None else looked.keys() - pairs
        known = await self._store.write(lambda c: _known(c, pairs, gone, now), SETTLE)
        since = {pair: max(known[pair], now - LOOK_BACK) for pair in pairs}
        return since | {pair: at for pair, at in (looked or {}).items() if pair in pairs}


def planned(library: Library) -> Iterator[Plan]:
    """All schedules of the flows that can be started."""
    for linked in library.flows():
        for schedule in linked.program.schedules:
            yield Plan(_name(linked.program.flow, schedule), linked.program.flow, schedule)


def _name(flow: str, schedule: Schedule) -> str:
    whom = f"group {schedule.group}"
    if schedule.where is not None:
        whom = "workers " + hashlib.sha256(msgspec.json.encode(schedule.where)).hexdigest()[:12]
    return f"{flow} {schedule.every} {schedule.at} {whom}"


def _due(pair: Pair, schedule: Schedule, looked: int, now: int) -> list[dict[str, Any]]:
    """What came round since the last look: the newest begins if it is not too late, the others were missed."""
    found = list(occurrences.between(schedule.every, schedule.at, pair.zone, looked, now))
    rows = [_row(pair, each.day.isoformat(), MISSED, now) for each in found]
    if found and now - found[-1].at <= LATE and occurrences.is_still(found[-1].day, pair.zone, now):
        rows[-1]["state"] = GOING
    return rows


def _row(pair: Pair, day: str, state: str, now: int) -> dict[str, Any]:
    return {"schedule": pair.name, "zone": pair.zone, "date": day, "state": state, "started_at": now}


def _known(connection: Connection, pairs: set[Pair], gone: Iterable[Pair] | None, now: int) -> dict[Pair, int]:
    """Since when each pair is known; those that are gone are known no longer.

    `gone` None: all but these, if nobody else runs.
    """
    many(connection, _NEW, [_row(pair, "", KNOWN, now) for pair in sorted(pairs)])
    known = {Pair(row.schedule, row.zone): row.started_at for row in connection.execute(_KNOWN)}
    if gone is None:
        gone = () if (connection.scalar(_PROCESSES) or 0) > 1 else known.keys() - pairs
    many(connection, _FORGET, [{"of": pair.name, "in_zone": pair.zone} for pair in gone])
    return known


def _tell_missed(new: Iterable[AnyRow]) -> None:
    """Of what was not noted before."""
    for row in new:
        if row.state == MISSED:
            _log.warning(
                "a schedule was missed and does not begin by itself any more; dundun send can begin it",
                schedule=row.schedule,
                day=row.date,
                zone=row.zone,
            )
