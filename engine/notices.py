"""A message that can no longer be sent is an event of its conversation: whoever asked does not wait for ever.

It comes as a timer that is due, written with the message's last status, so that no crash loses it; only for the wait
that the message opened, and only while that wait lasts.  Who does not wait for a `submit`, and wants to know, is told
so as long as the conversation lasts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, select

from engine import schema
from engine.events import NOT_TAKEN, UNREACHABLE
from engine.sets import BOX, AnyRow, each, listed, many, put

_session, _timer = schema.session, schema.timer
_waits = each("waits", {**BOX, "session_id": BigInteger, "wait": BigInteger})
_OPEN = (
    select(_session.c.bucket, _session.c.box_id, _session.c.session_id, _waits.c.wait)
    .join_from(
        _waits,
        _session,
        (_session.c.bucket == _waits.c.bucket)
        & (_session.c.box_id == _waits.c.box_id)
        & (_session.c.session_id == _waits.c.session_id),
    )
    .where(_session.c.status != "ended")
)
_STILL = _OPEN.where(_session.c.wait == _waits.c.wait)
_PUT = put(_timer, ["bucket", "box_id", "session_id", "name"], ["guard", "due_at"])


class Notice(NamedTuple):
    """The wait of a conversation whose question, or action, never left."""

    bucket: int
    box_id: int
    session_id: int
    wait: int


class NotTaken(NamedTuple):
    """The `submit` of a conversation, at the position `at` of its flow, whose values never left."""

    bucket: int
    box_id: int
    session_id: int
    at: int


def notice(connection: Connection, waits: Iterable[Notice], now: int) -> None:
    """Let the conversations know; their boxes are locked."""
    keys = sorted(set(waits))
    if keys:
        rows = connection.execute(_STILL, {"waits": listed(keys)})
        many(connection, _PUT, [_due(row, UNREACHABLE, row.wait, now) for row in rows])


def notice_not_taken(connection: Connection, submits: Iterable[NotTaken], now: int) -> None:
    """The same for those who do not wait."""
    keys = sorted(set(submits))
    if keys:
        rows = connection.execute(_OPEN, {"waits": listed(keys)})
        many(connection, _PUT, [_due(row, f"{NOT_TAKEN}:{row.wait}", None, now) for row in rows])


def _due(row: AnyRow, name: str, guard: int | None, now: int) -> dict[str, Any]:
    key = {"bucket": row.bucket, "box_id": row.box_id, "session_id": row.session_id}
    return {**key, "name": name, "guard": guard, "after": None, "due_at": now}
