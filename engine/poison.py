"""Work that could not be stepped with others: stored, tried alone three times, then parked for a person to look at.

Each try is counted before it is made, so that work which kills the process is parked too.  A conversation that cannot
be stepped is parked with it, so that its worker's other conversations go on.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping

import structlog
from sqlalchemy import Connection, bindparam, func, literal_column, select, update

from engine import schema
from engine.batch import ACCEPTED, PARKED, Batch, Stored
from engine.clock import Clock
from engine.floor import StuckError
from engine.ids import bucket_of
from engine.kit import Kit
from engine.locks import lock
from engine.store import DoubtError, Store, StoreError
from engine.work import Item, Ring, decode
from engine.writer import INBOX

TRIES = 3

LAST = (1 << 63) - 1
"""A number behind all events."""

_log = structlog.get_logger(__name__)
_event = schema.event
_THIS = (
    _event.c.bucket == bindparam("in_bucket"),
    _event.c.box_id == bindparam("in_box"),
    _event.c.n == bindparam("number"),
    _event.c.state == ACCEPTED,
)
# Written out, not bound: so the index over them is used.
_WAITS = _event.c.state == literal_column(str(ACCEPTED))
_WAITING = (
    select(_event.c.bucket, _event.c.box_id, _event.c.n)
    .where(_WAITS, _event.c.at <= bindparam("until"))
    .order_by(_event.c.bucket, _event.c.box_id, _event.c.n)
)
_FIRST = select(func.min(_event.c.n)).where(
    _event.c.bucket == bindparam("in_bucket"), _event.c.box_id == bindparam("in_box"), _WAITS
)
_MERGED = select(schema.box.c.merged_into).where(
    schema.box.c.bucket == bindparam("in_bucket"), schema.box.c.box_id == bindparam("in_box")
)
_COUNT = update(_event).where(*_THIS, _event.c.tries < TRIES).values(tries=_event.c.tries + 1).returning(_event.c.tries)
_LOAD = select(_event.c.body, _event.c.line_id).where(*_THIS)
_PARK = (
    update(_event)
    .where(*_THIS)
    .values(state=PARKED, fault=bindparam("trace"), session_id=bindparam("stuck"))
    .returning(_event.c.n)
)
_STUCK = (
    update(schema.session)
    .where(
        schema.session.c.bucket == bindparam("in_bucket"),
        schema.session.c.box_id == bindparam("in_box"),
        schema.session.c.session_id == bindparam("stuck"),
        schema.session.c.status != literal_column("'ended'"),
    )
    .values(status="parked")
)
_ONE_LESS = (
    update(schema.box)
    .where(schema.box.c.bucket == bindparam("in_bucket"), schema.box.c.box_id == bindparam("in_box"))
    .values(accepted=schema.box.c.accepted - 1)
)


class Ward:
    """Steps accepted events one by one, in the order of their numbers."""

    def __init__(self, store: Store, kit: Kit, clock: Clock) -> None:
        self._store = store
        self._kit = kit
        self._clock = clock
        self._begun: set[Stored] = set()  # counted, and not at its end yet

    async def waiting(self, until: int) -> list[Stored]:
        """All that were accepted until then (ms) and not stepped, by box and number."""
        async with self._store.read() as connection:
            return [Stored(*row) for row in await connection.execute(_WAITING, {"until": until})]

    async def treat(self, stored: Stored) -> Ring:
        """Step it, and what waits before it in its box; StoreError where the database cannot be written.

        What cannot be stepped is parked after three tries.  Another process may do the same: each is done once.
        """
        ring = Ring()
        while (first := await self._first(stored)) is not None and first.n <= stored.n:
            ring |= await self._treat(first)
        if home := await self._home(stored):  # its events have other numbers there
            ring |= await self.treat(Stored(bucket_of(home), home, LAST))
        return ring

    async def _first(self, stored: Stored) -> Stored | None:
        async with self._store.read() as connection:
            n = await connection.scalar(_FIRST, {"in_bucket": stored.bucket, "in_box": stored.box_id})
        return None if n is None else Stored(stored.bucket, stored.box_id, n)

    async def _home(self, stored: Stored) -> int | None:
        """The box that its box became a part of meanwhile."""
        async with self._store.read() as connection:
            return await connection.scalar(_MERGED, {"in_bucket": stored.bucket, "in_box": stored.box_id})

    async def _treat(self, stored: Stored) -> Ring:
        trace, stuck = "It ended the process, three times.", None
        while stored in self._begun or await self._store.write(lambda c: _count(c, stored), INBOX):
            self._begun.add(stored)
            try:
                ring = await self._store.write(lambda c: self._step(c, stored), INBOX)
            except DoubtError:
                self._begun.discard(stored)
                return Ring(everybody=True)  # it may be done, and who has something to do then is not known
            except StoreError:
                raise  # not its fault: when the database can be written again, this try goes on
            except Exception as error:  # noqa: BLE001  (whatever it is, it must not stop the others)
                self._begun.discard(stored)
                stuck = error.session_id if isinstance(error, StuckError) else None
                cause = error.__cause__ if isinstance(error, StuckError) and error.__cause__ else error
                trace = "".join(traceback.format_exception(cause))
                _log.error(
                    "a message could not be applied", box=stored.box_id, number=stored.n, error=type(cause).__name__
                )
            else:
                self._begun.discard(stored)
                return ring
        sealed = self._kit.vault.seal("event.fault", stored.box_id, stored.n, trace.encode())
        values: dict[str, int | bytes | None] = {**_bound(stored), "trace": sealed, "stuck": stuck}
        if await self._store.write(lambda c: _park(c, stored, values), INBOX):
            _log.error("a message was parked", box=stored.box_id, number=stored.n)
        return Ring()

    def _step(self, connection: Connection, stored: Stored) -> Ring:
        lock(connection, [stored.box_id])
        row = connection.execute(_LOAD, _bound(stored)).one_or_none()
        if row is None:  # another process has done it
            return Ring()
        work = decode(self._kit.vault.open("event", stored.box_id, stored.n, row.body))
        item = Item(work, "", None, row.line_id, stored.bucket, stored.box_id, stored.n)
        return Batch(connection, self._kit, self._clock.now(), [item]).step().ring


def _bound(stored: Stored) -> dict[str, int]:
    return {"in_bucket": stored.bucket, "in_box": stored.box_id, "number": stored.n}


def _count(connection: Connection, stored: Stored) -> bool:
    """Count one more try; False where there were enough."""
    lock(connection, [stored.box_id])
    return connection.execute(_COUNT, _bound(stored)).first() is not None


def _park(connection: Connection, stored: Stored, values: Mapping[str, int | bytes | None]) -> bool:
    """False where another process was done with it meanwhile."""
    lock(connection, [stored.box_id])
    parked = connection.execute(_PARK, values).first() is not None
    if parked:
        connection.execute(_ONE_LESS, values)
        connection.execute(_STUCK, values)
    return parked
