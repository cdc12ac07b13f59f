"""What waits for a channel, seen before anything is locked: keys of messages, by class.

It may have changed when the messages are picked; who picks looks again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    bindparam,
    exists,
    literal_column,
    select,
    tuple_,
    union_all,
)

from engine import held, pauses, schema
from engine.outgoing import CLASSES

AHEAD = 100
"""So many of each class are looked at at least: some of them may have to wait."""

_out = schema.outbox
_before = _out.alias("before")
_now = bindparam("now", type_=BigInteger)
# Written out, not bound: only so does the planner see that the index over a part of the rows will do.
QUEUED: ColumnElement[str] = literal_column("'queued'")
UNFINISHED: tuple[ColumnElement[str], ...] = (QUEUED, literal_column("'sending'"))
# What may have gone through and waits for its receipt (its place is when it expires) holds nothing up.
EARLIER = exists().where(
    _before.c.bucket == _out.c.bucket,
    _before.c.box_id == _out.c.box_id,
    _before.c.session_id == _out.c.session_id,
    _before.c.channel == _out.c.channel,
    _before.c.status.in_(UNFINISHED),
    tuple_(_before.c.seq, _before.c.item) < tuple_(_out.c.seq, _out.c.item),
    ~(_before.c.doubtful & (_before.c.not_before == _before.c.expires_at)),
)


class Candidate(NamedTuple):
    """A message that may be picked; `rank` is its class."""

    bucket: int
    box_id: int
    out_id: int
    rank: int
    flow: str
    broadcast: int | None


@dataclass(frozen=True, slots=True)
class Survey:
    """`waiting`: what is due, by class, in order.  `expired`: what waited too long.  `later`: the next moment (ms)."""

    waiting: dict[int, list[Candidate]] = field(default_factory=dict)
    expired: list[Candidate] = field(default_factory=list)
    later: int | None = None

    @property
    def empty(self) -> bool:
        """Is there nothing to be done?"""
        return not (self.waiting or self.expired)


CANDIDATE = (_out.c.bucket, _out.c.box_id, _out.c.out_id, _out.c["class"].label("rank"), _out.c.flow, _out.c.broadcast)


def _each_class(*columns: ColumnElement[Any]) -> list[Select[*tuple[Any, ...]]]:
    """The queued messages of a channel, a statement for each class: so each walks along the index."""
    return [
        select(*columns)
        .where(
            _out.c.channel == bindparam("channel"),
            _out.c["class"] == literal_column(str(rank)),
            _out.c.status == QUEUED,
        )
        .order_by(_out.c.not_before, _out.c.out_id)
        for rank in sorted(CLASSES.values())
    ]


def _together(parts: list[Select[*tuple[Any, ...]]]) -> CompoundSelect[*tuple[Any, ...]]:
    return union_all(*(select(part.subquery()) for part in parts))


_DUE = _together(
    [
        part.where(_out.c.not_before <= _now, ~EARLIER).limit(bindparam("most", type_=BigInteger))
        for part in _each_class(*CANDIDATE)
    ]
)
_LATER = _together([part.where(_out.c.not_before > _now).limit(1) for part in _each_class(_out.c.not_before)])


def look(connection: Connection, channel: str, room: int, now: int, expired: Sequence[Candidate] = ()) -> Survey:
    """What could go, if there is room; `expired`: what `engine.expiry` found, to be dropped unless a hold keeps it."""
    hold = held.state(connection).hold
    stopped = pauses.paused(connection).channel(channel) or (hold is not None and hold.everything)
    bound = {"channel": channel, "now": now}
    waiting: dict[int, list[Candidate]] = {}
    if room and not stopped:
        for row in connection.execute(_DUE, {**bound, "most": max(AHEAD, 2 * room)}):
            waiting.setdefault(row.rank, []).append(Candidate(*row))
    if hold:
        waiting.pop(CLASSES["bulk"], None)
    return Survey(waiting, [] if hold else [*expired], min(connection.scalars(_LATER, bound), default=None))
