"""What was answered in the same request: stored with the event that brought it, so that a repeat hears the same.

It is written in the transaction of its step: what is heard again is what was done.  The purge empties it after a day.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Connection, Integer, Text, bindparam, select, update

from engine import schema
from engine.delivery import Reply
from engine.outgoing import body
from engine.places import Place
from engine.rows import Rows
from engine.sets import BOX, AnyRow, each, listed, many
from engine.vault import Vault
from engine.work import Item

_event, _seen, _out, _timer = schema.event, schema.seen, schema.outbox, schema.timer
_deliveries = each("deliveries", {**BOX, "line_id": BigInteger, "key": Text})
_STORED = (
    select(_seen.c.line_id, _seen.c.key, _event.c.box_id, _event.c.n, _event.c.reply)
    .join_from(
        _deliveries,
        _seen,
        (_seen.c.bucket == _deliveries.c.bucket)
        & (_seen.c.box_id == _deliveries.c.box_id)
        & (_seen.c.line_id == _deliveries.c.line_id)
        & (_seen.c.key == _deliveries.c.key),
    )
    .join(
        _event,
        (_event.c.bucket == _seen.c.bucket) & (_event.c.box_id == _seen.c.box_id) & (_event.c.n == _seen.c.event_n),
    )
    .where(_event.c.reply.is_not(None))
)
_KEEP = (
    update(_event)
    .where(
        _event.c.bucket == bindparam("in_bucket", type_=Integer),
        _event.c.box_id == bindparam("in_box", type_=BigInteger),
        _event.c.n == bindparam("number", type_=BigInteger),
    )
    .values(reply=bindparam("reply"))
)
_HAND = (
    update(_out)
    .where(
        _out.c.bucket == bindparam("in_bucket", type_=Integer),
        _out.c.box_id == bindparam("in_box", type_=BigInteger),
        _out.c.out_id == bindparam("this", type_=BigInteger),
    )
    .values(status="sent", sent_at=bindparam("now", type_=BigInteger))
)
START_CLOCKS = (
    update(_timer)
    .where(
        _timer.c.bucket == bindparam("in_bucket"),
        _timer.c.box_id == bindparam("in_box"),
        _timer.c.session_id == bindparam("in_session"),
        _timer.c.guard == bindparam("of_wait"),
        _timer.c.after.is_not(None),
    )
    .values(due_at=_timer.c.after + bindparam("now"))
)
"""A question was handed over: its clock starts."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Reply).decode


def give(rows: Rows, place: Place, since: int, n: int) -> Reply:
    """What the line hears of the messages from number `since` on, handed over with the answer to its event `n`."""
    line, vault = place.line, rows.kit.vault
    mine = [row for row in rows.outbox[since:] if _goes_now(row, line.line_id, rows.now)]
    common = place.home.common
    open_ = common.sessions.items()
    waits = any(each.status == "waiting" and common.ties[sid].line == line.line_id for sid, each in open_)
    reply = Reply(tuple(_text(rows, row) for row in mine), waits)
    rows.handed += mine
    key = {"in_bucket": line.bucket, "in_box": line.box_id, "number": n}
    rows.replies.append({**key, "reply": vault.seal("event.reply", line.box_id, n, _encode(reply))})
    return reply


def write(connection: Connection, rows: Rows) -> None:
    """After their events, messages and timers."""
    many(connection, _KEEP, rows.replies)
    many(connection, _HAND, [{**_key(row), "this": row["out_id"], "now": rows.now} for row in rows.handed])
    asked = [row for row in rows.handed if row["arms"] is not None]
    clocks = [{"in_session": row["session_id"], "of_wait": row["arms"], "now": rows.now, **_key(row)} for row in asked]
    many(connection, START_CLOCKS, clocks)


def stored(connection: Connection, vault: Vault, items: Iterable[Item]) -> dict[tuple[int, str], Reply]:
    """What these repeats were answered with, by delivery (line id, key); nothing where nobody knows it any more."""
    listing = [(item.bucket, item.box_id, line, key) for item in items for line, key in item.deliveries]
    if not listing:
        return {}
    found = connection.execute(_STORED, {"deliveries": listed(listing)})
    return {(row.line_id, row.key): _open(vault, row) for row in found}


def _goes_now(row: dict[str, Any], line_id: int, now: int) -> bool:
    """An action has no parts; what is gathered for another day leaves then."""
    return bool(row["line_id"] == line_id and row["parts"] and row["not_before"] <= now)


def _text(rows: Rows, row: dict[str, Any]) -> str:
    said = body(rows.kit.vault.open("outbox", row["box_id"], row["out_id"], row["body"]))
    return rows.kit.plain(said.text) if said.plain else said.text


def _key(row: dict[str, Any]) -> dict[str, int]:
    return {"in_bucket": row["bucket"], "in_box": row["box_id"]}


def _open(vault: Vault, row: AnyRow) -> Reply:
    return _decode(vault.open("event.reply", row.box_id, row.n, row.reply))
