"""One round of a schedule in a zone: each worker once, over crashes and restarts, and a cursor says how far it came."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

import structlog
from sqlalchemy import Connection, bindparam, literal_column, select, update

from engine import occurrences, schema
from engine.audience import Audience, AudienceError, Member, Reader
from engine.bulk import Bulk, brought
from engine.clock import Clock
from engine.occurrences import Occurrence
from engine.pauses import read_paused
from engine.sets import AnyRow
from engine.store import Store
from engine.watch import Watch
from engine.work import Begin, Item
from engine.writer import SETTLE
from grammar.program import Schedule

GOING, DONE, MISSED, STOPPED = "going", "done", "missed", "stopped"
"""States of a round."""

_log = structlog.get_logger(__name__)
_run = schema.schedule_run
_GOING = (
    select(_run)
    .where(_run.c.state == literal_column("'going'"))
    .order_by(_run.c.started_at, _run.c.schedule, _run.c.zone)
)
_THIS = (_run.c.schedule == bindparam("of"), _run.c.date == bindparam("on"), _run.c.zone == bindparam("in_zone"))
_more = _run.c.reached + bindparam("more")
# Only from where it was: another process that goes through the same round leaves it to whoever was first.
_MARK = (
    update(_run)
    .where(*_THIS, _run.c.state == literal_column("'going'"), _run.c.cursor == bindparam("from_cursor"))
    .values(
        state=bindparam("becomes"),
        cursor=bindparam("at"),
        reached=_more,
        done_at=bindparam("over_at"),
    )
)
_ADD = update(_run).where(*_THIS).values(reached=_more)


class Plan(NamedTuple):
    """A schedule of a flow, and the name that it is known by."""

    name: str
    flow: str
    schedule: Schedule


class Rounds:
    """Goes through the rounds that are under way."""

    def __init__(self, store: Store, bulk: Bulk, clock: Clock, watch: Watch, deployment_zone: str) -> None:
        self._store = store
        self._bulk = bulk
        self._clock = clock
        self._watch = watch
        self._zone = deployment_zone

    async def go_on(self, plans: dict[str, Plan]) -> None:
        """Bring every round to its end; one whose schedule is gone stops where it is."""
        async with self._store.read() as connection:
            going = (await connection.execute(_GOING)).all()
        for row in going:
            plan = plans.get(row.schedule)
            try:
                if plan is None:
                    await self._stop(row, "its line was taken away or changed while it was under way")
                elif await self._may_go_on(plan):
                    await self._go_through(row, plan)
            except AudienceError as error:
                await self._stop(row, str(error))

    async def _go_through(self, row: AnyRow, plan: Plan) -> None:
        at, key = row.cursor, f"schedule {plan.flow} {plan.schedule.every} {plan.schedule.at} {row.date}"

        def begin(member: Member) -> Item:
            work = Begin(plan.flow, by="schedule", worker=member.worker_id)
            return brought(member, work, f"{key} {member.worker_id}")

        async def mark(cursor: str, more: int, last: bool) -> bool:
            nonlocal at
            came, at = at, cursor
            first = await self._mark(row, came, DONE if last else GOING, cursor, more)
            return first and await self._may_go_on(plan)

        await self._bulk.through(self._reader(row, plan), row.cursor, begin, mark)

    async def _may_go_on(self, plan: Plan) -> bool:
        async with self._store.read() as connection:
            paused = await read_paused(connection)
        return not paused.everything and plan.flow not in paused.flows and await self._watch.holds() is None

    def _reader(self, row: AnyRow, plan: Plan) -> Reader:
        schedule, done = plan.schedule, None
        if schedule.since:
            day = Occurrence(date.fromisoformat(row.date), 0)
            done = (plan.flow, occurrences.since_day(schedule.since, day, row.zone))
        who = Audience(schedule.group, schedule.where)
        return Reader(who, self._store.vault, self._zone, self._clock.now(), zone=row.zone, done=done)

    async def _stop(self, row: AnyRow, why: str) -> None:
        _log.warning("a schedule stopped", schedule=row.schedule, zone=row.zone, reached=row.reached, why=why)
        await self._mark(row, row.cursor, STOPPED, row.cursor, 0)

    async def _mark(self, row: AnyRow, came: str, state: str, cursor: str, more: int) -> bool:
        """Note how far it has come from `came`; False where another process was there first."""
        over_at = None if state == GOING else self._clock.now()
        this: dict[str, Any] = {"of": row.schedule, "on": row.date, "in_zone": row.zone, "more": more}
        bound = {**this, "from_cursor": came, "becomes": state, "at": cursor, "over_at": over_at}

        def write(connection: Connection) -> bool:
            if connection.execute(_MARK, bound).rowcount:
                return True
            connection.execute(_ADD, this)
            return False

        return await self._store.write(write, SETTLE)
