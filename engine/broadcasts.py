"""Broadcasts: a flow or a text for many, each phone once; stored first, then sent slice by slice, and gone on with.

Whoever is asked to send one answers at once; the work is done here, and can be paused and stopped.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog
from sqlalchemy import BigInteger, bindparam, insert, literal_column, select, update

from engine import schema
from engine.audience import Audience, AudienceError, Member, Reader
from engine.bulk import Bulk
from engine.clock import Clock
from engine.ids import Ids
from engine.inbox import Inbox
from engine.library import Library
from engine.loops import end, forever, told
from engine.pauses import read_paused
from engine.sets import AnyRow
from engine.store import Store
from engine.values import Packed
from engine.watch import Watch
from engine.work import Begin, Item, Post
from engine.writer import SETTLE

WAITING, GOING, DONE, STOPPED = "waiting", "going", "done", "stopped"
"""States: for its time, under way, everybody reached, stopped by a person or because it cannot go on."""

LOOK_EVERY = 5.0
"""Seconds until the next look for what is due, where nobody tells."""

_log = structlog.get_logger(__name__)
_it = schema.broadcast
_PLACE = insert(_it)
_DUE = (
    select(_it)
    .where(_it.c.done_at.is_(None), _it.c.due_at <= bindparam("now", type_=BigInteger))
    .order_by(_it.c.due_at, _it.c.broadcast_id)
)
_ONE = select(_it).where(_it.c.broadcast_id == bindparam("this", type_=BigInteger))
_THIS = (_it.c.broadcast_id == bindparam("this"), _it.c.done_at.is_(None))
_BEGIN = (
    update(_it).where(*_THIS, _it.c.state == literal_column("'waiting'")).values(state=GOING, total=bindparam("all"))
)
_MARK = (
    update(_it)
    .where(*_THIS)
    .values(
        state=bindparam("becomes"),
        cursor=bindparam("at"),
        reached=_it.c.reached + bindparam("more"),
        done_at=bindparam("over_at"),
    )
)
_STOP = update(_it).where(*_THIS).values(state=STOPPED, done_at=bindparam("now"))


class BroadcastError(Exception):
    """A sentence: it cannot be sent, and why."""


class Order(msgspec.Struct, frozen=True, omit_defaults=True):
    """What to send to whom: a flow with its inputs, or a text."""

    audience: Audience
    flow: str = ""
    inputs: dict[str, Packed] = {}
    text: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """`state`: waiting, going, paused, done, stopped.  `total`: workers meant (0 until it begins); `reached` so far."""

    state: str
    total: int
    reached: int


class Broadcasts:
    """Sends from `start` to `stop`, while nothing holds it."""

    def __init__(
        self,
        store: Store,
        inbox: Inbox,
        library: Library,
        ids: Ids,
        clock: Clock,
        watch: Watch,
        deployment_zone: str,
    ) -> None:
        self._store = store
        self._library = library
        self._ids = ids
        self._clock = clock
        self._watch = watch
        self._zone = deployment_zone
        self._bulk = Bulk(store, inbox)
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, with what was under way when an earlier run ended."""
        self._wake.set()
        self._task = forever("broadcasts", self._turn)

    async def stop(self) -> None:
        """Send no more; what is under way goes on after the next start."""
        await end(self._task)

    # ------------------------------------------------------------ what a person asks

    async def place(self, order: Order, actor: str, due_at: int | None = None) -> int:
        """Store it, to be sent at `due_at` (ms UTC; None: now); returns its number.  BroadcastError."""
        self._reader(order)
        self._check(order)
        now, number = self._clock.now(), self._ids.new()
        body = self._store.vault.seal("broadcast", 0, number, msgspec.json.encode(order))
        row = {"broadcast_id": number, "flow": order.flow, "state": WAITING, "actor": actor, "body": body}
        row |= {"made_at": now, "due_at": now if due_at is None else due_at}
        await self._store.write(lambda c: c.execute(_PLACE, row))
        self._wake.set()
        return number

    async def count(self, order: Order) -> int:
        """How many workers it means just now.  BroadcastError."""
        self._check(order)
        return await self._bulk.count(self._reader(order))

    async def progress(self, number: int) -> Progress | None:
        """How far it has come; None where there is no such broadcast."""
        async with self._store.read() as connection:
            row = (await connection.execute(_ONE, {"this": number})).first()
            paused = (await read_paused(connection)).message(row.flow if row else "", number)
        if row is None:
            return None
        waits = paused and row.done_at is None
        return Progress("paused" if waits else row.state, row.total, row.reached)

    async def cancel(self, number: int) -> bool:
        """Begin it for nobody more; was it still under way?  What is in the outbox already goes out."""
        bound = {"this": number, "now": self._clock.now()}
        return bool(await self._store.write(lambda c: c.execute(_STOP, bound).rowcount))

    def _check(self, order: Order) -> None:
        if bool(order.flow) == bool(order.text.strip()):
            raise BroadcastError("Give either a flow or a text.")
        if not order.flow:
            return
        linked = self._library.current(order.flow)
        if linked is None:
            known = ", ".join(sorted(each.program.flow for each in self._library.flows())) or "none"
            raise BroadcastError(f"There is no flow {order.flow}. There are: {known}.")
        missing = [
            each.name for each in linked.program.inputs.values() if not each.optional and each.name not in order.inputs
        ]
        if missing:
            raise BroadcastError(f"{order.flow} needs {', '.join(missing)}: it can only be started by an event.")

    def _reader(self, order: Order) -> Reader:
        try:
            return Reader(order.audience, self._store.vault, self._zone, self._clock.now())
        except AudienceError as error:
            raise BroadcastError(str(error)) from None

    # ------------------------------------------------------------ what is under way

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
        opened = self._store.vault.open("broadcast", 0, row.broadcast_id, row.body)
        order = msgspec.json.decode(opened, type=Order)
        try:
            reader = self._reader(order)
            self._check(order)
        except BroadcastError as error:
            _log.warning("a broadcast stopped", broadcast=row.broadcast_id, why=str(error))
            await self.cancel(row.broadcast_id)
            return
        if row.state == WAITING:
            bound = {"this": row.broadcast_id, "all": await self._bulk.count(reader)}
            await self._store.write(lambda c: c.execute(_BEGIN, bound), SETTLE)
        work = _work(order, row.broadcast_id)

        async def mark(cursor: str, more: int, last: bool) -> bool:
            went_on = await self._mark(row, cursor, more, last)
            return went_on and not await self._is_paused(row) and await self._watch.holds() is None

        def item_of(member: Member) -> Item:
            return Item(work, f"broadcast {row.broadcast_id}", line_id=member.line_id)

        await self._bulk.through(reader, row.cursor, item_of, mark)

    async def _mark(self, row: AnyRow, cursor: str, more: int, last: bool) -> bool:
        """Note how far it has come; False where a person has stopped it."""
        over_at = self._clock.now() if last else None
        bound: dict[str, Any] = {"this": row.broadcast_id, "becomes": DONE if last else GOING, "at": cursor}
        bound |= {"more": more, "over_at": over_at}
        return bool(await self._store.write(lambda c: c.execute(_MARK, bound).rowcount, SETTLE))

    async def _is_paused(self, row: AnyRow) -> bool:
        async with self._store.read() as connection:
            paused = await read_paused(connection)
        return paused.everything or paused.message(row.flow, row.broadcast_id)


def _work(order: Order, number: int) -> Begin | Post:
    if order.flow:
        return Begin(order.flow, order.inputs, "person", number)
    return Post({"": order.text}, broadcast=number)
