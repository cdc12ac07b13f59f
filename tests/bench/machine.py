"""Steps a second of the pure machine; the session is saved to bytes and loaded again before every step."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from itertools import cycle, islice

from commands import flows
from engine import session
from engine.cast import cast, facts_of
from engine.events import Event, Received, Started
from engine.facts import Facts
from engine.linked import Linked
from engine.machine import step
from engine.needs import Need, answered
from engine.session import Session
from engine.stage import OPENING
from tests.bench.figures import Figure

TALKS = {
    "cholera_flash": ("1", "14", "3", "The road is flooded"),
    "weekly_stock": ("120", "60", "0", "3", "250", "0"),
}
RUNS = 7
CONVERSATIONS = 1_500


def measure() -> list[Figure]:
    """One figure a flow."""
    return [_flow(name, replies) for name, replies in TALKS.items()]


def _flow(name: str, replies: Sequence[str]) -> Figure:
    linked, _ = flows.one(f"flows/{name}.flow")
    events: list[Event] = [Started("word"), *(Received(reply) for reply in replies)]
    facts = _facts(linked, events)
    asked, ended = _conversation(linked, events, facts)
    assert ended.outcome == "completed", f"{name} did not come to its end: {ended.asked} waits"
    rates = [_rate(linked, events[:asked], facts) for _ in range(RUNS)]
    return Figure(f"steps a second, {name}", statistics.median(rates), "/s", min(rates), max(rates))


def _facts(linked: Linked, events: Sequence[Event]) -> Facts:
    """Of a worker, with the people whom the conversation asks for: nobody."""
    facts = facts_of(cast()["moses"])
    while isinstance(need := _unmet(linked, events, facts), Need):
        facts = answered(facts, need, {})
    return facts


def _unmet(linked: Linked, events: Sequence[Event], facts: Facts) -> Need | None:
    state = Session(linked.hash, linked.program.flow)
    for number, event in enumerate(events, 1):
        stepped = step(linked, state, event, facts, OPENING + number)
        if isinstance(stepped, Need):
            return stepped
        state = stepped[0]
    return None


def _conversation(linked: Linked, events: Sequence[Event], facts: Facts) -> tuple[int, Session]:
    """How many of the events it takes to the end, and the session there."""
    state = Session(linked.hash, linked.program.flow)
    for number, event in enumerate(events, 1):
        stepped = step(linked, state, event, facts, OPENING + number)
        assert not isinstance(stepped, Need)
        state = stepped[0]
        if state.status == "ended":
            return number, state
    return len(events), state


def _rate(linked: Linked, events: Sequence[Event], facts: Facts) -> float:
    begun = time.perf_counter()
    for number, event in enumerate(islice(cycle(events), CONVERSATIONS * len(events))):
        if number % len(events) == 0:
            saved = session.encode(Session(linked.hash, linked.program.flow))
        stepped = step(linked, session.decode(saved), event, facts, OPENING + number)
        assert not isinstance(stepped, Need)
        saved = session.encode(stepped[0])
    return CONVERSATIONS * len(events) / (time.perf_counter() - begun)
