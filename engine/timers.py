"""Timers that are due become work for their boxes: none before its time, and none twice, for the batch that fires one
deletes it.
"""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy import bindparam, select

from engine import schema
from engine.clock import Clock
from engine.inbox import TIMERS, BusyError, Inbox
from engine.store import Store, StoreError
from engine.work import Fire, Item

AT_ONCE = 500
LOOK_EVERY = 1.0
"""Seconds: looking is cheap, and nobody notices a second at a reminder."""

_log = structlog.get_logger(__name__)
_timer = schema.timer
_DUE = (
    select(_timer.c.bucket, _timer.c.box_id, _timer.c.session_id, _timer.c.name, _timer.c.due_at)
    .where(_timer.c.due_at <= bindparam("now"))
    .order_by(_timer.c.due_at)
    .limit(AT_ONCE)
)


class Timers:
    """Looks for due timers from `start` to `stop`."""

    def __init__(self, store: Store, inbox: Inbox, clock: Clock) -> None:
        self._store = store
        self._inbox = inbox
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._run(), name="timers")

    async def stop(self) -> None:
        """Look no more; what was due and is not applied comes again after the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def fire_due(self) -> int:
        """Fire what is due now, the oldest first; returns how many, once they are applied."""
        async with self._store.read() as connection:
            rows = (await connection.execute(_DUE, {"now": self._clock.now()})).all()
        items = [Item(Fire(row.session_id, row.name, row.due_at), bucket=row.bucket, box_id=row.box_id) for row in rows]
        await asyncio.gather(*(self._inbox.do(item, TIMERS) for item in items))
        return len(items)

    async def _run(self) -> None:
        while True:
            try:
                if await self.fire_due() == AT_ONCE:
                    continue
            except (StoreError, BusyError) as error:
                _log.error("timers could not be fired; they will be tried again", error=str(error))
            await asyncio.sleep(LOOK_EVERY)
