"""Whether the engine is on hold: what time brings, or all that leaves, waits until a person says so.

The state is one row, so that every process and every command sees the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from engine import schema
from engine.sets import AnyRow, put

CLOCK, RESTORED = "clock", "restored"
_NAME, _TIME = "hold", "clock"

_meta = schema.meta
_READ = select(_meta.c.name, _meta.c.value).where(_meta.c.name.in_((_NAME, _TIME)))
_BEGIN = put(_meta, ["name"])
_PUT = put(_meta, ["name"], ["value"])
_END = delete(_meta).where(_meta.c.name == _NAME)


class Hold(msgspec.Struct, frozen=True):
    """`kind`: clock (the time cannot be trusted) or restored (the database is a copy or a backup).

    `reason`: a sentence for the person who decides.  `since`: ms UTC.
    """

    kind: str
    reason: str
    since: int

    @property
    def everything(self) -> bool:
        """Does nothing at all leave?  Else only timers, schedules and bulk wait, and who writes is answered."""
        return self.kind != CLOCK


class State(msgspec.Struct, frozen=True):
    """`hold`: None where all goes its way.  `clock`: the last stored time (ms UTC), None in a new database."""

    hold: Hold | None
    clock: int | None


def state(connection: Connection) -> State:
    """Is anything held?  For whoever sends or fires, in the transaction in which he does."""
    return _state(connection.execute(_READ))


async def read_state(connection: AsyncConnection) -> State:
    """The same, over a connection that reads."""
    return _state(await connection.execute(_READ))


def hold(connection: Connection, kind: str, reason: str, now: int) -> None:
    """From now on; where all is held already, it stays so."""
    value = msgspec.json.encode(Hold(kind, reason, now)).decode()
    connection.execute(_BEGIN if kind == CLOCK else _PUT, {"name": _NAME, "value": value})


def release(connection: Connection, now: int) -> None:
    """A person says that it may go on, and that the time is right."""
    connection.execute(_END)
    store_clock(connection, now)


def store_clock(connection: Connection, now: int) -> None:
    """The time that the next one is compared with."""
    connection.execute(_PUT, {"name": _TIME, "value": str(now)})


def _state(rows: Iterable[AnyRow]) -> State:
    found: dict[str, Any] = {row.name: row.value for row in rows}
    held = msgspec.json.decode(found[_NAME], type=Hold) if _NAME in found else None
    return State(held, int(found[_TIME]) if _TIME in found else None)
