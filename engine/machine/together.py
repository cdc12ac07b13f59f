"""Conversations of one flow that share a thing or inputs: one takes it, and all hear of events (RULES X1, X2)."""

from __future__ import annotations

from engine import topics
from engine.effects import Follow, Take
from engine.events import ActionDone, Happened, Taken
from engine.machine.run import Run
from engine.values import Packed, Value
from grammar import program as p

EMPTY = "nobody"
"""Who took a thing of whom nobody knows it."""


def follow(run: Run) -> None:
    """What a conversation that begins has in common with others, as far as its inputs say it."""
    run.effects += map(Follow, _topics(run))


def _topics(run: Run) -> list[str]:
    """What the present inputs are about: events for them, and things of that value."""
    session, program = run.session, run.linked.program
    events = [topics.of_event(session.flow, each.event, each.same, session.inputs) for each in program.on_events]
    things = _things(run)
    return events + [topics.to_take(session.flow, name, value) for name, value in things.items() if value is not None]


def _things(run: Run) -> dict[str, Value]:
    """What is taken and is an input, with its present value."""
    takes = [(at, op) for at, op in run.linked.takes if isinstance(op.value, p.Input)]
    return {op.thing: run.linked.reads[at]["value"](run.scene) for at, op in takes}


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
    if event.value and event.value != topics.same(_things(run).get(event.thing)):
        return None  # an event put another thing in its place
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
    _replace(run, known)
    return on_event.go


def _replace(run: Run, inputs: dict[str, Packed]) -> None:
    """Other inputs are about other things, which somebody may take yet; the conversation hears of these from now on."""
    before, topics_before = _things(run), set(_topics(run))
    session = run.session
    session.inputs = {**session.inputs, **inputs}
    changed = {name for name, value in _things(run).items() if value != before[name]}
    session.taken = {name: taker for name, taker in session.taken.items() if name not in changed}
    run.effects += [Follow(topic) for topic in _topics(run) if topic not in topics_before]


def _alike(run: Run, event: Happened, name: str) -> bool:
    return event.inputs.get(name, run.session.inputs.get(name)) == run.session.inputs.get(name)
