"""The machine is pure, deterministic, and stops a flow that never ends; what conversations do is in tests/language."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import session as sessions
from engine.effects import Effect, End, Record, Send, SetTimer
from engine.events import (
    ActionDone,
    Event,
    Granted,
    Happened,
    HungUp,
    NotTaken,
    OptedOut,
    Received,
    Regained,
    Replaced,
    Started,
    Suspended,
    Taken,
    TimedOut,
)
from engine.facts import Facts
from engine.library import Library
from engine.limits import HOUR
from engine.linked import Linked
from engine.machine import MachineError
from engine.machine import step as step_or_need
from engine.needs import Need
from engine.session import Session
from engine.values import Packed

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
WHOLE = """
    flow visit: Visit
        languages: en, fr
        channels: sms, ivr
        start on word VISIT
        short form: cases
        allow back
        give up after 3 weeks: stop as no_answer
        inputs:
            room: text optional
            beds_free: list of whole number optional
    table wards:
        code | name
        a    | Ward A
        b    | Ward B
    on event corrected with same room:
        say: {room} it is.
    on word PRICE: say: Free.
    after 3 hours unless room is taken:
        tell supervisor: Nobody.
    ask cases: How many?
        answer: whole number from 0 to 500
        confirm if cases > 100: {cases}?
    ask signs: Which signs?
        answer: one or more
        1. fever: Fever
        2. cough: Cough
    for each sign in signs:
        run ward with number = cases as seen
    for each free in beds_free:
        say: {free} {seen.more}
    quiz q: Two and two?
        answer: whole number
        correct: 4
        ask again if wrong: after 1 day until right
        go on after 1 hour
    wait 2 days
    take room:
        say: {taker.name} has it.
    submit to dhis2 with dataset = "D" and wait
        if failed: say: Not taken.
    start flow ward for supervisor with number = cases
        if failed: say: Nobody.
    tell supervisor every Friday: {cases}
    wait until all quizzes are right
    if cases < 5:
        go to visit
    say: {score} {count(seen.more)} {seen.outcome}

    flow ward: Ward
        channels: sms
        inputs:
            number: whole number optional
    after 1 hour:
        say: Hurry.
    on word MORE: say: More.
    ask more: More than {number}?
        answer: yes or no
    if more is no:
        stop as less
    for each ward in wards:
        ask beds: Beds?
            answer: whole number
            optional

    table wards:
        code | name
        a    | Ward A
"""
FACTS = Facts({"id": "w1", "name": "Moses Flomo", "first_name": "Moses", "language": ""})
BOSS: dict[str, Packed] = {"id": "w2", "name": "Grace", "first_name": "Grace"}
KNOWN = msgspec.structs.replace(FACTS, people={"w2": BOSS})
INPUTS: dict[str, Packed] = {"room": "A", "beds_free": ["l", 3, 7]}
NOW = 1_740_992_400_000


def step(linked: Linked, session: Session, event: Event, facts: Facts, now: int) -> tuple[Session, tuple[Effect, ...]]:
    """A step of a flow that names nobody else."""
    stepped = step_or_need(linked, session, event, facts, now)
    assert not isinstance(stepped, Need)
    return stepped


@pytest.fixture
def linked(library: Callable[..., Library]) -> Linked:
    made = library(FLOW).current("visit")
    assert made is not None
    return made


@pytest.fixture
def whole(library: Callable[..., Library]) -> Linked:
    made = library(WHOLE).current("visit")
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
    st.sampled_from([HungUp(), Granted(0), Granted(7), NotTaken(0), NotTaken(90), Taken("room", "w2")]),
    st.builds(Happened, st.sampled_from(["corrected", "other"]), st.just({"room": "B"})),
    st.sampled_from(["back", "1 2", "1", "more", "*", "4", "5#"]).map(Received),
    st.builds(TimedOut, st.sampled_from(["go_on", "after:1", "repeat:0:q", "repeat:0:gone", "remind:9"]), st.none()),
)


def test_a_repeat_that_this_version_lacks_is_asked_of_nobody(linked: Linked) -> None:
    session, effects = step(linked, begin(linked), TimedOut("repeat:0:q", None), FACTS, NOW)
    assert (session.due, effects) == ((), ())


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


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(st.lists(EVENTS | st.sampled_from(["1", "4", "1 2", "yes", "9"]).map(Received), min_size=5, max_size=40))
def test_the_same_for_everything_that_the_language_has(whole: Linked, events: list[Event]) -> None:
    linked = whole
    session = step(linked, Session(linked.hash, "visit"), Started("word", inputs=INPUTS, text="visit 3 x"), KNOWN, NOW)[
        0
    ]
    for number, event in enumerate(events):
        if session.status == "ended":
            break
        before = sessions.encode(session)
        at = NOW + number * HOUR
        session, wanted = step(linked, session, event, KNOWN, at)
        assert step(linked, sessions.decode(before), event, KNOWN, at) == (session, wanted)
        assert sessions.decode(sessions.encode(session)) == session
        assert session.status in ("ended", "waiting", "sleeping", "acting", "suspended", "queued"), event
        assert session.status != "waiting" or session.asked in linked.questions


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


@pytest.mark.parametrize(
    ("times", "further"),
    [(1, 100), (10, 0)],
    ids=["a hundred between two waits", "a thousand in all"],
)
def test_so_often_it_goes_back_and_no_more(library: Callable[..., Library], times: int, further: int) -> None:
    linked = library(
        """
        flow back: Back
            languages: en
            channels: sms
            start on word BACK
        section again
        ask n: How often?
            answer: whole number from 0 to 200
        set jumped to 0
        section jumping
        ask never: Never?
            answer: yes or no
            only if n > 200
        if jumped < n:
            set jumped to jumped + 1
            go to jumping
        go to again
        """
    ).current("back")
    assert linked is not None
    session, _ = step(linked, Session(linked.hash, "back"), Started("word"), FACTS, NOW)
    for _ in range(times):
        session, _ = step(linked, session, Received("99"), FACTS, NOW)
        assert session.status == "waiting"
    with pytest.raises(MachineError, match=r"back, line 17: it goes back again and again"):
        step(linked, session, Received(str(further)), FACTS, NOW)


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
