"""The machine: `step(linked, session, event, facts, now) → (session, effects)`, the only room that changes a session.

Pure: the given session stays as it is, nothing is read but the arguments, and the same arguments always give the same
result.  An event that no longer matters (a timer of a wait that is over) changes nothing but `seq`.
"""

from __future__ import annotations

from engine import needs
from engine.effects import Effect
from engine.events import Event
from engine.facts import Facts, Needed
from engine.linked import Linked
from engine.machine.happenings import FLOOR, HAPPENINGS, OUTCOMES, ended, reads_ahead, word_block, would_take
from engine.machine.run import MachineError, Run
from engine.machine.who import name_of
from engine.needs import Need
from engine.session import Session

__all__ = ["FLOOR", "OUTCOMES", "MachineError", "ended", "name_of", "reads_ahead", "step", "word_block", "would_take"]


def step(
    linked: Linked, session: Session, event: Event, facts: Facts, now: int
) -> tuple[Session, tuple[Effect, ...]] | Need:
    """The session after `event` at `now` (ms UTC), and what is to be done; or whom it has to know first.

    MachineError, with the line of the author's file, where the flow cannot go on (an endless loop, a broken program).
    """
    if type(event) in OUTCOMES:
        return ended(session, event)
    run = Run(linked, session, facts, now)
    try:
        HAPPENINGS[type(event)](run, event)
    except Needed as need:
        return needs.of(need)
    run.session.seq += 1
    return run.session, tuple(run.effects)
