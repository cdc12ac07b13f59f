"""Phones that several share, workers with several phones, and numbers that move (RULES F3, E5, I5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from engine import box
from engine.box import TIDY, Applied, View
from engine.effects import Consent, End, Send
from engine.events import Carried, Departed, Opened, OptedOut, Received, Regained, Replaced, Started, Suspended
from engine.facts import Facts
from engine.library import Library
from engine.limits import DAY, MINUTE
from engine.view import Common, Tie

STOCK = """
    flow stock: Stock
        languages: en, fr
        channels: sms
        start on word STOCK
        short form: packets, kits
    ask packets: How many packets?
        fr: Combien de paquets ?
        answer: whole number from 0 to 100
    ask kits: How many kits?
        fr: Combien de kits ?
        answer: whole number from 0 to 100
    say: Thank you, {worker.first_name}.
        fr: Merci, {worker.first_name}.
"""
LAB = """
    flow lab: Lab
        languages: en
        channels: sms
        start on word LAB
            only for group lab
        start on event result_ready
    ask seen: Have you seen the result?
        answer: yes or no
    say: Good.
"""
CARD = """
    flow card: Card
        languages: en
        channels: sms
        start on word CARD
    verify pin: Your PIN?
    ask ok: Shall we send it?
        answer: yes or no
    say: Thank you.
"""
NEWS = """
    flow news: News
        languages: en
        channels: sms
        start on word NEWS
        sensitive: sick
    verify pin: Your PIN?
    ask sick: Are you sick?
        answer: yes or no
    ask ok: You said {sick}. Right?
        answer: yes or no
    say: Thank you.
"""
WHO = "Several people use this phone. Who is writing?\n1. Moses Flomo\n2. Fatou Kamara"
SHARED, OWN, SECOND = 1, 2, 3


def person(key: str, name: str, *groups: str, language: str = "en") -> Facts:
    return Facts({"id": key, "name": name, "first_name": name.split()[0], "language": language}, groups=groups)


MOSES, FATOU = person("moses", "Moses Flomo", "lab"), person("fatou", "Fatou Kamara")


class House:
    """A facility's phone that Moses and Fatou share; Moses has two more of his own."""

    def __init__(self, library: Library) -> None:
        self.common = Common(people={"moses": MOSES, "fatou": FATOU})
        owners = {SHARED: ("moses", "fatou"), OWN: ("moses",), SECOND: ("moses",)}
        self.common.views = {line: View(line, his, box=self.common) for line, his in owners.items()}
        self.common.ways = {"moses": [OWN, SECOND, SHARED], "fatou": [SHARED]}
        self.library = library
        self.now = 1_000_000
        self.ids: Iterator[int] = count(1)

    def says(self, text: str, line: int = SHARED) -> list[Applied]:
        self.now += MINUTE
        view = self.common.views[line]
        return box.receive(view, text, self.library, self.now, self._id, lambda *_: "right")

    def told(self, flow: str, worker: str, line: int = SHARED, by: str = "event") -> list[Applied]:
        view = self.common.views[line]
        return box.start(view, flow, {}, by, self.library, self.now, self._id, worker=worker)

    def timer(self, name: str, guard: int | None = None) -> list[Applied]:
        sid = min(self.common.sessions)
        return box.fire(self.common.views[SHARED], sid, name, guard, self.library, self.now)

    def list_says(self, line: int, *owners: str) -> None:
        """A list gives the line to others."""
        self.common.views[line].owners = owners
        for worker, ways in self.common.ways.items():
            if worker not in owners and line in ways:
                ways.remove(line)

    @property
    def ties(self) -> list[tuple[str, int, str]]:
        sessions = self.common.sessions
        return [(*self.common.ties[sid], session.status) for sid, session in sessions.items()]

    def _id(self) -> int:
        return next(self.ids)


@pytest.fixture
def house(library: Callable[..., Library]) -> House:
    return House(library(STOCK, LAB, CARD, NEWS))


def texts(applied: list[Applied]) -> list[str]:
    return [effect.text for one in applied for effect in one.effects if isinstance(effect, Send)]


def events(applied: list[Applied]) -> list[type]:
    return [type(one.event) for one in applied]


def lines(applied: list[Applied]) -> set[int]:
    return {one.tie.line for one in applied if one.tie}


# ------------------------------------------------------------ who is speaking


@pytest.mark.parametrize("answer", ["2", "Fatou Kamara", "fatou kamara."])
def test_a_shared_phone_asks_who_is_speaking(house: House, answer: str) -> None:
    assert texts(house.says("STOCK")) == [WHO]
    applied = house.says(answer)
    assert events(applied) == [Received, Started]
    assert texts(applied) == ["How many packets?"]
    assert house.ties == [("fatou", SHARED, "waiting")]


def test_it_asks_once_in_a_conversation(house: House) -> None:
    said = [texts(house.says(text)) for text in ("STOCK", "2", "5", "6")]
    assert said == [[WHO], ["How many packets?"], ["How many kits?"], ["Thank you, Fatou."]]
    assert texts(house.says("STOCK")) == [WHO]


def test_what_came_with_the_word_waits_for_the_name(house: House) -> None:
    house.says("STOCK 5 6")
    assert texts(house.says("1")) == ["Thank you, Moses."]


def test_three_replies_that_are_no_name_end_it(house: House) -> None:
    house.says("STOCK")
    said = [texts(house.says(text)) for text in ("7", "nobody", "hm")]
    names = "1. Moses Flomo\n2. Fatou Kamara"
    assert said[0] == said[1] == [f"Please answer with 1 or 2.\n{names}"]
    assert len(said[2]) == 1
    assert house.common.sessions == {}


def test_when_nobody_says_who_it_is_it_ends(house: House) -> None:
    house.says("STOCK")
    (session,) = house.common.sessions.values()
    house.now += DAY
    assert house.timer("who", session.wait)[0].effects == (End("no_answer"),)


def test_its_own_word_asks_again_who_it_is(house: House) -> None:
    house.says("STOCK")
    applied = house.says("stock")
    assert (events(applied), texts(applied)) == ([Regained], [WHO])


def test_two_of_one_name_are_told_apart(house: House) -> None:
    house.common.people["fatou"] = person("fatou", "Moses Flomo")
    assert texts(house.says("STOCK"))[0].endswith("1. Moses Flomo (moses)\n2. Moses Flomo (fatou)")


def test_it_asks_in_the_language_of_all_who_share_the_phone(house: House) -> None:
    for worker, name in (("moses", "Moses Flomo"), ("fatou", "Fatou Kamara")):
        house.common.people[worker] = person(worker, name, language="fr")
    assert texts(house.says("STOCK"))[0].startswith("Plusieurs personnes")
    assert texts(house.says("2")) == ["Combien de paquets ?"]


def test_a_word_that_only_one_of_them_may_send_is_his(house: House) -> None:
    assert texts(house.says("LAB")) == ["Have you seen the result?"]
    assert house.ties == [("moses", SHARED, "waiting")]


def test_help_and_stop_come_before_the_name(house: House) -> None:
    house.says("STOCK")
    assert len(texts(house.says("HELP"))) == 1
    assert Consent(stopped=True) in house.says("STOP")[-1].effects
    assert house.common.sessions == {}


def test_somebody_else_begins_and_the_first_goes_on_afterwards(house: House) -> None:
    house.says("STOCK")
    house.says("1")
    assert texts(house.says("STOCK")) == [WHO]
    house.says("2")
    assert house.ties == [("moses", SHARED, "suspended"), ("fatou", SHARED, "waiting")]
    house.says("5")
    assert texts(house.says("6")) == ["Thank you, Fatou.", "Moses Flomo: How many packets?"]


def test_who_only_sent_his_word_again_loses_no_answer(house: House) -> None:
    for text in ("STOCK", "1", "5", "STOCK"):
        house.says(text)
    applied = house.says("1")
    assert events(applied) == [Received, Replaced, Regained]
    assert texts(applied) == ["How many kits?"]
    assert house.ties == [("moses", SHARED, "waiting")]


def test_a_start_for_one_of_them_is_for_him_and_says_so(house: House) -> None:
    applied = house.told("lab", "fatou")
    assert events(applied) == [Started]
    assert texts(applied) == ["Fatou Kamara: Have you seen the result?"]
    assert texts(house.says("yes")) == ["Good."]


def test_a_start_for_the_number_asks_who_it_is(house: House) -> None:
    assert events(house.told("lab", "")) == [Opened]
    assert texts(house.says("Fatou Kamara")) == ["Have you seen the result?"]


# ------------------------------------------------------------ several phones


def test_a_worker_is_reached_on_the_best_of_his_lines(house: House) -> None:
    applied = house.told("lab", "moses", SHARED)
    assert (lines(applied), texts(applied)) == ({OWN}, ["Have you seen the result?"])


def test_a_conversation_follows_its_worker_to_his_other_phone(house: House) -> None:
    house.says("STOCK", OWN)
    applied = house.says("5", SECOND)
    assert events(applied) == [Carried, Received]
    assert texts(applied) == ["How many kits?"]
    assert house.ties == [("moses", SECOND, "waiting")]


def test_nobody_draws_a_conversation_to_a_phone_that_others_share(house: House) -> None:
    house.says("STOCK", OWN)
    assert len(texts(house.says("5", SHARED))) == 1
    assert house.ties == [("moses", OWN, "waiting")]


def test_one_question_at_a_time_waits_for_a_worker_on_all_his_lines(house: House) -> None:
    house.says("STOCK", OWN)
    house.says("LAB", SHARED)
    assert house.ties == [("moses", OWN, "suspended"), ("moses", SHARED, "waiting")]
    applied = house.says("yes", SHARED)
    assert texts(applied) == ["Good.", "How many packets?"]
    assert lines(applied) == {SHARED, OWN}


def test_the_shared_phone_is_free_for_the_others_once_he_writes_from_his_own(house: House) -> None:
    house.says("STOCK")
    house.says("2")
    house.told("lab", "moses")
    house.says("LAB", SHARED)
    assert ("fatou", SHARED, "suspended") in house.ties
    applied = house.says("yes", OWN)
    assert texts(applied) == ["Fatou Kamara: How many packets?", "Good."]


def test_a_proof_does_not_follow(house: House) -> None:
    house.says("CARD", OWN)
    house.says("4321", OWN)
    house.says("HELP", SECOND)
    (session,) = house.common.sessions.values()
    assert session.verified_at == 0


def test_on_another_phone_the_pin_is_asked_for_again_before_what_is_sensitive(house: House) -> None:
    house.says("NEWS", OWN)
    house.says("4321", OWN)
    assert texts(house.says("yes", OWN)) == ["You said Yes. Right?"]
    asked = house.says("maybe", SECOND)
    assert (texts(asked), lines(asked)) == (["Your PIN?"], {SECOND})
    assert texts(house.says("4321", SECOND)) == ["You said Yes. Right?"]


# ------------------------------------------------------------ numbers that move


def test_a_conversation_goes_on_where_its_worker_is_now(house: House) -> None:
    house.says("STOCK", OWN)
    house.list_says(OWN, "fatou")
    applied = house.timer(TIDY)
    assert events(applied) == [Carried, Regained]
    assert (lines(applied), texts(applied)) == ({SECOND}, ["How many packets?"])


def test_without_another_line_it_ends(house: House) -> None:
    house.says("STOCK")
    house.says("2")
    house.list_says(SHARED, "moses")
    applied = house.timer(TIDY)
    assert [(type(one.event), one.effects) for one in applied] == [(Departed, (End("unreachable"),))]


def test_the_new_owner_is_not_heard_as_the_old_one(house: House) -> None:
    house.says("STOCK", OWN)
    house.list_says(OWN, "fatou")
    applied = house.says("5", OWN)
    assert applied[-1].session is None
    assert house.ties == [("moses", SECOND, "waiting")]


def test_who_has_gone_from_a_shared_phone_cannot_be_named_there(house: House) -> None:
    house.says("STOCK")
    house.list_says(SHARED, "fatou")
    applied = house.says("1")
    assert "2. Fatou Kamara" in texts(applied)[0]
    assert "Moses" not in texts(applied)[0]
    assert house.ties == [("", SHARED, "waiting")]
    house.says("2")
    assert house.ties == [("fatou", SHARED, "waiting")]


def test_where_all_have_gone_nobody_is_asked_who_it_is(house: House) -> None:
    house.says("STOCK")
    house.list_says(SHARED, "ama")
    applied = house.timer(TIDY)
    assert [(type(one.event), one.effects) for one in applied] == [(Departed, (End("unreachable"),))]


def test_who_it_is_is_asked_again_with_the_names_of_that_phone(house: House) -> None:
    house.says("STOCK")
    house.told("lab", "fatou")
    house.list_says(SECOND, "fatou")
    assert WHO in texts(house.says("yes", SECOND))


def test_a_line_that_somebody_stopped_stays_stopped_for_its_new_owner(house: House) -> None:
    house.says("STOP", OWN)
    house.list_says(OWN, "fatou")
    assert house.told("lab", "moses") == []
    assert texts(house.says("STOCK", OWN)) == []
    house.says("START", OWN)
    assert texts(house.says("STOCK", OWN)) == ["How many packets?"]


# ------------------------------------------------------------ STOP


def test_stop_on_a_shared_phone_stops_it_for_all_and_nobody_elsewhere(house: House) -> None:
    house.says("LAB", OWN)
    house.says("STOCK")
    house.says("2")
    house.says("STOP")
    assert house.ties == [("moses", OWN, "waiting")]
    assert house.told("lab", "fatou") == []
    assert [view.stopped for view in house.common.views.values()] == [True, False, False]


def test_stop_on_a_phone_of_his_own_stops_a_worker_everywhere(house: House) -> None:
    house.says("LAB", SHARED)
    house.says("STOP", SECOND)
    assert house.common.sessions == {}
    assert [view.stopped for view in house.common.views.values()] == [False, True, True]
    assert house.told("lab", "moses", SHARED) == []
    house.says("START", OWN)
    assert [view.stopped for view in house.common.views.values()] == [False, False, False]
    assert len(texts(house.told("lab", "moses"))) == 1


def test_who_stopped_is_not_begun_with_on_a_phone_that_others_share(house: House) -> None:
    house.says("STOP", OWN)
    house.common.ways["moses"] = [SHARED]
    assert house.told("lab", "moses") == []
    assert len(texts(house.told("lab", "fatou"))) == 1
    house.says("START", OWN)
    assert len(texts(house.told("lab", "moses"))) == 1


def test_stop_ends_what_cannot_be_stepped_any_more(house: House) -> None:
    house.says("STOCK", OWN)
    (session,) = house.common.sessions.values()
    session.program = "nobody has it"
    applied = house.says("STOP", OWN)
    assert events(applied) == [OptedOut, Received]
    assert house.common.sessions == {}


def test_stop_twice_and_start_twice_do_no_harm(house: House) -> None:
    for text, stopped in (("STOP", True), ("STOP", True), ("START", False), ("START", False)):
        assert Consent(stopped=stopped) in house.says(text, OWN)[-1].effects
        assert house.common.views[OWN].stopped is stopped


def test_a_conversation_whose_line_was_stopped_elsewhere_ends(house: House) -> None:
    """A gateway may say that a number opted out."""
    house.says("STOCK", OWN)
    house.common.views[OWN].stopped = True
    assert events(house.timer(TIDY)) == [OptedOut]


def test_a_schedule_waits_for_whoever_has_the_floor_of_line_or_worker(house: House) -> None:
    house.says("STOCK")
    house.says("2")
    house.told("lab", "moses", by="schedule")
    assert house.ties == [("fatou", SHARED, "waiting"), ("moses", OWN, "waiting")]
    house.common.ways["moses"] = [SHARED]
    house.told("stock", "moses", by="schedule")
    assert house.ties[-1] == ("moses", SHARED, "queued")


def test_an_event_takes_the_floor_of_a_shared_phone_and_gives_it_back(house: House) -> None:
    house.says("STOCK")
    house.says("2")
    house.common.ways["moses"] = [SHARED]
    house.common.views[SHARED].spoke_at = None
    applied = house.told("lab", "moses")
    assert events(applied) == [Suspended, Started]
    assert texts(house.says("yes")) == ["Good.", "Fatou Kamara: How many packets?"]


def test_a_tie_is_gone_with_its_conversation(house: House) -> None:
    house.says("STOCK 5 6", OWN)
    assert (house.common.sessions, house.common.ties) == ({}, {})
    assert house.common.views[OWN].tie(9) == Tie("moses", OWN)
