"""What one conversation has for other people: each receiver gets it once, on his own line, in his own language.

A mail is done only after every receiver's message is committed; after a crash in between, the deliveries' keys keep
it from reaching anybody twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec
import structlog
from sqlalchemy import Connection, bindparam, select, update

from engine import schema
from engine.clock import Clock
from engine.finding import Finder
from engine.inbox import BULK, Inbox
from engine.locks import lock
from engine.loops import end, forever, told
from engine.outgoing import letter
from engine.registry import Reach, Registry
from engine.sets import AnyRow, many
from engine.store import Store
from engine.work import Accepted, Item, Post
from engine.writer import SETTLE

AT_ONCE = 100
SLICE = 500
"""Receivers of a mail that are taken at once: messages do not wait long behind one that is for many."""

IDLE = 30.0
"""Seconds until the pump that was told nothing looks by itself."""

_log = structlog.get_logger(__name__)
_mail = schema.mail
_DUE = (
    select(_mail)
    .where(_mail.c.done_at.is_(None), _mail.c.due_at <= bindparam("now"))
    .order_by(_mail.c.due_at, _mail.c.session_id, _mail.c.seq, _mail.c.item)
    .limit(AT_ONCE)
)
_REACHED = (
    update(_mail)
    .where(
        _mail.c.bucket == bindparam("in_bucket"),
        _mail.c.box_id == bindparam("in_box"),
        _mail.c.session_id == bindparam("in_session"),
        _mail.c.seq == bindparam("of_seq"),
        _mail.c.item == bindparam("of_item"),
        _mail.c.cursor == bindparam("was"),  # another process may be further
        _mail.c.done_at.is_(None),
    )
    .values(done_at=bindparam("ends"), reached=_mail.c.reached + bindparam("people"), cursor=bindparam("last"))
)


class Mail:
    """Delivers from `start` to `stop`."""

    def __init__(self, store: Store, registry: Registry, inbox: Inbox, clock: Clock) -> None:
        self._store = store
        self._registry = registry
        self._inbox = inbox
        self._clock = clock
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, with whatever waits."""
        self._wake.set()
        self._task = forever("mail", self._turn)

    def wake(self) -> None:
        """There is mail."""
        self._wake.set()

    async def stop(self) -> None:
        """Deliver no more; what is not done is delivered after the next start."""
        await end(self._task)

    async def deliver_due(self) -> int:
        """Deliver what is due; returns how many mails, each to 500 people at most, once all of it is committed."""
        async with self._store.read() as connection:
            rows = (await connection.execute(_DUE, {"now": self._clock.now()})).all()
            people = await connection.run_sync(self._receivers, rows)
        if not rows:
            return 0
        parts = [those[:SLICE] for those in people]
        reach = await self._registry.reach({worker for part in parts for worker in part})
        ways = [_ways(part, reach) for part in parts]
        letters = zip(rows, ways, strict=True)
        await asyncio.gather(*(self._post(row, line, whom) for row, those in letters for line, whom in those.items()))
        now = self._clock.now()
        reached = [_reached(*each, now) for each in zip(rows, people, map(len, ways), strict=True)]
        await self._store.write(partial(_write, rows=reached), SETTLE)
        return len(rows)

    def _receivers(self, connection: Connection, rows: Sequence[AnyRow]) -> list[list[str]]:
        """The ids of the workers whom each mail is for and who were not reached yet."""
        finder = Finder(connection, self._store.vault)
        found = ((row, finder.find(msgspec.json.decode(row.target), row.sender)) for row in rows)
        return [sorted(worker for worker in ids if worker > row.cursor) for row, ids in found]

    async def _post(self, row: AnyRow, line: int, whom: str) -> Accepted:
        place = f"{row.session_id}.{row.seq}.{row.item}"
        said = letter(self._store.vault.open("mail", row.box_id, place, row.body))
        post = Post(said.texts, said.line, flow=said.flow, urgent=said.urgent, worker=whom)
        item = Item(post, key=f"mail {place}", line_id=line)
        return await self._inbox.do(item, BULK)

    async def _turn(self) -> None:
        await told(self._wake, IDLE)
        try:
            while await self.deliver_due():
                pass
        except BaseException:
            self._wake.set()  # what waits is not to wait for the next mail
            raise


def _ways(workers: Iterable[str], reach: Mapping[str, Reach]) -> dict[int, str]:
    """One way to each line, and whom it is for: who shares a phone reads the message once, for all whom it names."""
    ways: dict[int, str] = {}
    for worker in workers:
        if (way := reach.get(worker)) is not None:
            ways[way.line_id] = "" if way.line_id in ways else worker
    return ways


def _reached(row: AnyRow, people: Sequence[str], reached: int, now: int) -> dict[str, Any]:
    last = len(people) <= SLICE
    if last and not row.reached + reached:
        target = msgspec.json.decode(row.target)
        to = f"{target.get('kind')} {target.get('name') or ''}".strip()
        _log.warning("a message had nobody to go to", to=to, session=f"s{row.session_id:x}")
    return {
        "in_bucket": row.bucket,
        "in_box": row.box_id,
        "in_session": row.session_id,
        "of_seq": row.seq,
        "of_item": row.item,
        "ends": now if last else None,
        "people": reached,
        "was": row.cursor,
        "last": people[:SLICE][-1] if people else row.cursor,
    }


def _write(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    lock(connection, {row["in_box"] for row in rows})
    many(connection, _REACHED, rows)
