"""Conversations that wait go over to a new version where its header says how (`moved old -> new`), each once.

Those that cannot go over stay on the version that they started with (I17).
"""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy import bindparam, literal_column, select

from engine import schema
from engine.inbox import Inbox
from engine.lanes import BULK
from engine.library import Library
from engine.loops import end, forever
from engine.store import Store
from engine.work import Item, Move

AT_ONCE = 500
LOOK_EVERY = 2.0
"""Seconds until a version that was published is looked at."""

_log = structlog.get_logger(__name__)
_session, _program = schema.session, schema.program
_OLDER = (
    select(_session.c.bucket, _session.c.box_id, _session.c.session_id)
    .join_from(_program, _session, _session.c.program == _program.c.hash)
    .where(
        _program.c.flow == bindparam("flow"),
        _program.c.hash != bindparam("current"),
        _session.c.status != literal_column("'ended'"),
        _session.c.session_id > bindparam("after"),
    )
    .order_by(_session.c.session_id)
    .limit(AT_ONCE)
)


class Movers:
    """Looks at each current version with `moved` lines once, from `start` to `stop`."""

    def __init__(self, store: Store, inbox: Inbox, library: Library) -> None:
        self._store = store
        self._inbox = inbox
        self._library = library
        self._seen: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; what a crash left standing goes over now."""
        self._task = forever("movers", self._turn)

    async def stop(self) -> None:
        """Move nobody more."""
        await end(self._task)

    async def move(self) -> int:
        """Move whom the current versions take along; returns how many conversations were looked at."""
        looked, flows = 0, self._library.flows()
        self._seen &= {linked.hash for linked in flows}  # what becomes current again is looked at again
        for linked in flows:
            if linked.program.moved and linked.hash not in self._seen:
                looked += await self._move(linked.program.flow, linked.hash)
                self._seen.add(linked.hash)
        return looked

    async def _move(self, flow: str, current: str) -> int:
        looked, after = 0, 0
        while True:
            async with self._store.read() as connection:
                bound = {"flow": flow, "current": current, "after": after}
                rows = (await connection.execute(_OLDER, bound)).all()
            items = [Item(Move(row.session_id), bucket=row.bucket, box_id=row.box_id) for row in rows]
            await asyncio.gather(*(self._inbox.do(item, BULK) for item in items))
            looked += len(rows)
            if len(rows) < AT_ONCE:
                break
            after = rows[-1].session_id
        _log.info("conversations of older versions were looked at", flow=flow, version=current[:12], count=looked)
        return looked

    async def _turn(self) -> None:
        await self.move()
        await asyncio.sleep(LOOK_EVERY)
