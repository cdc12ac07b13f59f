"""The box lock: whoever writes rows of a box holds it first, all boxes of a transaction in one sorted statement.

So nobody waits in a circle, and what is read afterwards is how it is.  A transaction that finds that it needs a box
more gives up, and begins anew with all of them (`MoreError`).  On SQLite the transaction is the lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, RootTransaction, Select, select

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


class MoreError(Exception):
    """The transaction needs boxes that it did not lock in its one step: begin it anew, under the locks of `boxes`."""

    def __init__(self, boxes: Iterable[int]) -> None:
        super().__init__("these boxes have to be locked together")
        self.boxes = frozenset(boxes)


@dataclass(slots=True)
class _Step:
    """What a transaction has asked for, and what it is to ask for with its first box."""

    foreseen: frozenset[int] = frozenset()
    asked: set[int] = field(default_factory=set)


_steps: WeakKeyDictionary[RootTransaction, _Step] = WeakKeyDictionary()


def foresee(connection: Connection, boxes: frozenset[int]) -> None:
    """Lock these, too, with the first box of the transaction that begins now."""
    _steps[connection.begin()] = _Step(boxes)


def lock(connection: Connection, boxes: Iterable[int]) -> dict[int, Held]:
    """Lock the boxes, until the transaction ends; those that are there, by id.

    MoreError where others are locked already, and one of these is not (never on SQLite).
    """
    wanted = set(boxes)
    if connection.dialect.name == "sqlite":
        return dict(_held(connection, _LOCK, wanted))
    step = _step(connection)
    if step.asked and not wanted <= step.asked:
        raise MoreError(wanted | step.asked)
    if wanted and not step.asked:
        step.asked = wanted | step.foreseen
        return {box: held for box, held in _held(connection, _LOCK, step.asked) if box in wanted}
    return dict(_held(connection, _LOCK, wanted))


def lock_free(connection: Connection, boxes: Iterable[int]) -> dict[int, Held]:
    """Lock those of the boxes that nobody else has locked; whoever has one is at work there, and comes first."""
    if connection.dialect.name == "sqlite":
        return dict(_held(connection, _LOCK_FREE, set(boxes)))
    step = _step(connection)
    if step.foreseen and not step.asked:
        lock(connection, step.foreseen)
    found = dict(_held(connection, _LOCK_FREE, set(boxes)))
    step.asked |= found.keys()
    return found


def _step(connection: Connection) -> _Step:
    return _steps.setdefault(connection.get_transaction() or connection.begin(), _Step())


def _held(connection: Connection, statement: Select[Any], boxes: Iterable[int]) -> Iterator[tuple[int, Held]]:
    for row in connection.execute(statement, {"boxes": box_keys(boxes)}).all():
        held = Held._make(row)
        yield held.box_id, held


def box_keys(boxes: Iterable[int]) -> str:
    """The boxes as the value of a bound list of `engine.sets.BOX`."""
    return listed((bucket_of(box), box) for box in sorted(set(boxes)))
