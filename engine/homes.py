"""Where the rows of a box are now: a box that became a part of another is followed, and what is locked stays there."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from engine import schema
from engine.locks import box_keys, lock
from engine.sets import BOX, each

_box = schema.box
_boxes = each("boxes", BOX)
_MERGED = (
    select(_box.c.box_id, _box.c.merged_into)
    .join_from(_boxes, _box, (_box.c.bucket == _boxes.c.bucket) & (_box.c.box_id == _boxes.c.box_id))
    .where(_box.c.merged_into.is_not(None))
)


def lock_homes(connection: Connection, boxes: Iterable[int]) -> dict[int, int]:
    """Lock the boxes in which the rows of these are now, until the transaction ends; where the rows of each are."""
    homes = {box: box for box in boxes}
    while True:
        _follow(connection, homes)
        held = lock(connection, homes.values())
        if all(held[home].merged_into is None for home in homes.values() if home in held):
            return homes


def _follow(connection: Connection, homes: dict[int, int]) -> None:
    """Without a lock, so that in the end all are locked by one statement."""
    while True:
        found = connection.execute(_MERGED, {"boxes": box_keys(homes.values())})
        merged = {row.box_id: row.merged_into for row in found}
        if not merged:
            return
        for box, home in homes.items():
            homes[box] = merged.get(home, home)
