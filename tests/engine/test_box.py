"""Which conversation a message belongs to (RULES E), and who has the floor (RULES F)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from engine import box
from engine.box import Applied, View
from engine.effects import Consent, End, Greeted, Send, SetTimer
from engine.events import ActionDone, OptedOut, Received, Regained, Started, Suspended
from engine.facts import Facts, Record
from engine.library import Library
from engine.limits import DAY, HOUR, MINUTE
from engine.view import Handed

STOCK = """
    flow stock: Stock
        languages: en
        channels: sms
        start on word STOCK
        short form: packets, kits
        give up after 1 day: stop as no_answer
    ask packets: How many packets?
        answer: whole number from 0 to 100
    ask kits: How many kits?
        answer: whole number from 0 to 100
    say: Thank you.
"""
STORY = """
    flow story: Story
        languages: en
        channels: sms
        start on word STORY
    ask story: What happened?
        answer: text up to 100 letters
    wait 1 day
    ask more: Anything else?
        answer: text up to 100 letters
"""
ALERT = """
    flow alert: Alert
        languages: en
        channels: sms
        start on event alert_raised
        inputs:
            what: text
    ask seen: {what}: have you seen it?
        answer: yes or no
"""


class Phone:
    """A worker's phone: says things, a minute apart, and keeps what came back."""

    def __init__(self, library: Library, known: bool = True) -> None:
        worker: Record = {"id": "w1", "name": "Moses Flomo", "first_name": "Moses", "language": "en"}
        self.view = View.of(*([Facts(worker)] if known else []))
        self.library = library
        self.now = 1_000_000
        self.ids: Iterator[int] = count(1)

    def says(self, text: str) -> list[Applied]:
        self.now += MINUTE
        return box.receive(self.view, text, self.library, self.now, self._id, lambda *_: "right")

    def told(self, flow: str, **inputs: str) -> list[Applied]:
        return box.start(self.view, flow, dict(inputs), "event", self.library, self.now, self._id)

    def timer(self, sid: int, name: str, guard: int | None, after: int) -> list[Applied]:
        self.now += after
        return box.fire(self.view, sid, name, guard, self.library, self.now)

    def _id(self) -> int:
        return next(self.ids)


def texts(applied: list[Applied]) -> list[str]:
    return [effect.text for one in applied for effect in one.effects if isinstance(effect, Send)]


def events(applied: list[Applied]) -> list[type]:
    return [type(one.event) for one in applied]


@pytest.fixture
def phone(library: Callable[..., Library]) -> Phone:
    return Phone(library(STOCK, STORY, ALERT))


@pytest.fixture
def stranger(library: Callable[..., Library]) -> Phone:
    return Phone(library(STOCK), known=False)


def test_a_start_word_begins_a_conversation(phone: Phone) -> None:
    assert texts(phone.says("stock")) == ["How many packets?"]
    assert texts(phone.says("5")) == ["How many kits?"]
    assert texts(phone.says("6")) == ["Thank you."]
    assert phone.view.sessions == {}


@pytest.mark.parametrize("word", ["stop", "STOP.", "Arrêt", "arret", "STOPALL"])
def test_stop_ends_everything_and_stops_the_line(phone: Phone, word: str) -> None:
    phone.says("stock")
    applied = phone.says(word)
    assert events(applied) == [OptedOut, Received]
    assert Consent(stopped=True) in applied[-1].effects
    assert phone.view.stopped
    assert phone.view.sessions == {}


@pytest.mark.parametrize("word", ["cancel", "END", "Quit", "fin"])
def test_a_word_that_could_be_an_answer_opts_out_only_where_no_question_waits(phone: Phone, word: str) -> None:
    phone.says("story")
    phone.says(word)
    assert not phone.view.stopped
    phone.view.sessions.clear()
    phone.says(word)
    assert phone.view.stopped


def test_a_stopped_line_is_heard_and_not_answered_until_start(phone: Phone) -> None:
    phone.says("stop")
    assert texts(phone.says("stock")) == []
    assert phone.told("alert", what="x") == []
    applied = phone.says("START")
    assert Consent(stopped=False) in applied[0].effects
    assert texts(phone.says("stock")) == ["How many packets?"]


@pytest.mark.parametrize("word", ["START", "unstop", "Yes", "oui"])
def test_a_word_that_opts_in_undoes_stop(phone: Phone, word: str) -> None:
    phone.says("stop")
    assert Consent(stopped=False) in phone.says(word)[0].effects
    assert not phone.view.stopped


def test_yes_is_an_answer_where_nothing_was_stopped(phone: Phone) -> None:
    phone.told("alert", what="Cholera")
    (applied,) = phone.says("yes")
    assert isinstance(applied.event, Received)
    assert applied.session_id is not None


def test_help_leaves_the_question_waiting(phone: Phone) -> None:
    phone.says("stock")
    (helped,) = phone.says("help")
    assert helped.session_id is None
    assert texts(phone.says("5")) == ["How many kits?"]


def test_an_answer_comes_before_a_start_word_and_a_start_word_before_free_text(phone: Phone) -> None:
    phone.says("stock")
    assert texts(phone.says("7")) == ["How many kits?"]
    phone.says("story")
    assert [s.status for s in phone.view.sessions.values()] == ["suspended", "waiting"]
    applied = phone.says("stock levels were low")
    assert applied[0].event == Received("stock levels were low")


def test_the_start_word_of_the_flow_that_has_the_floor_asks_again(phone: Phone) -> None:
    phone.says("stock")
    applied = phone.says("STOCK")
    assert [one.event for one in applied] == [Regained("STOCK")]
    assert texts(applied) == ["How many packets?"]


def test_with_values_the_old_conversation_is_replaced(phone: Phone) -> None:
    phone.says("stock")
    applied = phone.says("stock 5 6")
    assert End("replaced") in applied[0].effects
    assert texts(applied) == ["Thank you."]


def test_a_new_conversation_takes_the_floor_and_gives_it_back(phone: Phone) -> None:
    phone.says("stock")
    applied = phone.told("alert", what="Cholera")
    assert events(applied) == [Suspended, Started]
    assert texts(applied) == ["Cholera: have you seen it?"]
    applied = phone.says("yes")
    assert events(applied) == [Received, Regained]
    assert texts(applied) == ["How many packets?"]


def test_a_wait_gives_the_floor_back_and_who_wakes_queues(phone: Phone) -> None:
    phone.says("stock")
    phone.says("story")
    applied = phone.says("a flood")
    assert events(applied) == [Received, Regained]
    asleep = next(sid for sid, s in phone.view.sessions.items() if s.status == "sleeping")
    guard = phone.view.sessions[asleep].wait
    assert texts(phone.timer(asleep, "wait", guard, DAY)) == []
    phone.says("5")
    assert texts(phone.says("6")) == ["Thank you.", "Anything else?"]


def test_a_timer_of_a_wait_that_is_over_does_nothing(phone: Phone) -> None:
    phone.says("stock")
    (sid,) = phone.view.sessions
    guard = phone.view.sessions[sid].wait
    phone.says("5")
    assert phone.timer(sid, "give_up", guard, DAY) == []
    assert phone.timer(999, "give_up", 1, DAY) == []


def test_the_clock_of_a_question_stands_still_without_the_floor(phone: Phone) -> None:
    phone.says("stock")
    (sid,) = phone.view.sessions
    guard = phone.view.sessions[sid].wait
    phone.told("alert", what="Cholera")
    assert phone.timer(sid, "give_up", guard, DAY) == []
    assert phone.view.sessions[sid].status == "suspended"


def test_a_late_answer_is_said_to_be_late(phone: Phone) -> None:
    phone.view.silent_since = phone.now
    late = texts(phone.says("5"))
    phone.now += 8 * DAY
    assert late != texts(phone.says("5"))


def test_an_unknown_number_is_answered_once(stranger: Phone) -> None:
    first = stranger.says("stock")
    assert Greeted() in first[0].effects
    assert len(texts(first)) == 1
    assert [texts(stranger.says("stock")) for _ in range(3)] == [[], [], []]
    assert stranger.told("stock") == []


def test_an_unknown_number_can_send_stop(stranger: Phone) -> None:
    assert Consent(stopped=True) in stranger.says("STOP")[0].effects


def test_a_repeated_action_is_harmless(phone: Phone) -> None:
    phone.says("stock")
    (sid,) = phone.view.sessions
    assert box.done(phone.view, sid, ActionDone(1), phone.library, phone.now + HOUR) == []


def test_a_flow_that_does_not_exist_starts_nothing(phone: Phone) -> None:
    assert phone.told("nothing_of_the_kind") == []


CARD = """
    flow card: Card
        languages: en
        channels: sms
        start on word CARD
    do fetch as got
    say: Your card is {got.number}.
    ask ok: All right?
        answer: yes or no
"""


def test_an_action_that_comes_back_while_another_has_the_floor_queues(library: Callable[..., Library]) -> None:
    phone = Phone(library(STOCK, CARD))
    phone.says("card")
    (card,) = phone.view.sessions
    phone.says("stock")
    event = ActionDone(phone.view.sessions[card].wait, results={"number": "C-1"})
    assert texts(box.done(phone.view, card, event, phone.library, phone.now)) == []
    phone.says("5")
    assert texts(phone.says("6")) == ["Thank you.", "Your card is C-1.", "All right?"]


def test_who_waits_for_an_action_has_the_floor(library: Callable[..., Library]) -> None:
    phone = Phone(library(STOCK, CARD, STORY))
    phone.says("stock")
    assert texts(phone.says("card")) == []
    assert standing(phone) == {"stock": "suspended", "card": "acting"}
    assert texts(begun(phone, "story", "schedule")) == []
    assert standing(phone) == {"stock": "suspended", "card": "acting", "story": "queued"}


RESCUE = """
    flow rescue: Rescue
        languages: en
        channels: sms
        start on word RESCUE
    after 2 hours:
        go to help_them
    ask fine: Are you fine?
        answer: yes or no
    stop
    section help_them
    ask need: What do you need?
        answer: text up to 100 letters
"""


def test_a_conversation_without_the_floor_asks_when_it_regains_it(library: Callable[..., Library]) -> None:
    phone = Phone(library(STOCK, RESCUE))
    phone.says("rescue")
    (rescue,) = phone.view.sessions
    phone.says("stock")
    assert texts(phone.timer(rescue, "after:0", None, 2 * HOUR)) == []
    assert [s.status for s in phone.view.sessions.values()] == ["suspended", "waiting"]
    phone.says("5")
    assert texts(phone.says("6")) == ["Thank you.", "What do you need?"]


# ------------------------------------------------------------ who has the floor, of those who were not asked (F1)


def begun(phone: Phone, flow: str, by: str, **inputs: str) -> list[Applied]:
    return box.start(phone.view, flow, dict(inputs), by, phone.library, phone.now, phone._id)


def standing(phone: Phone) -> dict[str, str]:
    return {session.flow: session.status for session in phone.view.sessions.values()}


def test_a_schedule_begins_at_once_where_nobody_speaks(phone: Phone) -> None:
    assert texts(begun(phone, "stock", "schedule")) == ["How many packets?"]


def test_a_schedule_queues_until_the_conversation_that_has_the_floor_is_over(phone: Phone) -> None:
    phone.says("stock")
    assert texts(begun(phone, "story", "schedule")) == []
    assert standing(phone) == {"stock": "waiting", "story": "queued"}
    assert texts(phone.says("5")) == ["How many kits?"]
    assert texts(phone.says("6")) == ["Thank you.", "What happened?"]
    assert standing(phone) == {"story": "waiting"}


def test_a_schedule_ends_last_weeks_conversation_and_takes_its_floor(phone: Phone) -> None:
    begun(phone, "stock", "schedule")
    applied = begun(phone, "stock", "schedule")
    assert [one.session.outcome for one in applied if one.session] == ["replaced", ""]
    assert texts(applied) == ["How many packets?"]


def test_who_waited_longer_comes_before_a_schedule_that_replaces(phone: Phone) -> None:
    phone.says("stock")
    begun(phone, "story", "schedule")
    phone.now += DAY
    assert texts(begun(phone, "stock", "schedule")) == ["What happened?"]
    assert standing(phone) == {"story": "waiting", "stock": "queued"}


@pytest.mark.parametrize(
    ("silent", "asked"), [(10 * MINUTE, ["fire: have you seen it?"]), (10 * MINUTE - 1, [])], ids=["silent", "busy"]
)
def test_an_event_takes_the_floor_of_a_worker_who_is_silent(phone: Phone, silent: int, asked: list[str]) -> None:
    phone.says("stock")
    phone.view.spoke_at = phone.now
    phone.now += silent
    assert texts(begun(phone, "alert", "event", what="fire")) == asked


def test_an_event_waits_until_a_busy_worker_has_been_silent(phone: Phone) -> None:
    phone.says("stock")
    phone.view.spoke_at = phone.now
    applied = begun(phone, "alert", "event", what="fire")
    [clock] = [effect for one in applied for effect in one.effects if isinstance(effect, SetTimer)]
    assert (clock.name, clock.at) == ("floor", phone.now + 10 * MINUTE)

    phone.says("5")
    phone.view.spoke_at = phone.now
    applied = phone.timer(2, clock.name, clock.guard, 9 * MINUTE)
    [again] = [effect for one in applied for effect in one.effects if isinstance(effect, SetTimer)]
    assert again.at == phone.now + MINUTE

    assert texts(phone.timer(2, again.name, again.guard, MINUTE)) == ["fire: have you seen it?"]
    assert standing(phone) == {"stock": "suspended", "alert": "waiting"}


def test_an_event_that_waits_begins_as_soon_as_the_floor_is_free(phone: Phone) -> None:
    phone.says("stock")
    phone.view.spoke_at = phone.now
    [clock] = [
        effect
        for one in begun(phone, "alert", "event", what="fire")
        for effect in one.effects
        if isinstance(effect, SetTimer)
    ]
    phone.says("5")
    assert texts(phone.says("6")) == ["Thank you.", "fire: have you seen it?"]
    assert phone.timer(2, clock.name, clock.guard, 10 * MINUTE) == []


def test_an_event_comes_before_those_who_waited_longer(phone: Phone) -> None:
    phone.says("stock")
    begun(phone, "story", "schedule")
    phone.view.spoke_at = phone.now
    begun(phone, "alert", "event", what="fire")
    phone.says("5")
    assert texts(phone.says("6"))[1:] == ["fire: have you seen it?"]
    assert texts(phone.says("yes")) == ["What happened?"]


def test_stop_ends_what_is_queued(phone: Phone) -> None:
    phone.says("stock")
    begun(phone, "story", "schedule")
    phone.says("stop")
    assert phone.view.sessions == {}


def test_a_conversation_that_was_replaced_while_it_queued_never_speaks(phone: Phone) -> None:
    phone.says("stock")
    begun(phone, "story", "schedule")
    begun(phone, "story", "schedule")
    phone.says("5")
    assert texts(phone.says("6")) == ["Thank you.", "What happened?"]
    assert standing(phone) == {"story": "waiting"}


def test_the_same_text_at_once_is_a_double_send(phone: Phone) -> None:
    """RULES E4: the next question has not been handed to a gateway."""
    phone.says("stock")
    phone.says("5")
    applied = again(phone, "5", 20_000)
    assert [(one.session, one.event) for one in applied] == [(None, Received("5"))]
    assert texts(phone.says("6")) == ["Thank you."]


@pytest.mark.parametrize(
    ("after", "handed", "counts"),
    [
        (10_000, 5_001, False),
        (10_000, 5_000, True),
        (10_000, None, False),
        (30_000, 1_000, True),
        (30_000, None, False),
        (30_001, None, True),
        (3_000, -1_000, False),
    ],
)
def test_whoever_could_read_the_next_question_means_it(
    phone: Phone, after: int, handed: int | None, counts: bool
) -> None:
    """`after`: ms since the first; `handed`: ms from there until the question that follows was handed over."""
    phone.says("stock")
    phone.says("5")
    (sid,) = phone.view.sessions
    at = None if handed is None else phone.now + handed
    phone.view.box.handed[sid] = Handed(phone.view.sessions[sid].seq, at)
    assert texts(again(phone, "5", after)) == (["Thank you."] if counts else [])


def test_a_question_that_was_asked_since_then_is_not_out_yet(phone: Phone) -> None:
    phone.says("stock")
    (sid,) = phone.view.sessions
    phone.view.box.handed[sid] = Handed(phone.view.sessions[sid].seq, phone.now)
    phone.says("5")
    assert texts(again(phone, "5", 10_000)) == []


def test_stop_is_never_a_double_send(phone: Phone) -> None:
    phone.says("stop")
    assert Consent(stopped=True) in again(phone, "stop", 1_000)[0].effects


def again(phone: Phone, text: str, after: int) -> list[Applied]:
    """The same text as just before, so many ms later."""
    before, phone.now = phone.now, phone.now + after
    return box.receive(phone.view, text, phone.library, phone.now, phone._id, lambda *_: "right", before=before)
