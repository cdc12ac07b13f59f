"""`choose facility` and `choose pin`: what a conversation asks of its worker, in the engine's own words.

No digit of a PIN comes here: whoever hears the worker says how it compared, or what is to be kept of it (RULES J6).
"""

from __future__ import annotations

from engine import prompts
from engine.effects import SetPin
from engine.machine.run import HALT, Run
from engine.machine.waiting import ask_in_full, wait_for
from engine.questions import LinkedQuestion
from engine.session import NewPin

OLD, NEW, AGAIN = "old", "new", "again"
"""Which PIN is asked for."""


def ask(run: Run, question: LinkedQuestion, at: int) -> int:
    """A facility is asked for where there are several; for a PIN, the old one first where there is one."""
    if question.source.kind == "pin":
        run.session.new_pin = NewPin(OLD if run.facts.has_pin else NEW)
    elif len(prompts.own_places(run.scene)) < 2:
        return at + 1
    return wait_for(run, question, at)


def hear(run: Run, said: str) -> int:
    """What became of the digits: right, wrong, no_pin, locked, shared, unreadable; of a new PIN, what is kept."""
    question, new = run.question, run.session.new_pin or NewPin(NEW)
    if said in ("locked", "shared"):
        return _leave(run, run.say("verify.locked" if said == "locked" else "pin.shared"))
    if said == "unreadable":
        return _once_more(run, question, new, run.say("invalid.digits_count", limit=question.source.type.limit))
    if new.asked == OLD:
        if said == "wrong":
            return _once_more(run, question, new, run.say("pin.wrong"))
        return _next(run, question, NewPin(NEW))
    if new.asked == NEW:
        return _next(run, question, NewPin(AGAIN, said))
    if said != new.digest:
        return _once_more(run, question, NewPin(NEW), run.say("pin.differs"))
    run.effects.append(SetPin(said))
    return _leave(run, run.say("pin.done"))


def _next(run: Run, question: LinkedQuestion, new: NewPin) -> int:
    run.session.new_pin, run.session.tries = new, 0
    return ask_in_full(run, question)


def _once_more(run: Run, question: LinkedQuestion, new: NewPin, opening: str) -> int:
    run.session.tries += 1
    if run.session.tries >= question.source.tries:
        run.session.new_pin = None
        run.send(run.say("too_many"), line=0)
        return run.end("invalid_answers")
    run.session.new_pin = new
    ask_in_full(run, question, opening)
    return HALT


def _leave(run: Run, text: str) -> int:
    run.session.new_pin = None
    run.send(text, line=0)
    return run.session.at + 1
