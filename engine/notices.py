"""A message that can no longer be sent is an event of its conversation: whoever asked does not wait for ever.

It comes as a timer that is due, written with the message's last status, so that no crash loses it; only for the wait
that the message opened, and only while that wait lasts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, select

from engine import schema
from engine.events import UNREACHABLE
from engine.sets import BOX, each, listed, many, put

_session, _timer = schema.session, schema.timer
_waits = each("waits", {**BOX, "session_id": BigInteger, "wait": BigInteger})
_STILL = (
    select(_session.c.bucket, _session.c.box_id, _session.c.session_id, _session.c.wait)
    .join_from(
        _waits,
        _session,
        (_session.c.bucket == _waits.c.bucket)
        & (_session.c.box_id == _waits.c.box_id)
        & (_session.c.session_id == _waits.c.session_id)
        & (_session.c.wait == _waits.c.wait),
    )
    .where(_session.c.status != "ended")
)
_PUT = put(_timer, ["bucket", "box_id", "session_id", "name"], ["guard", "due_at"])


class Notice(NamedTuple):
    """The wait of a conversation whose question, or action, never left."""

    bucket: int
    box_id: int
    session_id: int
    wait: int


def notice(connection: Connection, waits: Iterable[Notice], now: int) -> None:
    """Let the conversations know; their boxes are locked."""
    keys = sorted(set(waits))
    if not keys:
        return
    rows = connection.execute(_STILL, {"waits": listed(keys)})
    due = [
        {
            "bucket": row.bucket,
            "box_id": row.box_id,
            "session_id": row.session_id,
            "name": UNREACHABLE,
            "guard": row.wait,
            "after": None,
            "due_at": now,
        }
        for row in rows
    ]
    many(connection, _PUT, due)
