"""What one of several conversations takes: one row, one holder, written in the transaction that tells him so.

A thing is named by a digest, for it may hold what a worker said.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, Integer, Text, select

from engine import schema
from engine.ids import BUCKETS
from engine.sets import each, listed, put


class Want(NamedTuple):
    """A conversation, of a worker, that wants a thing of its flow."""

    flow: str
    thing: str
    box_id: int
    session_id: int
    worker_id: str

    @property
    def place(self) -> tuple[int, str, str]:
        """The key of its row."""
        return bucket_of(self.thing), self.flow, self.thing


class Holder(NamedTuple):
    """Who has a thing: the conversation, and its worker.  `anew`: nobody had it before this transaction."""

    session_id: int
    worker_id: str
    anew: bool


_taken = schema.taken
_keys = each("keys", {"bucket": Integer, "flow": Text, "value_key": Text})
_TAKE = put(_taken, ["bucket", "flow", "value_key"]).returning(_taken.c.value_key)
_HOLDERS = select(_taken.c.value_key, _taken.c.session_id, _taken.c.worker_id).join_from(
    _keys,
    _taken,
    (_taken.c.bucket == _keys.c.bucket) & (_taken.c.flow == _keys.c.flow) & (_taken.c.value_key == _keys.c.value_key),
)


def bucket_of(thing: str) -> int:
    """Where the row of a thing (32 hex digits) is kept."""
    return int(thing[:8], 16) % BUCKETS


def take(connection: Connection, wants: Iterable[Want], now: int) -> dict[str, Holder]:
    """Give each thing to the first who wants it and finds it free; who has each, by thing.

    Their boxes are locked.  In order of the keys, so that no two transactions wait for each other.
    """
    first = {want.place: want for want in reversed(list(wants))}
    rows = [
        {
            "bucket": bucket,
            "flow": flow,
            "value_key": thing,
            "box_id": want.box_id,
            "session_id": want.session_id,
            "worker_id": want.worker_id,
            "at": now,
        }
        for (bucket, flow, thing), want in sorted(first.items())
    ]
    anew = set(connection.scalars(_TAKE, rows))
    found = holders(connection, first, anew)
    # Whoever had one of them let it go between the two statements: it is free.
    freed = [want for want in first.values() if want.thing not in found]
    return found | take(connection, freed, now) if freed else found


def holders(
    connection: Connection, places: Iterable[tuple[int, str, str]], anew: Iterable[str] = ()
) -> dict[str, Holder]:
    """Who has each of these things, by thing."""
    rows = connection.execute(_HOLDERS, {"keys": listed(sorted(places))})
    return {row.value_key: Holder(row.session_id, row.worker_id, row.value_key in anew) for row in rows}
