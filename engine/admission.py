"""What of a batch is new, and where it goes: a delivery that was there before is told apart before anything is read."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from engine import loading
from engine.kit import Kit
from engine.places import Line
from engine.work import Item, Message


class Admission:
    """The lines of a batch's items, the event counters of their boxes (which it locks), and which items are new."""

    def __init__(self, connection: Connection, kit: Kit, now: int, items: Sequence[Item]) -> None:
        self.lines: dict[int, Line] = {}
        self._find_lines(connection, kit, items)
        self.counters = loading.counters(connection, {item.box_id for item in items})
        self.new = self._tell_new(connection, now, items)

    def _find_lines(self, connection: Connection, kit: Kit, items: Sequence[Item]) -> None:
        named = {item.line_id for item in items if item.line_id and item.address is None}
        if named:
            self.lines |= loading.lines_by_id(connection, named)
        written = {item.address: _channel(item) for item in items if item.address is not None}
        at = loading.lines_at(connection, kit, written) if written else {}
        self.lines |= {line.line_id: line for line in at.values()}
        for item in items:
            if item.address is not None:
                item.line_id = at[item.address].line_id
            if item.line_id:
                line = self.lines[item.line_id]
                item.bucket, item.box_id = line.bucket, line.box_id

    def _tell_new(self, connection: Connection, now: int, items: Sequence[Item]) -> list[bool]:
        keyed = [(self.lines[item.line_id], item.key) for item in items if item.key and not item.event_n]
        fresh = loading.new_deliveries(connection, keyed, now)
        new = []
        for item in items:
            delivery = (item.line_id, item.key)
            new.append(not item.key or bool(item.event_n) or delivery in fresh)
            fresh.discard(delivery)  # the same key again in this batch is a repeat
        return new


def _channel(item: Item) -> str:
    return item.work.channel if isinstance(item.work, Message) else ""
