"""Going over to a new version: who can, with which answers, and the sentence for who cannot (RULES K8)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import msgspec
import pytest

from engine import box
from engine.box import Applied, View
from engine.effects import Forget, Send, SetTimer
from engine.facts import Facts
from engine.library import Library
from engine.limits import HOUR, MINUTE
from engine.moving import NEVER
from engine.session import Aside, Detour, Open, Session

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


DETOUR = Detour(0, [], "seen", [])
ASIDE = Aside(0, 0, [], 0, "seen")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, ""),
        ({"status": "suspended"}, ""),
        ({"status": "sleeping"}, "does not stand at a question"),
        ({"status": "parked"}, "does not stand at a question"),
        ({"asked": "gone"}, "does not stand at a question"),
        ({"detour": DETOUR}, "on the way of `ask again`"),
        ({"proof_for": 0}, "or proves a PIN first"),
        ({"aside": ASIDE}, "still come back to it"),
        ({"due": [[0, "seen"]]}, "still come back to it"),
        ({"open": [Open("seen", [])]}, "still come back to it"),
    ],
)
def test_who_is_in_the_middle_of_something_stays(visit: Visit, changed: dict[str, Any], why: str) -> None:
    visit.begin(HEADER + SEEN + CASES, "1")
    for name, value in changed.items():
        setattr(visit.session, name, value)
    before = msgspec.structs.replace(visit.session)
    moved = visit.move(HEADER + "    moved cases -> cases\n" + SEEN + CASES + "say: Bye.\n")
    assert isinstance(moved, str) == bool(why)
    if isinstance(moved, str):
        assert why in moved
        assert visit.session == before


@pytest.mark.parametrize(
    ("question", "left"),
    [(CASES, (2, 1, True, 5)), (CASES.replace("whole number", "text"), (0, 0, False, None))],
)
def test_what_was_begun_at_the_question_goes_on_unless_it_is_asked_anew(
    visit: Visit, question: str, left: tuple[Any, ...]
) -> None:
    visit.begin(HEADER + CASES)
    session = visit.session
    session.status = "suspended"
    session.tries, session.confirms, session.confirming, session.pending = 2, 1, True, 5
    assert not isinstance(visit.move(HEADER + "    moved cases -> cases\n" + question + "say: Bye.\n"), str)
    session = visit.session
    assert (session.tries, session.confirms, session.confirming, session.pending) == left


def test_going_over_is_an_event_of_the_conversation(visit: Visit) -> None:
    visit.begin(HEADER + SEEN + CASES, "1")
    before = visit.session.seq
    visit.move(HEADER + "    moved cases -> cases\n" + SEEN + CASES + "say: Bye.\n")
    assert visit.session.seq == before + 1


def test_what_was_counted_and_said_goes_along_under_new_names_if_it_is_still_asked(visit: Visit) -> None:
    visit.begin(HEADER + SEEN + CASES, "1")
    visit.session.rounds = {"seen": 2, "cases/a": 3}
    visit.session.short = {"cases/a": "7", "gone": "8", "seen": "1"}
    visit.move(
        HEADER
        + "    moved seen -> met\n    moved cases -> beds\n"
        + (SEEN + CASES).replace("seen", "met").replace("cases", "beds")
    )
    assert visit.session.rounds == {"met": 2, "beds/a": 3}
    assert visit.session.short == {"beds/a": "7", "met": "1"}


FREE = "ask seen: Seen?\n    answer: text\n"


@pytest.mark.parametrize(
    ("hidden", "hides", "new", "stays"),
    [(True, True, FREE, False), (False, True, FREE, False), (True, False, FREE, True), (True, False, "", False)],
)
def test_what_is_sensitive_is_never_bared(visit: Visit, hidden: bool, hides: bool, new: str, stays: bool) -> None:
    line = "    sensitive: seen\n"
    visit.begin(HEADER + line * hidden + FREE + CASES, "secret")
    moved = visit.move(HEADER + line * hides + "    moved cases -> cases\n" + new + CASES + "say: Bye.\n")
    assert isinstance(moved, str) is stays
    if isinstance(moved, str):
        assert "What is sensitive" in moved


@pytest.mark.parametrize(("after", "timer"), [(60, (NEVER, NOW + HOUR)), (61, (None, NOW + 61 * MINUTE))])
def test_what_is_past_by_then_is_not_made_up_for(visit: Visit, after: int, timer: tuple[int | None, int]) -> None:
    visit.begin(HEADER + CASES)
    moved = visit.move(
        HEADER + "    moved cases -> cases\n" + CASES + f"after {after} minutes:\n    tell supervisor: New.\n"
    )
    assert not isinstance(moved, str)
    assert [(e.guard, e.at) for e in moved[0].effects if isinstance(e, SetTimer)] == [timer]


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        ("whole number", "number", True),
        ("number", "text", False),
        ("text", "text up to 9 letters", True),
    ],
)
def test_numbers_of_every_kind_fit(visit: Visit, old: str, new: str, kept: bool) -> None:
    visit.begin(HEADER + f"ask many: How many?\n    answer: {old}\n" + CASES, "5")
    visit.move(HEADER + f"    moved cases -> cases\nask many: How many?\n    answer: {new}\n" + CASES)
    assert ("many" in visit.session.answers) is kept


def test_a_row_that_is_behind_it_may_be_gone(visit: Visit) -> None:
    visit.begin(HEADER + TABLE + BEDS, "4")
    less = TABLE.replace("    a    | Ward A\n", "")
    moved = visit.move(HEADER + "    moved beds -> beds\n" + less + BEDS)
    assert not isinstance(moved, str), moved
    assert [(turn.keys, turn.index) for turn in visit.session.loops] == [(["b"], 0)]
    visit.say("7")
    assert visit.view.sessions == {}


def test_behind_a_loop_it_is_in_none(visit: Visit) -> None:
    visit.begin(HEADER + TABLE + BEDS + CASES, "4", "7")
    moved = visit.move(HEADER + "    moved cases -> cases\n" + TABLE + BEDS + CASES + "say: Bye.\n")
    assert not isinstance(moved, str), moved
    assert visit.session.loops == []


@pytest.mark.parametrize(("sections", "left"), [("section first\n", "first"), ("", "")])
def test_its_section_goes_along_where_there_is_one(visit: Visit, sections: str, left: str) -> None:
    visit.begin(HEADER + "section first\n" + CASES)
    assert visit.session.section == "first"
    moved = visit.move(HEADER + "    moved cases -> cases\n" + sections + CASES + "say: Bye.\n")
    assert not isinstance(moved, str), moved
    assert visit.session.section == left
