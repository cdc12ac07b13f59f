"""The pause buttons are pressed, and let go."""

from __future__ import annotations

import msgspec
import structlog

from console.errands import Desk, Errand, RefusedError
from engine import pauses
from engine.pauses import Button, UnknownError

_log = structlog.get_logger(__name__)


class Press(msgspec.Struct, frozen=True):
    """`kind`: all, channel, flow, broadcast.  `name`: which one.  `on`: press the button, or let it go."""

    kind: str
    name: str
    on: bool
    reason: str = ""


class Pressed(msgspec.Struct, frozen=True):
    """`changed`: was it otherwise before?"""

    changed: bool


async def _run(desk: Desk, press: Press) -> Pressed:
    button, now = Button(press.kind, press.name), desk.clock.now()
    if not press.on:
        changed = await pauses.unpause(desk.store, button, desk.actor, now)
        _log.info("let go on", what=str(button), by=desk.actor, was_paused=changed)
        if desk.runtime is not None:
            desk.runtime.wake()
        return Pressed(changed)
    try:
        await pauses.pause(desk.store, button, desk.actor, press.reason, now)
    except UnknownError as error:
        raise RefusedError(str(error)) from None
    _log.warning("paused", what=str(button), by=desk.actor)
    return Pressed(changed=True)


PAUSE = Errand("pause", Press, Pressed, _run)
