"""Timers that are due become work for their boxes: none before its time, and none twice, for the batch that fires one
deletes it.
"""

from __future__ import annotations

import asyncio

from sqlalchemy import bindparam, select

from engine import schema
from engine.clock import Clock
from engine.inbox import Inbox
from engine.lanes import TIMERS
from engine.loops import end, forever
from engine.store import Store
from engine.watch import Watch
from engine.work import Fire, Item

AT_ONCE = 2_000
"""So many are found at a time; `engine.inbox` says how many of them make one transaction."""

LOOK_EVERY = 1.0
"""Seconds: looking is cheap, and nobody notices a second at a reminder."""

_timer = schema.timer
_DUE = (
    select(_timer.c.bucket, _timer.c.box_id, _timer.c.session_id, _timer.c.name, _timer.c.guard)
    .where(_timer.c.due_at <= bindparam("now"))
    .order_by(_timer.c.due_at)
    .limit(AT_ONCE)
)


class Timers:
    """Looks for due timers from `start` to `stop`, while nothing holds them."""

    def __init__(self, store: Store, inbox: Inbox, clock: Clock, watch: Watch) -> None:
        self._store = store
        self._inbox = inbox
        self._clock = clock
        self._watch = watch
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = forever("timers", self._turn)

    async def stop(self) -> None:
        """Look no more; what was due and is not applied comes again after the next start."""
        await end(self._task)

    async def fire_due(self) -> int:
        """Fire what is due now, the oldest first; returns how many, once they are applied."""
        async with self._store.read() as connection:
            rows = (await connection.execute(_DUE, {"now": self._clock.now()})).all()
        items = [
            Item(Fire(session, name, guard), bucket=bucket, box_id=box) for bucket, box, session, name, guard in rows
        ]
        await self._inbox.put_all(items, TIMERS)
        return len(items)

    async def _turn(self) -> None:
        if await self._watch.holds() or await self.fire_due() < AT_ONCE:
            await asyncio.sleep(LOOK_EVERY)
