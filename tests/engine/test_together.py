"""What conversations share: one topic for one thing, and free again when its taker falls silent (RULES X1)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine import box, topics
from engine.box import Applied, View
from engine.effects import Effect, Follow, Release, Send, Take
from engine.events import ActionDone, Taken
from engine.facts import Facts
from engine.library import Library
from engine.limits import DAY

NOW = 1_740_992_400_000
FLOW = """
    flow collect: Collect
        inputs:
            batch: text
    ask can: Can you?
        answer: yes or no
    take batch:
        say: Too late.
    ask hour: When?
        answer: time
"""


class Phone:
    """A conversation about the batch B1."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.view = View.of(Facts({"id": "w1", "name": "Moses", "first_name": "Moses", "language": "en"}))
        self.begun = box.start(self.view, "collect", {"batch": "B1"}, "flow", library, NOW, lambda: 1)

    def say(self, text: str) -> list[Applied]:
        return box.receive(self.view, text, self.library, NOW, lambda: 2, lambda *_: "right")

    def done(self, failed: bool, taker: str) -> list[Applied]:
        wait = self.view.sessions[1].wait
        return box.done(self.view, 1, ActionDone(wait, failed, {"taker": taker}), self.library, NOW)


@pytest.fixture
def phone(library: Callable[..., Library]) -> Phone:
    return Phone(library(FLOW))


def wanted(applied: list[Applied], kind: type[Effect]) -> list[Effect]:
    return [effect for step in applied for effect in step.effects if isinstance(effect, kind)]


def test_a_topic_is_the_same_for_the_same_thing_only() -> None:
    topic = topics.to_take("collect", "batch", "B1")
    assert topic == topics.to_take("collect", "batch", "b1")
    others = {
        topics.to_take("collect", "batch", "B2"),
        topics.to_take("other", "batch", "B1"),
        topics.once(topic, 0),
        topics.of_event("collect", "batch", ["batch"], {"batch": "B1"}),
    }
    assert topic not in others
    assert len(others) == 4


def test_it_follows_from_the_start_and_takes_at_the_line(phone: Phone) -> None:
    topic = topics.to_take("collect", "batch", "B1")
    assert wanted(phone.begun, Follow) == [Follow(topic)]
    assert wanted(phone.say("yes"), Take) == [Take(topic, "batch", phone.view.sessions[1].wait, value="b1")]


def test_whoever_is_silent_after_taking_lets_go(phone: Phone) -> None:
    phone.say("yes")
    phone.done(False, "w1")
    ended = box.fire(phone.view, 1, "give_up", phone.view.sessions[1].wait, phone.library, NOW + 4 * DAY)
    assert wanted(ended, Release) == [Release(topics.to_take("collect", "batch", "B1"))]


def test_whoever_ends_otherwise_keeps_it(phone: Phone) -> None:
    phone.say("yes")
    phone.done(False, "w1")
    assert wanted(phone.say("9:30"), Release) == []
    assert phone.view.sessions == {}


def test_whoever_comes_too_late_ends_with_the_block(phone: Phone) -> None:
    phone.say("yes")
    ended = phone.done(True, "w2")[-1].session
    assert ended is not None
    assert ended.outcome == "taken"


def test_who_cannot_go_on_hears_nothing(phone: Phone) -> None:
    phone.view.sessions[1].status = "parked"
    assert box.tell(phone.view, 1, Taken("batch", "w2"), phone.library, NOW) == []


def test_whoever_waits_learns_of_it_once(phone: Phone) -> None:
    told = box.tell(phone.view, 1, Taken("batch", "w2"), phone.library, NOW)
    assert told[-1].session is not None
    assert told[-1].session.outcome == "taken"
    assert box.tell(phone.view, 1, Taken("batch", "w2"), phone.library, NOW) == []


@pytest.mark.parametrize(("value", "outcome"), [("b1", "taken"), ("", "taken"), ("b2", "")])
def test_it_is_over_only_for_who_waits_for_the_same_thing(phone: Phone, value: str, outcome: str) -> None:
    told = box.tell(phone.view, 1, Taken("batch", "w2", value=value), phone.library, NOW)
    assert told[-1].session is not None
    assert told[-1].session.outcome == outcome


def test_who_has_asked_for_it_hears_the_answer_and_nothing_before(phone: Phone) -> None:
    phone.say("yes")
    told = box.tell(phone.view, 1, Taken("batch", "w2", value="b1"), phone.library, NOW)
    assert wanted(told, Send) == []
    assert phone.view.sessions[1].status == "acting"
    ended = phone.done(True, "w2")
    assert [step.session.outcome for step in ended if step.session] == ["taken"]
    assert len(wanted(ended, Send)) == 1
