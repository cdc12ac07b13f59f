"""What the pages read: short reads of the stored rows, opened for staff; nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from engine import schema
from engine.facts import Record
from engine.functions import written
from engine.outgoing import ACTION, SUBMIT
from engine.people import opened
from engine.session import Session, decode
from engine.sets import AnyRow
from engine.values import unpack
from engine.vault import Vault

MOST_WORKERS = 200
MOST_SESSIONS = 20
MOST_ANSWERS = 200

_worker, _link, _line, _out = schema.worker, schema.worker_line, schema.line, schema.outbox
_session, _answer = schema.session, schema.answer
_packed: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(Any)

_RECEIVED = (
    select(func.count())
    .select_from(_link)
    .join(_line, _line.c.line_id == _link.c.line_id)
    .join(_out, (_out.c.bucket == _line.c.bucket) & (_out.c.box_id == _line.c.box_id))
    .where(
        _link.c.worker_id == _worker.c.worker_id,
        _out.c.line_id == _line.c.line_id,
        ~_out.c.channel.startswith(ACTION),
        ~_out.c.channel.startswith(SUBMIT),
    )
    .scalar_subquery()
)
_WORKERS = (
    select(
        _worker.c.worker_id,
        _worker.c.record,
        schema.facility.c.record.label("place"),
        _worker.c.facility,
        _RECEIVED.label("received"),
    )
    .outerjoin(schema.facility, schema.facility.c.code == _worker.c.facility)
    .order_by(_worker.c.worker_id)
    .limit(MOST_WORKERS)
)
_boxes = (
    select(_line.c.bucket, _line.c.box_id)
    .join_from(_link, _line, _line.c.line_id == _link.c.line_id)
    .where(_link.c.worker_id == bindparam("worker"))
    .distinct()
    .subquery()
)
_SESSIONS = (
    select(_session.c.box_id, _session.c.session_id, _session.c.state)
    .join_from(_boxes, _session, (_session.c.bucket == _boxes.c.bucket) & (_session.c.box_id == _boxes.c.box_id))
    .where(_session.c.worker_id == bindparam("worker"), func.length(_session.c.state) > 0)
    .order_by(_session.c.session_id.desc())
    .limit(MOST_SESSIONS)
)
_ANSWERS = (
    select(_answer)
    .join_from(_boxes, _answer, (_answer.c.bucket == _boxes.c.bucket) & (_answer.c.box_id == _boxes.c.box_id))
    .join(
        _session,
        (_session.c.bucket == _answer.c.bucket)
        & (_session.c.box_id == _answer.c.box_id)
        & (_session.c.session_id == _answer.c.session_id),
    )
    .where(_session.c.worker_id == bindparam("worker"), ~_answer.c.aside)
    .order_by(_answer.c.at.desc(), _answer.c.session_id, _answer.c.n.desc())
    .limit(MOST_ANSWERS)
)


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker as the list shows him; `received`: how many messages ever went to his lines."""

    worker_id: str
    record: Record
    facility: Record
    received: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A present answer.  `value` is None where staff may only know that it is there: sensitive, or its time over."""

    key: str
    session_id: int
    question: str
    label: str
    value: str | None
    at: int


async def workers(connection: AsyncConnection, vault: Vault) -> list[Worker]:
    """The first workers in the order of their ids."""
    return [_read_worker(row, vault) for row in await connection.execute(_WORKERS)]


async def sessions(connection: AsyncConnection, vault: Vault, worker: str) -> list[Session]:
    """The worker's last conversations, the newest first."""
    rows = await connection.execute(_SESSIONS, {"worker": worker})
    return [decode(vault.open("session", row.box_id, row.session_id, row.state)) for row in rows]


async def answers(connection: AsyncConnection, vault: Vault, worker: str) -> list[Answer]:
    """The worker's last present answers, the newest first."""
    return [_read_answer(row, vault) for row in await connection.execute(_ANSWERS, {"worker": worker})]


def _read_worker(row: AnyRow, vault: Vault) -> Worker:
    facility = {} if row.place is None else opened(vault, "facility", row.facility, row.place)
    return Worker(row.worker_id, opened(vault, "worker", row.worker_id, row.record), facility, row.received)


def _read_answer(row: AnyRow, vault: Vault) -> Answer:
    name = f"{row.question}.{row.turn}" if row.turn else row.question
    key = f"{row.session_id}.{row.n}"
    if row.sensitive or not row.value:  # its time is over
        return Answer(key, row.session_id, name, "", None, row.at)
    value = written(unpack(_packed.decode(vault.open("answer", row.box_id, key, row.value))))
    return Answer(key, row.session_id, name, row.label or value, value, row.at)
