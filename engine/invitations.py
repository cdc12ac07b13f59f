"""Conversations that conversations begin with others: with each of them once, and whoever waits for it hears of it.

Nothing begins with whom nobody can reach, nor in a chain that is too long (RULES K6); the log says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import structlog
from sqlalchemy import Connection, Text, select

from engine import schema
from engine.inbox import Inbox
from engine.lanes import BULK
from engine.library import Library
from engine.limits import CHAIN
from engine.outgoing import Invitation
from engine.registry import Reach
from engine.sets import AnyRow, each, listed
from engine.work import Begin, Done, Item

_log = structlog.get_logger(__name__)
_worker, _link, _line = schema.worker, schema.worker_line, schema.line
_ids = each("ids", {"worker_id": Text})
_REACHABLE = (
    select(_worker.c.worker_id)
    .distinct()
    .join_from(_ids, _worker, _worker.c.worker_id == _ids.c.worker_id)
    .join(_link, _link.c.worker_id == _worker.c.worker_id)
    .join(_line, _line.c.line_id == _link.c.line_id)
    .where(_worker.c.stopped_at.is_(None), _line.c.stopped_at.is_(None))
)


def invited(connection: Connection, library: Library, invitation: Invitation, people: Iterable[str]) -> list[str]:
    """Those of the people, by id, with whom it can begin."""
    if invitation.chain > CHAIN or library.current(invitation.flow) is None:
        why = "too many started each other" if invitation.chain > CHAIN else "there is no such flow"
        _log.warning("a flow starts nothing", flow=invitation.flow, why=why)
        return []
    wanted = sorted(people)
    found = sorted(connection.scalars(_REACHABLE, {"ids": listed((worker,) for worker in wanted)}))
    if len(found) < len(wanted):
        _log.warning("a flow cannot start with everybody", flow=invitation.flow, left_out=len(wanted) - len(found))
    return found


async def begin(inbox: Inbox, place: str, invitation: Invitation, ways: Mapping[str, Reach]) -> None:
    """Begin it with these workers; returns once all of that is committed.  `place`: by which the mail is known."""
    given = invitation.inputs
    works = (Begin(invitation.flow, given, "flow", worker=worker, chain=invitation.chain) for worker in ways)
    items = [Item(work, f"mail {place} {work.worker}", line_id=ways[work.worker].line_id) for work in works]
    await inbox.put_all(items, BULK)


async def answer(inbox: Inbox, row: AnyRow, invitation: Invitation, begun: int) -> None:
    """Whoever sent the mail hears whether it began with anybody, if that is waited for."""
    if invitation.guard is not None:
        done = Done(row.session_id, invitation.guard, failed=not begun)
        await inbox.do(Item(done, bucket=row.bucket, box_id=row.box_id))
