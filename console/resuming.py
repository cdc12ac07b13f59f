"""A hold ends, because a person has seen what will go out."""

from __future__ import annotations

import msgspec
import structlog
from sqlalchemy import Connection

from console.errands import Desk, Errand
from engine import audit, held
from engine.audit import Entry

_log = structlog.get_logger(__name__)


class Resume(msgspec.Struct, frozen=True):
    """Let go out what was held."""


class Resumed(msgspec.Struct, frozen=True):
    """`held`: was anything on hold?"""

    held: bool


async def _run(desk: Desk, _request: Resume) -> Resumed:
    was = await desk.store.write(lambda connection: _release(connection, desk))
    if was:
        _log.info("the hold is over", by=desk.actor)
    if desk.runtime is not None:
        desk.runtime.wake()
    return Resumed(was)


def _release(connection: Connection, desk: Desk) -> bool:
    hold = held.state(connection).hold
    if hold is None:
        return False
    now = desk.clock.now()
    held.release(connection, now)
    audit.note(connection, desk.store.vault, Entry(desk.actor, "resume", hold.reason), now)
    return True


RESUME = Errand("resume", Resume, Resumed, _run)
