"""A conversation once more: its stored events, with what each step read, give the session that is stored (I6).

Pure: nothing is sent, and nothing is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from engine.effects import Effect
from engine.events import Event, Moved
from engine.facts import Facts
from engine.library import Library
from engine.machine import MachineError, step
from engine.moving import move
from engine.needs import Need
from engine.session import Session


class Told(NamedTuple):
    """A stored event: what happened, what its step read, and when it was applied (ms UTC)."""

    event: Event
    facts: Facts
    at: int


class Replayed(NamedTuple):
    """The conversation after one event, and what that event wanted done."""

    session: Session
    effects: tuple[Effect, ...]


class ReplayError(Exception):
    """A sentence: why the events give no conversation."""


def replay(library: Library, program: str, flow: str, told: Iterable[Told]) -> Iterator[Replayed]:
    """The conversation after each event, in order; it began with the version `program` of the flow.

    ReplayError where an event cannot be applied: the version is not there, or it stops, or it wants to know more.
    """
    session = Session(program, flow)
    for each in told:
        after = _apply(library, session, each)
        yield after
        session = after.session


def _apply(library: Library, session: Session, told: Told) -> Replayed:
    try:
        linked = library.of(session.program)
        if isinstance(told.event, Moved):
            new = library.of(told.event.program)
            gone = move(linked.program, new.program, new.hash, session, told.at)
            if isinstance(gone, str):
                raise ReplayError(gone)
            return Replayed(gone.session, gone.effects)
        after = step(linked, session, told.event, told.facts, told.at)
    except KeyError:
        raise ReplayError("a version of its flow is not there") from None
    except MachineError as error:
        raise ReplayError(f"its flow stops at event {session.seq + 1}: {error}") from None
    if isinstance(after, Need):
        raise ReplayError(f"event {session.seq + 1} wants to know more than was stored with it")
    return Replayed(*after)
