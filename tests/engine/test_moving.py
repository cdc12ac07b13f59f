"""Going over to a new version: who can, with which answers, and the sentence for who cannot (RULES K8)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

from engine import box
from engine.box import Applied, View
from engine.effects import Forget, Send, SetTimer
from engine.facts import Facts
from engine.library import Library
from engine.limits import HOUR
from engine.moving import NEVER
from engine.session import Session

NOW = 1_740_992_400_000
HEADER = "flow visit: Visit\n    start on word VISIT\n"
SEEN = "ask seen: Seen?\n    1. yes: Yes\n    2. no: No\n"
CASES = "ask cases: How many?\n    answer: whole number\n"
TABLE = "table wards:\n    code | name\n    a    | Ward A\n    b    | Ward B\n"
BEDS = "for each ward in wards:\n    ask beds: Beds in {ward.name}?\n        answer: whole number\n"


class Visit:
    """A conversation of one version, then another version published under it."""

    def __init__(self, library: Callable[..., Library]) -> None:
        self._make = library
        self.view = View.of(Facts({"id": "w1", "name": "Moses", "first_name": "Moses", "language": "en"}))
        self._ids = count(1)

    def begin(self, version: str, *replies: str) -> None:
        self.library = self._make(version)
        box.start(self.view, "visit", {}, "person", self.library, NOW, self._new_id)
        for reply in replies:
            self.say(reply)

    def _new_id(self) -> int:
        return next(self._ids)

    def say(self, text: str) -> list[Applied]:
        return box.receive(self.view, text, self.library, NOW + HOUR, self._new_id, lambda *_: "right")

    def move(self, version: str) -> list[Applied] | str:
        for linked in self._make(version).flows():
            self.library.publish(linked.program)
        return box.move(self.view, 1, self.library, NOW + HOUR)

    @property
    def session(self) -> Session:
        return self.view.sessions[1]


@pytest.fixture
def visit(library: Callable[..., Library]) -> Visit:
    return Visit(library)


def sent(applied: list[Applied]) -> list[str]:
    return [effect.text for step in applied for effect in step.effects if isinstance(effect, Send)]


def test_who_waits_at_the_old_question_answers_the_new_one(visit: Visit) -> None:
    visit.begin(HEADER + SEEN + CASES, "1")
    moved = visit.move(
        HEADER
        + "    moved cases -> patients\n"
        + SEEN
        + "ask patients: Patients?\n    answer: whole number\nsay: {patients} {seen}."
    )
    assert not isinstance(moved, str)
    assert sent(moved) == []
    assert visit.session.program == visit.library.current("visit").hash  # type: ignore[union-attr]
    assert sent(visit.say("5")) == ["5 Yes."]


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("ask sex: Sex?\n    1. f: Woman\n    2. m: Man\n", []),
        ("ask sex: Which sex?\n    1. f: Lady\n    2. m: Man\n", []),
        ("ask sex: Sex?\n    1. m: Man\n    2. f: Woman\n", ["Sex?\n1. Man\n2. Woman"]),
        ("ask sex: Sex?\n    answer: text\n", ["Sex?"]),
    ],
)
def test_a_question_whose_replies_mean_something_else_is_asked_anew(
    visit: Visit, question: str, asked: list[str]
) -> None:
    visit.begin(HEADER + "ask sex: Sex?\n    1. f: Woman\n    2. m: Man\n")
    moved = visit.move(HEADER + "    moved sex -> sex\n" + question)
    assert not isinstance(moved, str)
    assert sent(moved) == asked


@pytest.mark.parametrize(
    ("seen", "kept"),
    [
        (SEEN, True),
        ("ask seen: Seen?\n    1. no: No\n    2. yes: Yes\n    3. maybe: Maybe\n", True),
        ("ask seen: Seen?\n    1. often: Often\n    2. no: No\n", False),
        ("ask seen: Seen?\n    answer: text\n", False),
        ("ask seen: Seen?\n    answer: yes or no\n", False),
        ("say: Hello.\n", False),
    ],
)
def test_an_answer_is_kept_only_if_type_and_codes_fit(visit: Visit, seen: str, kept: bool) -> None:
    visit.begin(HEADER + SEEN + CASES, "1")
    moved = visit.move(HEADER + "    moved cases -> cases\n" + seen + CASES)
    assert not isinstance(moved, str)
    forgotten = [effect.question for effect in moved[0].effects if isinstance(effect, Forget)]
    assert visit.session.answers == ({"seen": "yes"} if kept else {})
    assert forgotten == ([] if kept else ["seen"])


def test_answers_go_along_under_their_new_names(visit: Visit) -> None:
    visit.begin(HEADER + SEEN + CASES, "1")
    visit.move(HEADER + "    moved seen -> met\n    moved cases -> cases\n" + SEEN.replace("seen", "met") + CASES)
    assert visit.session.answers == {"met": "yes"}


def test_in_a_loop_it_goes_on_in_its_row(visit: Visit) -> None:
    visit.begin(HEADER + TABLE + BEDS, "4")
    visit.move(HEADER + "    moved beds -> rooms\n" + TABLE + "say: Hello.\n" + BEDS.replace("beds", "rooms"))
    assert visit.session.answers == {"rooms/a": 4}
    visit.say("7")
    assert visit.view.sessions == {}


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (CASES, CASES + "say: Bye.", "no line `moved cases -> …`"),
        ("wait 1 day\nsay: Hi.", "    moved cases -> cases\n" + CASES, "does not stand at a question"),
        (CASES, "    moved cases -> beds\n" + TABLE + BEDS, "other loops"),
        (TABLE + BEDS, "    moved beds -> beds\n" + TABLE.replace("a    |", "c    |") + BEDS, "The row a"),
    ],
)
def test_who_cannot_go_over_stays_and_a_sentence_says_why(visit: Visit, old: str, new: str, why: str) -> None:
    visit.begin(HEADER + old)
    before = visit.session
    moved = visit.move(HEADER + new)
    assert isinstance(moved, str)
    assert why in moved
    assert visit.session == before


def test_timers_of_the_new_version_are_set_and_those_it_lacks_fire_for_nobody(visit: Visit) -> None:
    timers = "after 30 minutes:\n    tell supervisor: Old.\nafter 5 hours:\n    tell supervisor: Older.\n"
    visit.begin(HEADER + CASES + timers)
    moved = visit.move(HEADER + "    moved cases -> cases\n" + CASES + "after 3 hours:\n    tell supervisor: New.\n")
    assert not isinstance(moved, str)
    timers_set = [(e.name, e.guard, e.at) for e in moved[0].effects if isinstance(e, SetTimer)]
    assert timers_set == [("after:0", None, NOW + 3 * HOUR), ("after:1", NEVER, NOW + HOUR)]
    assert box.fire(visit.view, 1, "after:1", None, visit.library, NOW + HOUR)[0].effects == ()


def test_without_a_newer_version_it_stays(visit: Visit) -> None:
    visit.begin(HEADER + CASES)
    assert box.move(visit.view, 1, visit.library, NOW) == "There is no newer version of its flow."
