"""Which processes there are: each says every three seconds that it lives; who is silent for ten has died.

When one died, all others hear of it, and so does whoever starts within a minute: what killed it may come to them next.
"""

from __future__ import annotations

import asyncio
import platform
import signal
from collections.abc import Callable
from functools import partial
from importlib.metadata import PackageNotFoundError, version

import structlog
from sqlalchemy import Connection, bindparam, case, delete, func, insert, select, update

from engine import schema
from engine.clock import Clock, DatabaseClock
from engine.limits import DAY, MINUTE
from engine.loops import end, forever
from engine.store import Store
from engine.writer import SETTLE

BEAT = 3.0
"""Seconds between two signs of life."""

DEAD = 10_000
"""Milliseconds of silence after which a process is dead."""

KEPT = 30 * DAY
"""So long it is known which processes there were."""

_log = structlog.get_logger(__name__)
_process = schema.process
_JOIN = insert(_process)
_ME = _process.c.process_id == bindparam("me")
_BEAT = update(_process).where(_ME).values(beat_at=bindparam("now"), stopped_at=None)
_END = update(_process).where(_ME).values(beat_at=bindparam("now"), stopped_at=bindparam("now"))
_least = _process.c.beat_at + DEAD
_BURY = (
    update(_process)
    .where(
        _process.c.stopped_at.is_(None),
        _process.c.beat_at <= bindparam("silent_since"),
        _process.c.process_id != bindparam("me"),
    )
    .values(stopped_at=case((_least > bindparam("now"), _least), else_=bindparam("now")))
)
# Who stopped in good order had its last beat at that moment.
_DEAD = select(_process.c.process_id, _process.c.host).where(
    _process.c.stopped_at - _process.c.beat_at >= DEAD, _process.c.stopped_at >= bindparam("since")
)
_FORGET = delete(_process).where(_process.c.stopped_at < bindparam("before"))
_VERSION = select(schema.meta.c.value).where(schema.meta.c.name == "schema")
_NOW = select(func.extract("epoch", func.clock_timestamp()) * 1000)
_ALIVE = select(_process.c.process_id).where(_process.c.stopped_at.is_(None), _process.c.beat_at > bindparam("since"))


class Processes:
    """This process among the others, from `start` to `stop`.  `died`: called when another one died.

    `outdated`: called when its tables are of another version; it asks for a stop in good order.
    """

    def __init__(self, store: Store, clock: Clock, process: int, died: Callable[[], None]) -> None:
        self._store = store
        self._clock = clock
        self._process = process
        self._died = died
        self.outdated: Callable[[], None] = partial(signal.raise_signal, signal.SIGTERM)
        self._known: set[int] = set()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> bool:
        """Join the others; has one of them died, or the run before this one?"""
        await self._ask_the_time()
        self._known = set(await self._store.write(self._join, SETTLE))
        if self._store.shared:  # a file has one process, and its lock says whether it lives
            self._task = forever("processes", self._turn)
        return bool(self._known)

    async def stop(self) -> None:
        """Leave them in good order."""
        await end(self._task)
        bound = {"me": self._process, "now": self._clock.now()}
        await self._store.write(lambda c: c.execute(_END, bound), SETTLE)

    async def beat(self) -> None:
        """Say that this one lives, and hear who does not."""
        await self._ask_the_time()
        dead = await self._store.write(self._look_around, SETTLE)
        new = dead.keys() - self._known
        for process in sorted(new):
            _log.error("another process died", process=f"{process:x}", host=dead[process])
        if new:
            self._died()
        self._known = set(dead)

    async def agree(self) -> None:
        """End this process where a newer one has changed the tables: it knows them no more."""
        async with self._store.read() as connection:
            version = await connection.scalar(_VERSION)
        if int(version or schema.VERSION) != schema.VERSION:
            _log.error("the database was migrated by a newer Dundun: this process stops")
            self.outdated()

    async def _turn(self) -> None:
        await asyncio.sleep(BEAT)
        await self.beat()
        await self.agree()

    def _join(self, connection: Connection) -> dict[int, str]:
        now = self._clock.now()
        row = {"process_id": self._process, "release": _release(), "host": platform.node()}
        connection.execute(_JOIN, {**row, "started_at": now, "beat_at": now})
        connection.execute(_FORGET, {"before": now - KEPT})
        return self._bury(connection, now, now - DEAD if self._store.shared else 1 << 62)

    def _look_around(self, connection: Connection) -> dict[int, str]:
        now = self._clock.now()
        connection.execute(_BEAT, {"me": self._process, "now": now})
        return self._bury(connection, now, now - DEAD)

    def _bury(self, connection: Connection, now: int, silent_since: int) -> dict[int, str]:
        """All that died within the last minute, with their machines."""
        connection.execute(_BURY, {"silent_since": silent_since, "me": self._process, "now": now})
        return {row.process_id: row.host for row in connection.execute(_DEAD, {"since": now - MINUTE})}

    async def _ask_the_time(self) -> None:
        if not isinstance(self._clock, DatabaseClock):
            return
        async with self._store.read() as connection:
            asked = self._clock.own()
            theirs = await connection.scalar(_NOW)
            self._clock.correct(int(theirs or 0), asked, self._clock.own())


async def any_alive(store: Store) -> bool:
    """Does a server run on this database server, on whichever machine?  Of a file its lock tells, and no row."""
    if not store.shared:
        return False
    async with store.read() as connection:
        now = int(await connection.scalar(_NOW) or 0)
        return (await connection.execute(_ALIVE, {"since": now - DEAD})).first() is not None


def _release() -> str:
    try:
        return version("dundun")
    except PackageNotFoundError:
        return ""
