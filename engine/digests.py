"""Lines that are gathered for one person until a day and an hour: one message for all of them, whoever had them told.

The message stands in the outbox from the first line on, not before its time; each line makes it longer (RULES X5).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, Integer, LargeBinary, bindparam, select, update

from engine import schema
from engine.locks import box_keys
from engine.outgoing import Body, body
from engine.sets import BOX, each
from engine.survey import QUEUED, UNFINISHED
from engine.vault import Vault

_out = schema.outbox
_boxes = each("boxes", BOX)
_QUEUED = (
    select(_out.c.bucket, _out.c.box_id, _out.c.out_id, _out.c.body)
    .join_from(_boxes, _out, (_out.c.bucket == _boxes.c.bucket) & (_out.c.box_id == _boxes.c.box_id))
    .where(_out.c.status.in_(UNFINISHED), _out.c.status == QUEUED, _out.c.session_id.is_(None), _out.c.parts > 0)
    .order_by(_out.c.out_id)
)
LENGTHEN = (
    update(_out)
    .where(
        _out.c.bucket == bindparam("in_bucket"),
        _out.c.box_id == bindparam("in_box"),
        _out.c.out_id == bindparam("this"),
        _out.c.status == QUEUED,
    )
    .values(body=bindparam("longer", type_=LargeBinary), parts=bindparam("more", type_=Integer))
)


@dataclass(slots=True)
class Digest:
    """A message that is gathered: its key in the outbox, and what it says so far."""

    bucket: int
    box_id: int
    out_id: int
    body: Body


def waiting(connection: Connection, vault: Vault, boxes: Iterable[int]) -> dict[tuple[int, str], Digest]:
    """Those of these boxes, which are locked, by box and by what they gather for whom."""
    found: dict[tuple[int, str], Digest] = {}
    for row in connection.execute(_QUEUED, {"boxes": box_keys(boxes)}):
        said = body(vault.open("outbox", row.box_id, row.out_id, row.body))
        if said.gathers:
            found[row.box_id, said.gathers] = Digest(row.bucket, row.box_id, row.out_id, said)
    return found
