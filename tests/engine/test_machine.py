"""The machine is pure, deterministic, and stops a flow that never ends; what conversations do is in tests/language."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import session as sessions
from engine.effects import Effect, End, Record, Send, SetTimer
from engine.events import ActionDone, Event, OptedOut, Received, Regained, Replaced, Started, Suspended, TimedOut
from engine.facts import Facts
from engine.library import Library
from engine.linked import Linked
from engine.machine import MachineError
from engine.machine import step as step_or_need
from engine.needs import Need
from engine.session import Session

FLOW = """
    flow visit: Visit
        languages: en, fr
        channels: sms
        start on word VISIT
        remind after 4 hours
        give up after 2 days: stop as no_answer
        inputs:
            room: text optional
    table wards:
        code | name
        a    | Ward A
        b    | Ward B
    after 3 hours unless cases > 5:
        tell supervisor: {worker.name} sees few.
    on word PRICE:
        say: Free.
    choose language
    ask cases: How many?
        answer: whole number from 0 to 500
        confirm if cases > 100: {cases}?
        remind after 1 hour
    for each ward in wards:
        ask beds: Beds in {ward.name}?
            answer: whole number from 0 to 50
            optional
    wait 1 day
    do fetch with a = cases as got
    quiz q: Two and two?
        1. four: Four
        2. five: Five
        correct: four
        if right: Yes.
    if q is not four and attempt < 3:
        go to visit
    say: {sum(beds)} {score} {got.value}
"""
FACTS = Facts({"id": "w1", "name": "Moses Flomo", "first_name": "Moses", "language": ""})
NOW = 1_740_992_400_000


def step(
    linked: Linked, session: Session, event: Event, facts: Facts, now: int
) -> tuple[Session, tuple[Effect, ...]]:
    """A step of a flow that names nobody else."""
    stepped = step_or_need(linked, session, event, facts, now)
    assert not isinstance(stepped, Need)
    return stepped


@pytest.fixture
def linked(library: Callable[..., Library]) -> Linked:
    made = library(FLOW).current("visit")
    assert made is not None
    return made


def begin(linked: Linked) -> Session:
    return step(linked, Session(linked.hash, "visit"), Started("word"), FACTS, NOW)[0]


EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.sampled_from(["1", "2", "0", "7", "200", "yes", "no", "skip", "price", "", "Quatre", "five"]).map(Received),
    st.text(max_size=40).map(Received),
    st.builds(
        TimedOut,
        st.sampled_from(["remind:0", "give_up", "wait", "after:0"]),
        st.none() | st.integers(0, 12),
    ),
    st.builds(ActionDone, st.integers(0, 12), st.booleans(), st.just({"value": "V"})),
    st.sampled_from([Suspended(), Regained(), Replaced(), OptedOut()]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(st.lists(EVENTS, max_size=25))
def test_whatever_happens_the_machine_is_pure_and_the_session_survives_saving(
    linked: Linked, events: list[Event]
) -> None:
    session = begin(linked)
    for number, event in enumerate(events):
        if session.status == "ended":
            break
        before = sessions.encode(session)
        first = step(linked, session, event, FACTS, NOW + number)
        again = step(linked, sessions.decode(before), event, FACTS, NOW + number)
        assert sessions.encode(session) == before
        assert first == again
        session = first[0]
        assert session.seq == number + 2
        assert (session.status == "ended") == any(isinstance(effect, End) for effect in first[1])
        if session.status == "waiting":
            assert session.asked in linked.questions


def test_every_wait_has_a_timer(linked: Linked) -> None:
    session, wanted = step(linked, Session(linked.hash, "visit"), Started("word"), FACTS, NOW)
    assert session.status == "waiting"
    assert [e.guard for e in wanted if isinstance(e, SetTimer) and e.name == "give_up"] == [session.wait]
    assert [e.arms for e in wanted if isinstance(e, Send)] == [session.wait]


def test_a_timer_of_another_wait_changes_nothing_but_the_number_of_events(linked: Linked) -> None:
    session = begin(linked)
    after, wanted = step(linked, session, TimedOut("give_up", session.wait + 1), FACTS, NOW)
    assert wanted == ()
    assert msgspec.structs.replace(after, seq=session.seq) == session


def test_an_answer_is_recorded_once_with_what_was_typed(linked: Linked) -> None:
    session = begin(linked)
    session, _ = step(linked, session, Received("1"), FACTS, NOW)
    session, wanted = step(linked, session, Received("twelve"), FACTS, NOW)
    assert [e for e in wanted if isinstance(e, Record)] == [Record("cases", 12, raw="twelve")]
    session, wanted = step(linked, session, Received("5"), FACTS, NOW)
    assert [e for e in wanted if isinstance(e, Record)] == [Record("beds", 5, turn="a", raw="5")]
    assert session.answers == {"cases": 12, "beds/a": 5}


def test_a_flow_that_goes_round_for_ever_is_stopped_with_its_line(library: Callable[..., Library]) -> None:
    linked = library(
        """
        flow round: Round
            languages: en
            channels: sms
            start on word ROUND
        ask n: A number?
            answer: whole number from 0 to 9
        section top
        ask more: More?
            answer: yes or no
            only if n > 9
        go to top
        """
    ).current("round")
    assert linked is not None
    session, _ = step(linked, Session(linked.hash, "round"), Started("word"), FACTS, NOW)
    with pytest.raises(MachineError, match=r"round, line 12: it goes back again and again"):
        step(linked, session, Received("1"), FACTS, NOW)


def test_a_text_can_grow_only_so_far(library: Callable[..., Library]) -> None:
    linked = library(
        """
        flow growing: Growing
            languages: en
            channels: sms
            start on word GROWING
        ask t: A text?
            answer: text up to 100 letters
        set t2 to t & t & t & t
        set t3 to t2 & t2 & t2 & t2 & t2 & t2 & t2 & t2
        set t4 to t3 & t3 & t3 & t3 & t3 & t3 & t3 & t3
        set n to 1000000000 * 1000000000 * 1000000000
        say: {length(t4)} {n}
        """
    ).current("growing")
    assert linked is not None
    session, _ = step(linked, Session(linked.hash, "growing"), Started("word"), FACTS, NOW)
    _, wanted = step(linked, session, Received("x" * 100), FACTS, NOW)
    assert [e.text for e in wanted if isinstance(e, Send)] == ["5000"]
