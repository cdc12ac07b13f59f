"""Who owns a channel: one process at a time, for as long as it says so; what an earlier owner writes changes nothing.

Each owner has an epoch, greater than all before it.  Every transaction of an owner begins with `hold`, and raises
LostError where another one has the channel: the fence is the row itself.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, bindparam, case, or_, update

from engine import schema
from engine.sets import put

LEASE = 10_000
"""Milliseconds that a channel belongs to an owner who says nothing more."""

BEYOND = 2 * LEASE
"""Milliseconds from now: a lease that lasts longer was taken by a clock that has been set back since.

Whoever took it may live: the new epoch shuts him out.
"""

RENEW = 3.0
"""Seconds after which an owner says that he is still there."""

_channel = schema.channel
_MINE = (
    _channel.c.channel_id == bindparam("of_channel"),
    _channel.c.owner == bindparam("me"),
    _channel.c.epoch == bindparam("of_epoch"),
)
_NEW = put(_channel, ["channel_id"])
_start = bindparam("start", type_=BigInteger)
_TAKE = (
    update(_channel)
    .where(
        _channel.c.channel_id == bindparam("of_channel"),
        or_(
            _channel.c.owner.is_(None),
            _channel.c.lease_until <= bindparam("free_until"),
            _channel.c.lease_until > bindparam("beyond", type_=BigInteger),
        ),
    )
    .values(
        owner=bindparam("me"),
        epoch=_channel.c.epoch + 1,
        lease_until=bindparam("until"),
        paced_until=case((_channel.c.paced_until > _start, _channel.c.paced_until), else_=_start),
    )
    .returning(_channel.c.epoch, _channel.c.state)
)
_HOLD = update(_channel).where(*_MINE).values(lease_until=bindparam("until")).returning(_channel.c.paced_until)
_PACE = update(_channel).where(*_MINE).values(paced_until=bindparam("moment"))
_STATE = update(_channel).where(*_MINE).values({name: bindparam(name) for name in ("state", "reason", "since")})
_LEAVE = update(_channel).where(*_MINE).values(owner=None, lease_until=0)


class LostError(Exception):
    """Another process owns the channel now; nothing was changed."""


class Lease(NamedTuple):
    """The channel is ours, for the time of this epoch."""

    channel: str
    process: int
    epoch: int

    def bound(self) -> dict[str, str | int]:
        """As the values of a statement."""
        return {"of_channel": self.channel, "me": self.process, "of_epoch": self.epoch}


class Taken(NamedTuple):
    """A channel that became ours, and the state in which it was left."""

    lease: Lease
    state: str


def take(connection: Connection, channel: str, process: int, now: int, start: int, *, alone: bool) -> Taken | None:
    """The channel, if nobody has it.  `start`: nothing leaves before it.  `alone`: there is no other process."""
    connection.execute(_NEW, {"channel_id": channel, "state": "up", "since": now})
    free_until = 1 << 62 if alone else now
    bound = {"of_channel": channel, "free_until": free_until, "beyond": now + BEYOND, "me": process}
    row = connection.execute(_TAKE, {**bound, "until": now + LEASE, "start": start}).first()
    return None if row is None else Taken(Lease(channel, process, row.epoch), row.state)


def hold(connection: Connection, lease: Lease, now: int) -> int:
    """The lease runs anew from `now`; returns until when the channel's pace is used up (ms).  LostError."""
    row = connection.execute(_HOLD, {**lease.bound(), "until": now + LEASE}).first()
    if row is None:
        raise LostError
    return int(row.paced_until)


def use_up(connection: Connection, lease: Lease, moment: int) -> None:
    """The channel's pace is used up until then, whoever owns it."""
    connection.execute(_PACE, {**lease.bound(), "moment": moment})


def tell_state(connection: Connection, lease: Lease, state: str, reason: str, since: int) -> None:
    """How the channel is: up, down, limited; and why."""
    connection.execute(_STATE, {**lease.bound(), "state": state, "reason": reason, "since": since})


def leave(connection: Connection, lease: Lease) -> None:
    """Another process may have the channel, at once."""
    connection.execute(_LEAVE, lease.bound())
