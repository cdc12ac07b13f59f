"""What each event does to a session: one function each; an event that comes too late changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from engine import shortform
from engine.answers import Right, Wrong
from engine.effects import Effect, End, Release, SetTimer
from engine.events import (
    NOT_TAKEN,
    UNREACHABLE,
    ActionDone,
    Carried,
    Departed,
    Event,
    Granted,
    Happened,
    HungUp,
    NotTaken,
    Opened,
    OptedOut,
    Postponed,
    Received,
    Regained,
    Replaced,
    Started,
    Suspended,
    Taken,
    TimedOut,
)
from engine.facts import Facts
from engine.letters import fold
from engine.linked import Linked
from engine.machine import asking, choosing, going_back, proofs, reading, repeats, together, waiting, who
from engine.machine.operations import advance
from engine.machine.run import HALT, SILENT, Run
from engine.prompts import CALL
from engine.session import Session
from grammar import program as p

FLOOR = "floor"
"""The timer of a conversation that waits until the worker has been silent (RULES F1)."""

_NOTHING_TO_DO = p.Stop("no_answer")
"""A block of `give up` in which nothing is done."""


def _started(run: Run, event: Started) -> None:
    session, program = run.session, run.linked.program
    run.kind = "reply" if event.by == "word" or session.who is not None else "bulk"
    session.who, session.tries = None, 0
    session.started, session.channel, session.inputs = run.now, event.channel, dict(event.inputs)
    language = run.facts.worker.get("language")
    session.language = str(language) if language in program.languages else ""
    session.chain = event.chain
    session.urgent, run.floor = event.by == "event", event.floor
    run.rescene()
    if event.text:
        said = shortform.read(program, run.linked.tables, event.text)
        session.short, session.doubled = said.values, tuple(said.twice)
        if said.left:  # what nobody could read is said once, before the first question (RULES H4)
            run.send(run.say("unread", what=" ".join(said.left)), line=0)
    for number, after in enumerate(program.afters):
        if after.within is None:
            run.effects.append(SetTimer(f"after:{number}", at=run.now + after.after * 1000))
    together.follow(run)
    _go_on(run, 0)


def _received(run: Run, event: Received) -> None:
    run.kind = "reply"
    if event.channel != run.session.channel and event.channel in run.linked.program.channels:
        run.session.channel = event.channel  # what follows goes the way in which the worker takes part (RULES N4)
    if run.session.who is not None:
        who.hear(run, event.text)
        return
    proofs.touch(run)
    block = word_block(run.linked, event.text, run.session.at)
    if block is not None and run.session.status in ("waiting", "sleeping"):
        advance(run, block)
    elif run.session.status != "waiting":
        if not repeats.late(run, event.text):
            run.send(run.say("waiting"), line=0)
    elif event.proof == "back":
        advance_from_question(run, going_back.go(run))
    elif event.proof and run.question.source.kind == "pin":
        advance_from_question(run, choosing.hear(run, event.proof))
    elif event.proof:
        advance_from_question(run, proofs.receive(run, event.proof))
    else:
        advance_from_question(run, asking.receive(run, event.text))


def advance_from_question(run: Run, at: int) -> None:
    """Go on from where an answer leads; what was sent so far came from the question's own line."""
    if at != HALT:
        advance(run, at)


def word_block(linked: Linked, text: str, at: int) -> int | None:
    """The block of the `on word` that the message is where the conversation stands, if there is one."""
    said = fold(text)
    for on_word in linked.program.on_words:
        if any(fold(word) == said for word in on_word.words) and _holds(on_word.within, at):
            return on_word.go
    return None


def _holds(within: tuple[int, int] | None, at: int) -> bool:
    """Does what belongs to a flow that is run hold at a position?"""
    return within is None or within[0] <= at <= within[1]


def _timed_out(run: Run, event: TimedOut) -> None:
    session = run.session
    if event.guard is not None and event.guard != session.wait:
        return
    run.floor = run.floor and event.floor
    kind, _, number = event.name.partition(":")
    if kind == "after":
        _after(run, int(number))
    elif kind == repeats.TIMER:
        which, _, key = number.partition(":")
        repeats.due(run, int(which), key)
    elif kind == UNREACHABLE:
        _unreachable(run, event)
    elif kind == NOT_TAKEN:
        _not_taken(run, NotTaken(int(number), event.floor))
    elif kind == who.GIVE_UP and session.who is not None:
        run.end("no_answer")
    elif session.status == "waiting":
        _waited(run, kind, number)
    elif kind == "wait" and session.status == "sleeping":
        _go_on(run, repeats.over(run, session.at))


def _waited(run: Run, kind: str, number: str) -> None:
    """A question was not answered for so long."""
    if kind == "remind":
        run.kind = "reminder"
        _remind(run, int(number))
    elif run.session.aside is not None and kind in ("give_up", "wait"):
        _repeat_over(run, kind)
    elif kind == "go_on":
        _go_on(run, repeats.go_on(run))
    elif kind == "give_up" and run.session.who is None:
        _give_up(run, run.question.source.give_up)


def _give_up(run: Run, give_up: p.GiveUp | None) -> None:
    if give_up is not None:
        run.silent = True
        advance(run, give_up.go)


def _repeat_over(run: Run, kind: str) -> None:
    """Nobody answered a repeat: the course waits on, or goes on where its time has come."""
    at = repeats.over(run, repeats.leave(run)) if kind == "wait" else repeats.back(run)
    if at != HALT:
        _go_on(run, at)


def _unreachable(run: Run, event: TimedOut) -> None:
    """What asked never left: nobody can answer, so the conversation gives up at once; an action has failed."""
    session = run.session
    if session.status == "acting":
        _action_done(run, ActionDone(session.wait, failed=True, floor=event.floor))
    elif session.status == "waiting":
        give_up = run.question.source.give_up if session.who is None else None
        run.silent = True
        if give_up is None or run.linked.code[give_up.go] == _NOTHING_TO_DO:
            run.end(UNREACHABLE)
        else:
            advance(run, give_up.go)


def _go_on(run: Run, at: int) -> None:
    """From here, now or when the floor is regained."""
    if run.floor:
        advance(run, at)
        return
    session = run.session
    session.status, session.resume, session.asked_at = "queued", at, run.now
    session.wait += 1


def _after(run: Run, number: int) -> None:
    if number >= len(run.linked.unless):
        return  # it was set in another version of the flow
    unless, after = run.linked.unless[number], run.linked.program.afters[number]
    if not _holds(after.within, run.session.at) or (unless is not None and unless(run.scene)):
        return
    if after.once:
        together.for_all(run, after, number)
    else:
        advance(run, after.go)


def _remind(run: Run, number: int) -> None:
    if run.session.confirming and asking.confirm_once_more(run):
        return
    if number >= len(run.question.reminders):
        return  # it was set in another version of the flow
    text = run.question.reminders[number].text
    scene = run.veiled()
    run.send(run.linked.prompt_of(scene) if text is None else text(scene))


def _action_done(run: Run, event: ActionDone) -> None:
    session = run.session
    if session.status != "acting" or event.guard != session.wait:
        return
    at = session.resume
    op = run.linked.code[at]
    if isinstance(op, p.Take):
        run.floor, session.status = event.floor, "going"
        _go_on(run, together.taken(run, op, at, event))
        return
    if not isinstance(op, p.Do | p.StartFlow | p.Submit):
        raise run.error("nothing was called here")
    if isinstance(op, p.Do) and op.result:
        session.results[op.result] = dict(event.results)
    run.floor, session.status = event.floor, "going"
    _go_on(run, op.failed if event.failed and op.failed is not None else at + 1)


def _hung_up(run: Run, event: HungUp) -> None:
    """The next call begins with the question that it was at, with fresh counters (RULES N3)."""
    session = run.session
    if session.status == "waiting" and session.channel == CALL:
        session.tries, session.confirms, session.confirming, session.pending = 0, 0, False, None


def _granted(run: Run, event: Granted) -> None:
    run.floor = run.floor and event.floor
    if event.after < len(run.linked.program.afters):
        advance(run, run.linked.program.afters[event.after].go)


def _taken(run: Run, event: Taken) -> None:
    """Somebody else got the thing: the block below `take` runs, and what this conversation waits for is over."""
    run.floor = run.floor and event.floor
    block = together.lost(run, event)
    if block is not None:
        run.session.wait += 1
        advance(run, block)


def _happened(run: Run, event: Happened) -> None:
    run.floor = run.floor and event.floor
    block = together.block_of(run, event)
    if block is not None:
        advance(run, block)


def _not_taken(run: Run, event: NotTaken) -> None:
    """The block of `if failed` runs beside whatever the conversation is at by now."""
    op = run.linked.code[event.at] if event.at < len(run.linked.code) else None
    run.floor = run.floor and event.floor
    if isinstance(op, p.Submit) and op.failed is not None:
        advance(run, op.failed)


def _suspended(run: Run, event: Suspended) -> None:
    """The present wait is over, so its timers are; a new one begins when the floor is regained."""
    session = run.session
    if session.status == "waiting":
        session.status, session.asked_at = "suspended", run.now
        session.wait += 1


def _regained(run: Run, event: Regained) -> None:
    session = run.session
    run.kind, run.floor = "reply", True
    run.send_held()
    if session.who is not None:
        who.ask(run)
    elif session.status in ("suspended", "waiting"):
        session.status = "waiting"
        waiting.ask_in_full(run, run.question)
    elif session.status == "queued":
        session.status = "going"
        advance(run, session.resume)


def _postponed(run: Run, event: Postponed) -> None:
    if run.session.status == "queued":
        run.effects.append(SetTimer(FLOOR, guard=run.session.wait, at=event.until))


def _carried(run: Run, event: Carried) -> None:
    run.session.verified_at = 0


OUTCOMES: dict[type, str] = {OptedOut: "opted_out", Replaced: "replaced", Departed: "unreachable"}
"""Events that end a conversation wherever it stands, even one whose flow cannot be stepped, and how it ends."""


def ended(session: Session, event: Event) -> tuple[Session, tuple[Effect, ...]]:
    """The conversation after one of them; it says nothing more."""
    outcome = OUTCOMES[type(event)]
    over = msgspec.structs.replace(session, status="ended", outcome=outcome, held=[], seq=session.seq + 1)
    freed = [Release(topic) for topic in session.holds] if outcome in SILENT else []
    return over, (*freed, End(outcome))


HAPPENINGS: dict[type, Callable[[Run, Any], None]] = {
    Started: _started,
    Received: _received,
    TimedOut: _timed_out,
    ActionDone: _action_done,
    HungUp: _hung_up,
    NotTaken: _not_taken,
    Taken: _taken,
    Granted: _granted,
    Happened: _happened,
    Suspended: _suspended,
    Regained: _regained,
    Postponed: _postponed,
    Opened: who.begin,
    Carried: _carried,
}


def reads_ahead(linked: Linked, text: str, facts: Facts, now: int) -> bool:
    """Does the flow's short form read something of what follows the start word (RULES E1.5)?"""
    said = shortform.read(linked.program, linked.tables, text).values
    run = Run(linked, Session(linked.hash, linked.program.flow), facts, now)
    questions = ((linked.questions[key.partition("/")[0]], value) for key, value in said.items())
    return any(not isinstance(reading.read(run, question, value), Wrong) for question, value in questions)


_FREE = ("text", "recording")
"""Kinds of answers that anything could be."""


def would_take(linked: Linked, session: Session, text: str, facts: Facts, now: int) -> bool:
    """Would the question that waits take this text as an answer (RULES E1.4)?  Of a free text only what skips it."""
    if session.status != "waiting":
        return False
    run = Run(linked, session, facts, now)
    if session.who is not None:
        return isinstance(who.read(run, text), Right)
    if going_back.means(linked, text) or (session.confirming and reading.read_yes_no(run, text) is not None):
        return True
    got, free = reading.read(run, run.question, text), run.question.type_on(session.channel).kind in _FREE
    return isinstance(got, Right) and (got.value is None or not free)
