"""What waited too long is found a slice of the queue at a time, along its index: a look costs the same, whatever waits.

An index by expiry would cost every message its time, for the sake of those few that nobody could send for days.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Connection, SmallInteger, bindparam, literal_column, select, tuple_

from engine import schema
from engine.limits import MINUTE
from engine.survey import CANDIDATE, QUEUED, Candidate

SWEEP_EVERY = MINUTE
"""Milliseconds between the beginnings of two rounds through a queue."""

SLICE = 5_000
"""So many queued messages are looked through at a time (8 ms on SQLite)."""

PAUSE = 1_000
"""Milliseconds between two slices in which nothing was found."""

MOST = 200
"""So many that expired are dropped at a time."""

_Place = tuple[int, int, int]
_START: _Place = (-1, 0, 0)

_out = schema.outbox
_PLACE = (_out.c["class"], _out.c.not_before, _out.c.out_id)
_TYPES = (SmallInteger, BigInteger, BigInteger)
_QUEUE = (_out.c.channel == bindparam("channel"), _out.c.status == QUEUED)
_BEHIND = tuple_(*_PLACE) > tuple_(*(bindparam(f"begin_{n}", type_=type_) for n, type_ in enumerate(_TYPES)))
_UP_TO = tuple_(*_PLACE) <= tuple_(*(bindparam(f"end_{n}", type_=type_) for n, type_ in enumerate(_TYPES)))
_LAST = (
    select(*_PLACE).where(*_QUEUE, _BEHIND).order_by(*_PLACE).offset(bindparam("size") - literal_column("1")).limit(1)
)
_EXPIRED = (
    select(*CANDIDATE, _out.c.not_before)
    .where(*_QUEUE, _BEHIND, _UP_TO, _out.c.expires_at <= bindparam("now", type_=BigInteger))
    .order_by(*_PLACE)
    .limit(bindparam("most", type_=BigInteger))
)
_FAR: _Place = (32_767, 2**63 - 1, 2**63 - 1)


class Sweep:
    """The walk through the queue of one channel.  `next_at`: when its next slice is due (ms)."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._place = _START
        self._begun_at = 0
        self.next_at = 0

    @property
    def begins(self) -> bool:
        """Is the next slice the first one of a round?"""
        return self._place == _START

    def due(self, now: int) -> bool:
        """Is the next slice due?  A clock that was set back makes no pause longer."""
        return not now < self.next_at <= now + SWEEP_EVERY

    def look(self, connection: Connection, now: int) -> list[Candidate]:
        """What expired in the next slice."""
        if self.begins:
            self._begun_at = now
        bound = {"channel": self._channel, **_named("begin", self._place)}
        last = connection.execute(_LAST, {**bound, "size": SLICE}).one_or_none()
        end: _Place = _FAR if last is None else (last[0], last[1], last[2])
        rows = connection.execute(_EXPIRED, {**bound, **_named("end", end), "now": now, "most": MOST}).all()
        if len(rows) == MOST:
            self._place, self.next_at = (rows[-1].rank, rows[-1].not_before, rows[-1].out_id), now
        elif last is None:
            self._place, self.next_at = _START, self._begun_at + SWEEP_EVERY
        else:
            self._place, self.next_at = end, now + PAUSE
        return [Candidate(*row[:-1]) for row in rows]


def _named(name: str, place: _Place) -> dict[str, int]:
    return {f"{name}_{n}": value for n, value in enumerate(place)}
