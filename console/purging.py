"""A part of the database is purged of what is past its time, or only counted."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection

from console.errands import Desk, Errand, RefusedError
from engine import audit
from engine.audit import Entry
from engine.held import CLOCK
from engine.purging import PARTS, Purge, Terms
from engine.watch import Watch


class Older(msgspec.Struct, frozen=True):
    """What is older than these moments (ms UTC) goes, None: it is kept; in one of the parts of a pass.

    `dry`: nothing goes.
    """

    messages: int | None
    answers: int | None
    seen: int | None
    part: int
    dry: bool = False


class Purged(msgspec.Struct, frozen=True):
    """How many rows of each table lost something."""

    rows: dict[str, int]


async def _run(desk: Desk, older: Older) -> Purged:
    if not older.dry:
        await _trust(desk)
    purge = Purge(desk.store, Terms(older.messages, older.answers, older.seen))
    total = await purge.part(older.part, dry=older.dry)
    if older.part == PARTS - 1 and not older.dry:
        await purge.unboxed()
        await desk.store.write(lambda connection: _note(connection, desk, older))
    return Purged(dict(total))


async def _trust(desk: Desk) -> None:
    """A clock that is a year ahead would wipe a year."""
    hold = await Watch(desk.store, desk.clock).holds()
    if hold is not None and hold.kind == CLOCK:
        raise RefusedError(f"{hold.reason} Nothing was wiped. Set the clock; where it is right: dundun resume")


def _note(connection: Connection, desk: Desk, older: Older) -> None:
    terms = {"messages": older.messages, "answers": older.answers, "deliveries": older.seen}
    detail = ", ".join(f"{what} before {_day(end, desk.zone)}" for what, end in terms.items() if end is not None)
    audit.note(connection, desk.store.vault, Entry(desk.actor, "purge", detail), desk.clock.now())


def _day(end: int, zone: str) -> str:
    return f"{datetime.fromtimestamp(end / 1000, ZoneInfo(zone)):%Y-%m-%d}"


PURGE = Errand("purge", Older, Purged, _run)
