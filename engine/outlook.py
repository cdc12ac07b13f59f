"""What would go out now, if nothing held it: for the person who ends a hold.  Nothing of it is opened."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BindParameter, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from engine import schema

_out, _timer, _mail, _broadcast = schema.outbox, schema.timer, schema.mail, schema.broadcast
_now: BindParameter[int] = bindparam("now")
_WAITING = (
    select(_out.c.channel, _out.c.flow, func.count().label("messages"), func.min(_out.c.queued_at).label("oldest"))
    .where(_out.c.status == literal_column("'queued'"), _out.c.expires_at > _now)
    .group_by(_out.c.channel, _out.c.flow)
    .order_by(_out.c.channel, _out.c.flow)
)
_EXPIRED = (
    select(func.count()).where(_out.c.status == literal_column("'queued'"), _out.c.expires_at <= _now).select_from(_out)
)
_TIMERS = select(func.count()).where(_timer.c.due_at <= _now).select_from(_timer)
_MAIL = select(func.count()).where(_mail.c.done_at.is_(None), _mail.c.due_at <= _now).select_from(_mail)
_BROADCASTS = (
    select(func.count()).where(_broadcast.c.done_at.is_(None), _broadcast.c.due_at <= _now).select_from(_broadcast)
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Messages of one flow ("" for those of none) that wait for one channel; `oldest`: since when (ms UTC)."""

    channel: str
    flow: str
    messages: int
    oldest: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """`waiting`: what would be sent.  `expired`: what is too old for that, and is given up.

    `timers`, `mail`, `broadcasts`: what is due, and makes more messages.
    """

    waiting: list[Waiting]
    expired: int
    timers: int
    mail: int
    broadcasts: int

    @property
    def messages(self) -> int:
        """All that would be sent at once."""
        return sum(each.messages for each in self.waiting)


async def outlook(connection: AsyncConnection, now: int) -> Outlook:
    """As things stand."""
    bound = {"now": now}
    waiting = [Waiting(*row) for row in await connection.execute(_WAITING, bound)]
    counts = [await connection.scalar(each, bound) or 0 for each in (_EXPIRED, _TIMERS, _MAIL, _BROADCASTS)]
    return Outlook(waiting, *counts)
