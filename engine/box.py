"""The box: which of a worker's conversations a message, a timer or a start belongs to, and what follows; pure.

The memory loads a `View`, calls one of the four functions for everything that arrived for the box, in order, and
stores what they return in one transaction.  The view is a working copy: a function leaves it as it is after the
event, so that the next one of the same batch is folded upon it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from engine.effects import Effect
from engine.events import ActionDone, Event
from engine.facts import Facts
from engine.library import Library
from engine.session import Session
from engine.values import Packed


@dataclass(slots=True)
class View:
    """What one line's box holds.

    `facts` is None for a number that no worker has.  `stopped`: the line, or the worker who owns it alone, sent
    STOP.  `greeted`: an unknown number that was answered already.  `sessions`: all open ones on this line, by id.
    `silent_since`: when the last conversation here ended for want of an answer (ms), None if none did within 7 days.
    """

    facts: Facts | None
    stopped: bool = False
    greeted: bool = False
    sessions: dict[int, Session] = field(default_factory=dict)
    silent_since: int | None = None


class Applied(NamedTuple):
    """One event as it was applied: `session_id` and `session` are None for a message that belongs to none."""

    session_id: int | None
    event: Event
    session: Session | None
    effects: tuple[Effect, ...]


NewId = Callable[[], int]
ComparePin = Callable[[str], str]
"""Digits → right, wrong, no_pin or locked."""


def receive(
    view: View, text: str, library: Library, now: int, new_id: NewId, pin: ComparePin, channel: str = "sms"
) -> list[Applied]:
    """A worker's message (RULES E1)."""
    raise NotImplementedError


def start(
    view: View,
    flow: str,
    inputs: dict[str, Packed],
    by: str,
    library: Library,
    now: int,
    new_id: NewId,
    channel: str = "sms",
) -> list[Applied]:
    """A conversation begins that the worker did not ask for: by event, person or schedule."""
    raise NotImplementedError


def fire(view: View, session_id: int, name: str, guard: int | None, library: Library, now: int) -> list[Applied]:
    """A timer is due.  A timer of a wait that is over gives nothing."""
    raise NotImplementedError


def done(view: View, session_id: int, event: ActionDone, library: Library, now: int) -> list[Applied]:
    """An action came back."""
    raise NotImplementedError
