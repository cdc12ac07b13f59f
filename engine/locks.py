"""The box lock: whoever writes rows of a box holds it first, all boxes of a transaction in one sorted statement.

So nobody waits in a circle, and what is read afterwards is how it is.  On SQLite the transaction is the lock.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, select

from engine import schema
from engine.ids import bucket_of
from engine.sets import BOX, each, listed

_box = schema.box
_boxes = each("boxes", BOX)
_SORTED = (
    select(_box.c.box_id, _box.c.next_event, _box.c.accepted, _box.c.audit_n, _box.c.audit_head, _box.c.merged_into)
    .join_from(_boxes, _box, (_box.c.bucket == _boxes.c.bucket) & (_box.c.box_id == _boxes.c.box_id))
    .order_by(_box.c.bucket, _box.c.box_id)
)
_LOCK = _SORTED.with_for_update(of=_box, key_share=True)  # FOR NO KEY UPDATE
_LOCK_FREE = _SORTED.with_for_update(of=_box, key_share=True, skip_locked=True)


class Held(NamedTuple):
    """A box that is locked: `next_event`, the number of its next event; `accepted`, how many events wait in it.

    `audit_n`, `audit_head`: the end of its chain.  `merged_into`: the box that it became a part of.
    """

    box_id: int
    next_event: int
    accepted: int
    audit_n: int
    audit_head: bytes | None
    merged_into: int | None


def lock(connection: Connection, boxes: Iterable[int]) -> dict[int, Held]:
    """Lock the boxes, until the transaction ends; those that are there, by id."""
    rows = connection.execute(_LOCK, {"boxes": box_keys(boxes)})
    return {row.box_id: Held(*row) for row in rows}


def lock_free(connection: Connection, boxes: Iterable[int]) -> dict[int, Held]:
    """Lock those of the boxes that nobody else has locked; whoever has one is at work there, and comes first."""
    rows = connection.execute(_LOCK_FREE, {"boxes": box_keys(boxes)})
    return {row.box_id: Held(*row) for row in rows}


def box_keys(boxes: Iterable[int]) -> str:
    """The boxes as the value of a bound list of `engine.sets.BOX`."""
    return listed((bucket_of(box), box) for box in sorted(set(boxes)))
