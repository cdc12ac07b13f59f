"""Which actions and systems have something to do: found by what is queued and under way, however much waits elsewhere.

What is called is a row of the outbox, whose channel is named for it.
"""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from engine import schema
from engine.outgoing import ACTION, NOWHERE, SUBMIT
from engine.survey import QUEUED

CALLED = (ACTION, NOWHERE, SUBMIT)
"""What the names of channels begin with that have an owner once something is called, the longest first."""

_LAST = "\uffff"
"""A letter behind all that names of actions and systems have."""

_out, _attempt = schema.outbox, schema.attempt
# One step along the index for each channel, however many of its calls wait.
_NEXT = (
    select(_out.c.channel)
    .where(_out.c.status == QUEUED, _out.c.channel > bindparam("behind"), _out.c.channel <= bindparam("until"))
    .order_by(_out.c.channel)
    .limit(1)
)
_UNDER_WAY = (
    select(_out.c.channel)
    .distinct()
    .join_from(
        _attempt,
        _out,
        (_out.c.bucket == _attempt.c.bucket)
        & (_out.c.box_id == _attempt.c.box_id)
        & (_out.c.out_id == _attempt.c.out_id),
    )
    .where(_attempt.c.outcome.is_(None))
)


async def waiting(connection: AsyncConnection) -> set[str]:
    """The channels of calls that wait, and of those that an earlier run began and did not settle."""
    found = {channel for channel in await connection.scalars(_UNDER_WAY) if channel.startswith(CALLED)}
    for begin in CALLED:
        behind: str | None = begin
        while behind is not None:
            behind = await connection.scalar(_NEXT, {"behind": behind, "until": begin + _LAST})
            if behind is not None:
                found.add(behind)
    return found
