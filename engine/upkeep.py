"""What a database needs beside its traffic: an anchor of the audit each minute, and each night what is past its time
goes.

Of many processes one does it: the anchor's number and the night's date are taken by whoever comes first.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection, bindparam, select, update

from engine import anchoring, schema
from engine.clock import Clock
from engine.loops import end, forever, tried
from engine.purging import Purge, Terms
from engine.receipts import purge_early
from engine.sets import put
from engine.store import Store
from engine.watch import Watch

ANCHOR_EVERY = 60.0
"""Seconds between two anchors, and between two looks whether it is night."""

LAST_ANCHOR = 0.5
"""Seconds for the anchor of a stop; where the database does not answer, the next start makes it."""

NIGHT = 2
"""The hour, in the deployment's zone, from which on it is purged."""

_log = structlog.get_logger(__name__)
_meta = schema.meta
_PURGED = "purged"
_BEGIN = put(_meta, ["name"])
_TAKE_NIGHT = (
    update(_meta)
    .where(_meta.c.name == _PURGED, _meta.c.value < bindparam("today"))
    .values(value=bindparam("today"))
    .returning(_meta.c.name)
)
_DATE = select(_meta.c.value).where(_meta.c.name == _PURGED)


class Upkeep:
    """From `start` to `stop`.

    `anchors`: the file of anchors outside the database.  `days`: how long messages and answers are kept (None: for
    good), and which deliveries are known.  `zone`: an IANA name.
    """

    def __init__(
        self, store: Store, clock: Clock, anchors: Path, days: tuple[int | None, int | None, int], zone: str
    ) -> None:
        self._store = store
        self._clock = clock
        self._anchors = anchors
        self._days = days
        self._zone = ZoneInfo(zone)
        self._watch = Watch(store, clock)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin; the first anchor comes after a minute."""
        self._tasks = [forever("anchors", self._anchor_later), forever("nights", self._purge_later)]

    async def stop(self) -> None:
        """End, with a last anchor, so that what was done is covered."""
        await tried("the last anchor", self._end, LAST_ANCHOR)

    async def _end(self) -> None:
        for task in self._tasks:
            await end(task)
        await self.anchor()

    async def anchor(self) -> None:
        """Cover what is new in the audit."""
        cast = await self._store.write(lambda c: anchoring.cast(c, self._store.vault, self._clock.now()))
        if cast is not None:
            await asyncio.to_thread(anchoring.append, self._anchors, cast)

    async def purge(self) -> bool:
        """Purge, if it is night and nobody did yet; did we?"""
        if await self._watch.holds():  # a clock that is a year ahead would wipe a year
            return False
        now = self._clock.now()
        here = datetime.fromtimestamp(now / 1000, UTC).astimezone(self._zone)
        night = (here - timedelta(hours=NIGHT)).date().isoformat()
        if not await self._take(night):
            return False
        total = await Purge(self._store, Terms.of(now, *self._days)).all()
        await self._store.write(partial(purge_early, now=now))
        _log.info("purged what was past its time", rows=total.total())
        return True

    async def _take(self, night: str) -> bool:
        async with self._store.read() as connection:
            last = await connection.scalar(_DATE)
        if last is None:  # a new database has nothing that is past its time: it begins with the next night
            await self._store.write(lambda c: c.execute(_BEGIN, {"name": _PURGED, "value": night}))
            return False
        return str(last) < night and await self._store.write(lambda c: _first(c, night))

    async def _anchor_later(self) -> None:
        await asyncio.sleep(ANCHOR_EVERY)
        await self.anchor()

    async def _purge_later(self) -> None:
        await asyncio.sleep(ANCHOR_EVERY)
        await self.purge()


def _first(connection: Connection, night: str) -> bool:
    return connection.execute(_TAKE_NIGHT, {"today": night}).first() is not None
