"""The clock is watched: a time that cannot be right fires nothing, so a jump delays or fires once, never twice."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import structlog

from engine import held
from engine.clock import Clock
from engine.held import CLOCK, Hold, State
from engine.limits import DAY, MINUTE
from engine.store import Store
from engine.writer import SETTLE

BEHIND = MINUTE
"""A clock that was set back by less is mended, not wrong: what is fired can then be late by that, and no more."""

AHEAD = DAY
"""A clock further ahead of the last stored time was set wrong, or nothing ran for so long: a person should look."""

STORED_EVERY = MINUTE

_log = structlog.get_logger(__name__)


class Watch:
    """Who fires anything asks `holds` each time before."""

    def __init__(self, store: Store, clock: Clock, ahead: int = AHEAD) -> None:
        self._store = store
        self._clock = clock
        self._ahead = ahead
        self._told: Hold | None = None

    async def holds(self) -> Hold | None:
        """What holds timers, schedules and bulk just now, if anything does."""
        async with self._store.read() as connection:
            state = await held.read_state(connection)
        if state.hold is not None:
            return self._tell(state.hold)
        now = self._clock.now()
        reason = self._doubt(state, now)
        if reason:
            await self._store.write(partial(held.hold, kind=CLOCK, reason=reason, now=now), SETTLE)
            return self._tell(Hold(CLOCK, reason, now))
        if state.clock is None or now - state.clock >= STORED_EVERY:
            await self._store.write(partial(held.store_clock, now=now), SETTLE)
        return None

    def _tell(self, hold: Hold) -> Hold:
        """Log it, once in this process."""
        if hold != self._told:
            what = "nothing leaves" if hold.everything else "reminders, schedules and broadcasts wait"
            _log.error(f"on hold: {what} until dundun resume", why=hold.reason)
        self._told = hold
        return hold

    def _doubt(self, state: State, now: int) -> str:
        if state.clock is None:
            return ""
        if now < state.clock - BEHIND:
            return f"The clock says {said(now)}, but it was {said(state.clock)} already."
        if now > state.clock + self._ahead:
            return f"The clock says {said(now)}, and the last time known is {said(state.clock)}."
        return ""


def said(ms: int) -> str:
    """A moment for a person, also one that no calendar has."""
    try:
        return datetime.fromtimestamp(ms / 1000, UTC).strftime("%d %B %Y at %H:%M UTC")
    except (OverflowError, ValueError, OSError):
        return "a time that no calendar has"
