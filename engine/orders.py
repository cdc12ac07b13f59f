"""What a person orders to be sent to many: stored whole before anything of it begins, and stopped at any time.

Nothing here needs a running server: what was ordered without one goes out when one runs.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from sqlalchemy import BigInteger, Connection, Text, bindparam, insert, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from engine import audit, headcount, schema
from engine.audience import Audience, AudienceError, Reader
from engine.audit import Entry
from engine.clock import Clock
from engine.ids import Ids
from engine.pauses import read_paused
from engine.store import Store
from engine.values import Packed
from engine.vault import Vault
from grammar.program import Program, decode

WAITING, GOING, DONE, STOPPED = "waiting", "going", "done", "stopped"
"""States: for its time, under way, everybody reached, stopped by a person or because it cannot go on."""

_it, _current, _program = schema.broadcast, schema.current, schema.program
_PLACE = insert(_it)
_ONE = select(_it).where(_it.c.broadcast_id == bindparam("this", type_=BigInteger))
_STOP = (
    update(_it)
    .where(_it.c.broadcast_id == bindparam("this"), _it.c.done_at.is_(None))
    .values(state=literal_column("'stopped'"), done_at=bindparam("now"))
)
_FLOWS = select(_current.c.flow).where(_current.c.hash != literal_column("''")).order_by(_current.c.flow)
_FLOW = (
    select(_program.c.code)
    .join_from(_current, _program, _program.c.hash == _current.c.hash)
    .where(_current.c.flow == bindparam("flow", type_=Text))
)


class OrderError(Exception):
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


class Orders:
    """Takes orders.  `deployment_zone`: of workers and facilities that have none."""

    def __init__(self, store: Store, ids: Ids, clock: Clock, deployment_zone: str) -> None:
        self._store = store
        self._ids = ids
        self._clock = clock
        self._zone = deployment_zone

    async def place(self, order: Order, actor: str, due_at: int | None = None) -> int:
        """Store it, to be sent at `due_at` (ms UTC; None: now); returns its number.  OrderError."""
        await self.check(order)
        now, number = self._clock.now(), self._ids.new()
        row = {
            "broadcast_id": number,
            "flow": order.flow,
            "state": WAITING,
            "actor": actor,
            "made_at": now,
            "due_at": now if due_at is None else due_at,
            "body": self._store.vault.seal("broadcast", 0, number, msgspec.json.encode(order)),
        }

        def write(connection: Connection) -> None:
            connection.execute(_PLACE, row)
            audit.note(connection, self._store.vault, Entry(actor, "send", f"{number} {order.flow}".strip()), now)

        await self._store.write(write)
        return number

    async def count(self, order: Order) -> int:
        """How many workers it means just now.  OrderError."""
        await self.check(order)
        async with self._store.read() as connection:
            return await self.reader(order).count(connection)

    async def shares(self, order: Order) -> list[headcount.Share]:
        """The same, by channel and language.  OrderError."""
        await self.check(order)
        async with self._store.read() as connection:
            return await headcount.shares(connection, self.reader(order, records=True))

    async def progress(self, number: int) -> Progress | None:
        """How far it has come; None where there is no such broadcast."""
        async with self._store.read() as connection:
            row = (await connection.execute(_ONE, {"this": number})).first()
            paused = await read_paused(connection)
        if row is None:
            return None
        waits = row.done_at is None and (paused.everything or paused.message(row.flow, number))
        return Progress("paused" if waits else row.state, row.total, row.reached)

    async def cancel(self, number: int, actor: str) -> bool:
        """Begin it for nobody more; was it still under way?  What is in the outbox already goes out."""
        now = self._clock.now()

        def write(connection: Connection) -> bool:
            was = bool(connection.execute(_STOP, {"this": number, "now": now}).rowcount)
            if was:
                audit.note(connection, self._store.vault, Entry(actor, "stop sending", str(number)), now)
            return was

        return await self._store.write(write)

    async def check(self, order: Order) -> None:
        """Can it be sent just now?  OrderError where it cannot."""
        if bool(order.flow) == bool(order.text.strip()):
            raise OrderError("Give either a flow or a text.")
        self.reader(order)
        if order.flow:
            async with self._store.read() as connection:
                _fits(order, await published(connection, order.flow))

    def reader(self, order: Order, *, records: bool = False) -> Reader:
        """Reads those whom it means, with their records if asked for.  OrderError."""
        try:
            return Reader(order.audience, self._store.vault, self._zone, self._clock.now(), records=records)
        except AudienceError as error:
            raise OrderError(str(error)) from None


def opened(vault: Vault, number: int, body: bytes) -> Order:
    """The order in a row."""
    return msgspec.json.decode(vault.open("broadcast", 0, number, body), type=Order)


async def published(connection: AsyncConnection, flow: str) -> Program:
    """The version of a flow that new conversations run.  OrderError where there is none."""
    code = await connection.scalar(_FLOW, {"flow": flow})
    if code is None:
        known = ", ".join(await connection.scalars(_FLOWS))
        if not known:
            raise OrderError("No flow was published here yet. Start the server once: it publishes the flows folder.")
        raise OrderError(f"There is no flow {flow}. There are: {known}.")
    return decode(code)


def _fits(order: Order, program: Program) -> None:
    """Does it give all that the flow needs?"""
    missing = [name for name, each in program.inputs.items() if not each.optional and name not in order.inputs]
    if missing:
        raise OrderError(f"{order.flow} needs {', '.join(missing)}: only an event can start it.")
