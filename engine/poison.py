"""Work that could not be stepped with others: stored, tried alone three times, then parked for a person to look at.

Each try is counted before it is made, so that work which kills the process is parked too.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection, bindparam, literal_column, select, update

from engine import schema
from engine.batch import ACCEPTED, Batch
from engine.clock import Clock
from engine.kit import Kit
from engine.store import Store, StoreError
from engine.work import Item, Ring, decode
from engine.writer import INBOX

TRIES = 3
PARKED = 2

_log = structlog.get_logger(__name__)
_event = schema.event
_THIS = (
    _event.c.bucket == bindparam("in_bucket"),
    _event.c.box_id == bindparam("in_box"),
    _event.c.n == bindparam("number"),
    _event.c.state == ACCEPTED,
)
_WAITING = (
    select(_event.c.bucket, _event.c.box_id, _event.c.n)
    .where(_event.c.state == literal_column(str(ACCEPTED)))  # written out: so the index over them is used
    .order_by(_event.c.bucket, _event.c.box_id, _event.c.n)
)
_COUNT = update(_event).where(*_THIS, _event.c.tries < TRIES).values(tries=_event.c.tries + 1).returning(_event.c.tries)
_LOAD = select(_event.c.body, _event.c.line_id).where(*_THIS)
_PARK = update(_event).where(*_THIS).values(state=PARKED, fault=bindparam("trace"))


@dataclass(frozen=True, slots=True)
class Stored:
    """An accepted event that waits to be stepped."""

    bucket: int
    box_id: int
    n: int

    def bound(self) -> dict[str, int]:
        """As the values of a statement."""
        return {"in_bucket": self.bucket, "in_box": self.box_id, "number": self.n}


class Ward:
    """Steps accepted events one by one, in the order of their numbers."""

    def __init__(self, store: Store, kit: Kit, clock: Clock) -> None:
        self._store = store
        self._kit = kit
        self._clock = clock

    async def waiting(self) -> list[Stored]:
        """All that were accepted and not stepped, by box and number."""
        async with self._store.read() as connection:
            return [Stored(*row) for row in await connection.execute(_WAITING)]

    async def treat(self, stored: Stored) -> Ring:
        """Step it, or park it after three tries; StoreError where the database cannot be written."""
        trace = "It ended the process, three times."
        while await self._store.write(lambda c: _count(c, stored), INBOX):
            try:
                return await self._store.write(lambda c: self._step(c, stored), INBOX)
            except StoreError:
                raise
            except Exception as error:  # noqa: BLE001  (whatever it is, it must not stop the others)
                trace = traceback.format_exc()
                _log.error(
                    "a message could not be applied", box=stored.box_id, number=stored.n, error=type(error).__name__
                )
        sealed = self._kit.vault.seal("event.fault", stored.box_id, stored.n, trace.encode())
        await self._store.write(lambda c: c.execute(_PARK, {**stored.bound(), "trace": sealed}), INBOX)
        _log.error("a message was parked", box=stored.box_id, number=stored.n)
        return Ring()

    def _step(self, connection: Connection, stored: Stored) -> Ring:
        row = connection.execute(_LOAD, stored.bound()).one()
        work = decode(self._kit.vault.open("event", stored.box_id, stored.n, row.body))
        item = Item(work, "", None, row.line_id, stored.bucket, stored.box_id, stored.n)
        return Batch(connection, self._kit, self._clock.now(), [item]).step().ring


def _count(connection: Connection, stored: Stored) -> bool:
    """Count one more try; False where there were enough."""
    return connection.execute(_COUNT, stored.bound()).first() is not None
