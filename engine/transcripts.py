"""What was said on a line, in order: the worker's messages and ours, opened for whoever may read them."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from sqlalchemy import Text, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from engine import schema
from engine.addresses import Address
from engine.events import Event, Opened, Received, Regained, Started
from engine.outgoing import ACTION, SUBMIT, body
from engine.sets import AnyRow
from engine.vault import Vault

WORKER, ENGINE = "worker", "engine"


@dataclass(frozen=True, slots=True)
class Said:
    """A message.  `who`: worker or engine.  `status`: how far ours has come.  `sensitive`: staff may not see it."""

    at: int
    who: str
    text: str
    status: str = ""
    sensitive: bool = False


_line, _event, _out = schema.line, schema.event, schema.outbox
_FIND = select(_line.c.line_id, _line.c.bucket, _line.c.box_id).where(
    _line.c.kind == bindparam("kind", type_=Text), _line.c.address_key == bindparam("key", type_=Text)
)
_EVENTS = (
    select(_event.c.box_id, _event.c.n, _event.c.at, _event.c.kind, _event.c.session_id, _event.c.body)
    .where(
        _event.c.bucket == bindparam("in_bucket"),
        _event.c.box_id == bindparam("in_box"),
        _event.c.line_id == bindparam("in_line"),
        _event.c.kind.in_(("received", "opened", "started", "regained")),
        func.length(_event.c.body) > 0,  # else its time is over
    )
    .order_by(_event.c.n.desc())
    .limit(bindparam("most"))
)
_MESSAGES = (
    select(_out.c.box_id, _out.c.out_id, _out.c.queued_at, _out.c.status, _out.c.body)
    .where(
        _out.c.bucket == bindparam("in_bucket"),
        _out.c.box_id == bindparam("in_box"),
        _out.c.line_id == bindparam("in_line"),
        ~_out.c.channel.startswith(ACTION),
        ~_out.c.channel.startswith(SUBMIT),
        func.length(_out.c.body) > 0,
    )
    .order_by(_out.c.out_id.desc())
    .limit(bindparam("most"))
)
_decoder: msgspec.msgpack.Decoder[Event] = msgspec.msgpack.Decoder(Event)


async def transcript(connection: AsyncConnection, vault: Vault, address: Address, most: int = 100) -> list[Said]:
    """The last `most` messages of each side on the line, oldest first; none where nobody ever wrote."""
    line = (await connection.execute(_FIND, {"kind": address.kind, "key": address.key})).first()
    if line is None:
        return []
    place = {"in_bucket": line.bucket, "in_box": line.box_id, "in_line": line.line_id, "most": most}
    rows = (await connection.execute(_EVENTS, place)).all()
    opened = {row.session_id for row in rows if row.kind == "opened"}
    # What began on a shared phone was said before it was known who speaks.
    heard = [_heard(row, vault) for row in rows if row.kind != "started" or row.session_id not in opened]
    said = [_said(row, vault) for row in await connection.execute(_MESSAGES, place)]
    # What follows from a message has the same moment, and comes after it.
    both = [*(each for each in reversed(heard) if each is not None), *reversed(said)]
    return sorted(both, key=lambda each: each.at)


def _heard(row: AnyRow, vault: Vault) -> Said | None:
    event = _decoder.decode(vault.open("event", row.box_id, row.n, row.body))
    if isinstance(event, Received):
        hidden = bool(event.proof)
        return Said(row.at, WORKER, "••••" if hidden else event.text, sensitive=hidden)
    return Said(row.at, WORKER, event.text) if isinstance(event, Opened | Started | Regained) and event.text else None


def _said(row: AnyRow, vault: Vault) -> Said:
    message = body(vault.open("outbox", row.box_id, row.out_id, row.body))
    return Said(row.queued_at, ENGINE, message.text, row.status, message.sensitive)
