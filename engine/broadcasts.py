"""Broadcasts: what was ordered for many reaches each of them once, slice by slice, over crashes, pauses and stops.

A flow begins for each worker, and queues like a schedule: nobody is interrupted.  A text goes to each phone.
"""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from sqlalchemy import BigInteger, Connection, bindparam, literal_column, select, update

from engine import schema
from engine.audience import Member
from engine.bulk import Bulk, brought
from engine.clock import Clock
from engine.inbox import Inbox
from engine.loops import end, forever, told
from engine.orders import DONE, GOING, WAITING, Order, OrderError, Orders, opened
from engine.pauses import read_paused
from engine.sets import AnyRow
from engine.store import Store
from engine.watch import Watch
from engine.work import Begin, Item, Post
from engine.writer import SETTLE

LOOK_EVERY = 2.0
"""Seconds until the next look for what is due, where nobody tells."""

_log = structlog.get_logger(__name__)
_it = schema.broadcast
_DUE = (
    select(_it)
    .where(_it.c.done_at.is_(None), _it.c.due_at <= bindparam("now", type_=BigInteger))
    .order_by(_it.c.due_at, _it.c.broadcast_id)
)
_THIS = (_it.c.broadcast_id == bindparam("this"), _it.c.done_at.is_(None))
_BEGIN = update(_it).where(*_THIS).values(state=literal_column("'going'"), total=bindparam("all"))
_more = _it.c.reached + bindparam("more")
# Only from where it was: another process that sends the same leaves it to whoever was first.
_MARK = (
    update(_it)
    .where(*_THIS, _it.c.cursor == bindparam("from_cursor"))
    .values(
        state=bindparam("becomes"),
        cursor=bindparam("at"),
        reached=_more,
        done_at=bindparam("over_at"),
    )
)
_ADD = update(_it).where(_it.c.broadcast_id == bindparam("this")).values(reached=_more)


class Broadcasts:
    """Sends from `start` to `stop`, while nothing holds it."""

    def __init__(self, store: Store, inbox: Inbox, orders: Orders, clock: Clock, watch: Watch) -> None:
        self.orders = orders
        self._store = store
        self._clock = clock
        self._watch = watch
        self._bulk = Bulk(store, inbox)
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, with what was under way when an earlier run ended."""
        self._wake.set()
        self._task = forever("broadcasts", self._turn)

    def wake(self) -> None:
        """There is a new order."""
        self._wake.set()

    async def stop(self) -> None:
        """Send no more; what is under way goes on after the next start."""
        await end(self._task)

    async def send_due(self) -> None:
        """Bring whatever is due and not paused to its end."""
        async with self._store.read() as connection:
            due = (await connection.execute(_DUE, {"now": self._clock.now()})).all()
        for row in due:
            if not await self._is_paused(row):
                await self._send(row)

    async def _turn(self) -> None:
        await told(self._wake, LOOK_EVERY)
        if await self._watch.holds() is None:
            await self.send_due()

    async def _send(self, row: AnyRow) -> None:
        order = opened(self._store.vault, row.broadcast_id, row.body)
        try:
            await self.orders.check(order)
            total = await self.orders.count(order) if row.state == WAITING else 0
        except OrderError as error:
            _log.warning("a broadcast stopped", broadcast=row.broadcast_id, why=str(error))
            await self.orders.cancel(row.broadcast_id, row.actor)
            return
        if row.state == WAITING:
            bound = {"this": row.broadcast_id, "all": total}
            await self._store.write(lambda c: c.execute(_BEGIN, bound), SETTLE)
        await self._go_through(row, order)

    async def _go_through(self, row: AnyRow, order: Order) -> None:
        at, key = row.cursor, f"broadcast {row.broadcast_id}"
        post = Post({"": order.text}, broadcast=row.broadcast_id)

        def item_of(member: Member) -> Item:
            if not order.flow:
                return brought(member, post, key, (member.worker_id,))
            work = Begin(order.flow, order.inputs, "schedule", row.broadcast_id, member.worker_id)
            return brought(member, work, f"{key} {member.worker_id}")

        async def mark(cursor: str, more: int, last: bool) -> bool:
            nonlocal at
            came, at = at, cursor
            first = await self._mark(row, came, cursor, more, last)
            return first and not await self._is_paused(row) and await self._watch.holds() is None

        await self._bulk.through(self.orders.reader(order), row.cursor, item_of, mark)

    async def _mark(self, row: AnyRow, came: str, cursor: str, more: int, last: bool) -> bool:
        """Note how far it has come from `came`; False where a person stopped it, or another process was first."""
        over_at = self._clock.now() if last else None
        this: dict[str, Any] = {"this": row.broadcast_id, "more": more}
        bound = {**this, "from_cursor": came, "becomes": DONE if last else GOING, "at": cursor, "over_at": over_at}

        def write(connection: Connection) -> bool:
            if connection.execute(_MARK, bound).rowcount:
                return True
            connection.execute(_ADD, this)
            return False

        return await self._store.write(write, SETTLE)

    async def _is_paused(self, row: AnyRow) -> bool:
        async with self._store.read() as connection:
            paused = await read_paused(connection)
        return paused.everything or paused.message(row.flow, row.broadcast_id)
