"""Conversations of one flow that share a thing or inputs: one takes it, and all hear of events (RULES X1, X2)."""

from __future__ import annotations

from engine import topics
from engine.effects import Follow, Take
from engine.events import ActionDone, Happened, Taken
from engine.machine.run import Run
from grammar import program as p

EMPTY = "nobody"
"""Who took a thing of whom nobody knows it."""


def follow(run: Run) -> None:
    """What a conversation that begins has in common with others, as far as its inputs say it."""
    session, program = run.session, run.linked.program
    for event in program.on_events:
        topic = topics.of_event(session.flow, event.event, event.same, session.inputs)
        run.effects.append(Follow(topic))
    for at, op in run.linked.takes:
        value = run.linked.reads[at]["value"](run.scene) if isinstance(op.value, p.Input) else None
        if value is not None:
            run.effects.append(Follow(topics.to_take(session.flow, op.thing, value)))


def taken(run: Run, op: p.Take, at: int, event: ActionDone) -> int:
    """Who has it: this conversation goes on, or the block for those who come too late runs."""
    session = run.session
    taker = event.results.get("taker")
    if event.failed and taker is not None:
        session.taken = {**session.taken, op.thing: str(taker)}
        return op.block
    value = run.linked.reads[at]["value"](run.scene)
    session.taken = {**session.taken, op.thing: str(run.facts.worker.get("id"))}
    session.holds = (*session.holds, topics.to_take(session.flow, op.thing, value))
    return at + 1


def lost(run: Run, event: Taken) -> int | None:
    """The block of the `take`; None where this conversation knows already, or is being told."""
    session = run.session
    if event.thing in session.taken or session.status == "ended":
        return None
    if session.status == "acting" and isinstance(run.linked.code[session.resume], p.Take):
        return None
    session.taken = {**session.taken, event.thing: event.taker or EMPTY}
    return next((op.block for _, op in run.linked.takes if op.thing == event.thing), None)


def for_all(run: Run, after: p.After, number: int) -> None:
    """The time of an `after … unless THING is taken` has come: one conversation acts for all of them."""
    op = next(((at, op) for at, op in run.linked.takes if op.thing == after.once), None)
    value = run.linked.reads[op[0]]["value"](run.scene) if op is not None else None
    topic = topics.once(topics.to_take(run.session.flow, after.once, value), number)
    run.effects.append(Take(topic, after=number))


def block_of(run: Run, event: Happened) -> int | None:
    """The block of an event; its inputs take the place of those that the conversation was given."""
    found = (each for each in run.linked.program.on_events if each.event.casefold() == event.name.casefold())
    on_event = next((each for each in found if all(_alike(run, event, name) for name in each.same)), None)
    if on_event is None:
        return None
    known = {name: value for name, value in event.inputs.items() if name in run.linked.program.inputs}
    run.session.inputs = {**run.session.inputs, **known}
    return on_event.go


def _alike(run: Run, event: Happened, name: str) -> bool:
    return event.inputs.get(name, run.session.inputs.get(name)) == run.session.inputs.get(name)
