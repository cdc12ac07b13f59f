"""The messages that go next: no two of one conversation at once by one channel, and none to a line that said STOP.

A message that is picked has its attempt on the disk before anything leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    exists,
    func,
    insert,
    literal_column,
    select,
    tuple_,
    update,
)

from engine import schema
from engine.kit import Kit
from engine.outgoing import CLASSES
from engine.sets import AnyRow, many


@dataclass(frozen=True, slots=True)
class Picked:
    """A message on its way: attempt number `attempt`, after `retries` failures of its own.  `body` is opened."""

    bucket: int
    box_id: int
    out_id: int
    attempt: int
    retries: int
    not_before: int
    parts: int
    session_id: int | None
    arms: int | None
    line_id: int
    recipient: str
    body: bytes


_out, _line = schema.outbox, schema.line
_before = _out.alias("before")
# Written out, not bound: only so does the planner see that the index over a part of the rows will do.
_QUEUED: ColumnElement[str] = literal_column("'queued'")
UNFINISHED: tuple[ColumnElement[str], ...] = (_QUEUED, literal_column("'sending'"))
_EARLIER = exists().where(
    _before.c.bucket == _out.c.bucket,
    _before.c.box_id == _out.c.box_id,
    _before.c.session_id == _out.c.session_id,
    _before.c.channel == _out.c.channel,
    _before.c.status.in_(UNFINISHED),
    tuple_(_before.c.seq, _before.c.item) < tuple_(_out.c.seq, _out.c.item),
)
_NEXT = (
    select(
        _out.c.bucket,
        _out.c.box_id,
        _out.c.out_id,
        _out.c.session_id,
        _out.c.arms,
        _out.c["class"].label("rank"),
        _out.c.parts,
        _out.c.tries,
        _out.c.retries,
        _out.c.not_before,
        _out.c.expires_at,
        _out.c.body,
        _line.c.line_id,
        _line.c.address,
        _line.c.stopped_at,
    )
    .join_from(_out, _line, _line.c.line_id == _out.c.line_id)
    .where(
        _out.c.channel == bindparam("channel"),
        _out.c.status == _QUEUED,
        _out.c.not_before <= bindparam("now"),
        ~_EARLIER,
    )
    .order_by(_out.c["class"], _out.c.not_before, _out.c.out_id)
    .limit(bindparam("room"))
)
_LATER = select(func.min(_out.c.not_before)).where(
    _out.c.channel == bindparam("channel"), _out.c.status == _QUEUED, _out.c.not_before > bindparam("now")
)
THIS = (
    _out.c.bucket == bindparam("in_bucket"),
    _out.c.box_id == bindparam("in_box"),
    _out.c.out_id == bindparam("this"),
)
_SEND = update(_out).where(*THIS).values(status="sending", tries=bindparam("attempt"))
_DROP = update(_out).where(*THIS).values(status=bindparam("ends_as"), final_at=bindparam("now"))
_ATTEMPT = insert(schema.attempt)


def pick(connection: Connection, kit: Kit, channel: str, room: int, now: int) -> tuple[list[Picked], bool]:
    """At most `room` messages, most urgent first, each with a new attempt; and whether others were dropped."""
    rows = connection.execute(_NEXT, {"channel": channel, "now": now, "room": room}).all()
    dropped = [{**_bound(row), "ends_as": why, "now": now} for row in rows if (why := _unsendable(row, now))]
    picked = [_picked(row, kit) for row in rows if not _unsendable(row, now)]
    many(connection, _DROP, dropped)
    many(connection, _SEND, [{**bound(each), "attempt": each.attempt} for each in picked])
    many(connection, _ATTEMPT, [_attempt(each, kit.process, now) for each in picked])
    return picked, bool(dropped)


def next_at(connection: Connection, channel: str, now: int) -> int | None:
    """When the next message that has to wait may go."""
    found: int | None = connection.scalar(_LATER, {"channel": channel, "now": now})
    return found


def bound(picked: Picked) -> dict[str, int]:
    """The message's key, as values of a statement."""
    return {"in_bucket": picked.bucket, "in_box": picked.box_id, "this": picked.out_id}


def _unsendable(row: AnyRow, now: int) -> str:
    if row.stopped_at is not None and row.rank != CLASSES["consent"]:
        return "stopped"
    return "expired" if row.expires_at <= now else ""


def _bound(row: AnyRow) -> dict[str, int]:
    return {"in_bucket": row.bucket, "in_box": row.box_id, "this": row.out_id}


def _picked(row: AnyRow, kit: Kit) -> Picked:
    return Picked(
        bucket=row.bucket,
        box_id=row.box_id,
        out_id=row.out_id,
        attempt=row.tries + 1,
        retries=row.retries,
        not_before=row.not_before,
        parts=row.parts,
        session_id=row.session_id,
        arms=row.arms,
        line_id=row.line_id,
        recipient=kit.vault.open("line", 0, row.line_id, row.address).decode(),
        body=kit.vault.open("outbox", row.box_id, row.out_id, row.body),
    )


def _attempt(picked: Picked, process: int, now: int) -> dict[str, Any]:
    return {
        "bucket": picked.bucket,
        "box_id": picked.box_id,
        "out_id": picked.out_id,
        "try": picked.attempt,
        "process": process,
        "started_at": now,
    }
