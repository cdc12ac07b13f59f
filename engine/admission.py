"""What of a batch is new, and where it goes: a delivery that was there before is told apart before anything is read.

The boxes are locked here, before anything else of them is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum

from sqlalchemy import Connection

from engine import loading
from engine.ids import bucket_of
from engine.kit import Kit
from engine.loading import Due
from engine.locks import Held, lock, lock_free
from engine.work import Fire, Item, Message


class Fate(Enum):
    """What becomes of an item.

    NEW: it is applied now.  BEHIND: it is stored, and applied after what waits in its box already.  REPEAT: it was
    there before.  LEFT: somebody else is at work in its box; it comes again by itself.  OVER: a timer that is gone by
    now, or that nobody waits for any more; it is taken off.
    """

    NEW = 0
    BEHIND = 1
    REPEAT = 2
    LEFT = 3
    OVER = 4


class Admission:
    """The boxes of a batch's items, which it locks, and the fate of each item, in order.

    `timers`: those of the items that are there under the locks, by session and name.
    """

    def __init__(self, connection: Connection, kit: Kit, items: Sequence[Item]) -> None:
        _find_boxes(connection, kit, items)
        self.held = _lock(connection, items)
        self._follow(connection, items)
        self.timers = self._read_timers(connection, items)
        self.fates = self._judge(connection, items)

    def _follow(self, connection: Connection, items: Sequence[Item]) -> None:
        """What is for a box that became a part of another, between finding it and locking it, is for that one."""
        while gone := {box: held.merged_into for box, held in self.held.items() if held.merged_into is not None}:
            for item in items:
                if (home := gone.get(item.box_id)) is not None:
                    item.bucket, item.box_id = bucket_of(home), home
            self.held = {box: held for box, held in self.held.items() if box not in gone}
            self.held |= lock(connection, set(gone.values()) - self.held.keys())

    def _read_timers(self, connection: Connection, items: Iterable[Item]) -> dict[tuple[int, str], Due]:
        keys = [
            (item.box_id, item.work.session_id, item.work.name)
            for item in items
            if isinstance(item.work, Fire) and not item.event_n and item.box_id in self.held
        ]
        return loading.timers(connection, keys) if keys else {}

    def _judge(self, connection: Connection, items: Sequence[Item]) -> list[Fate]:
        known = loading.seen(connection, [item for item in items if item.key and not item.event_n])
        fates = []
        for item in items:
            deliveries = item.deliveries
            is_new = bool(item.event_n) or known.isdisjoint(deliveries)
            fates.append(self._fate(item) if is_new else Fate.REPEAT)
            known.update(deliveries)  # the same key again in this batch is a repeat
        return fates

    def _fate(self, item: Item) -> Fate:
        if item.event_n:
            return Fate.NEW
        held = self.held.get(item.box_id)
        if isinstance(item.work, Fire):
            return Fate.LEFT if held is None or held.accepted else self._fate_of_timer(item.work)
        return Fate.BEHIND if held is not None and held.accepted else Fate.NEW

    def _fate_of_timer(self, work: Fire) -> Fate:
        timer = self.timers.get((work.session_id, work.name))
        if timer is None or timer.wait is None or (timer.guard is not None and timer.guard < timer.wait):
            return Fate.OVER
        return Fate.NEW


def _find_boxes(connection: Connection, kit: Kit, items: Sequence[Item]) -> None:
    named = {item.line_id for item in items if item.line_id and item.address is None and not item.box_id}
    spots = loading.spots_of(connection, named) if named else {}
    written = {item.address: _channel(item) for item in items if item.address is not None}
    at = loading.spots_at(connection, kit, written) if written else {}
    spots |= {spot.line_id: spot for spot in at.values()}
    for item in items:
        if item.address is not None:
            item.line_id = at[item.address].line_id
        if item.address is not None or (item.line_id and not item.box_id):
            box = spots[item.line_id].box_id
            item.bucket, item.box_id = bucket_of(box), box


def _lock(connection: Connection, items: Iterable[Item]) -> dict[int, Held]:
    """The boxes of messages are waited for; a timer whose box is at work comes again."""
    boxes = {item.box_id for item in items if not isinstance(item.work, Fire) or item.event_n}
    held = lock(connection, boxes) if boxes else {}
    if timers := {item.box_id for item in items} - held.keys():
        held |= lock_free(connection, timers)
    return held


def _channel(item: Item) -> str:
    return item.work.channel if isinstance(item.work, Message) else ""
