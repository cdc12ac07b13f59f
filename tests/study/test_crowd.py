"""Made-up workers answer every type of question, right and wrong as they mean to, and come to every branch."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from engine.library import Library
from engine.phrases import load as load_phrases
from engine.stage import Stage
from grammar.loader import Loaded, load_text
from study.coverage import missing_of
from study.crowd.hints import hints, results
from study.crowd.lives import Crowd, Life
from study.crowd.manners import MANNERS
from study.crowd.measures import Spread, measure
from study.written import Written

HEAD = "flow shown: Shown\n"
QUESTIONS = {
    "yes or no": "answer: yes or no",
    "whole": "answer: whole number from 3 to 5",
    "whole with one limit": "answer: whole number",
    "decimal": "answer: decimal from 0 to 1",
    "number": "answer: number",
    "text": "answer: text up to 12 letters",
    "past": "answer: date not in the future",
    "future": "answer: date from today to today + 60 days",
    "time": "answer: time",
    "phone": "answer: phone number",
    "digits": "answer: 4 digits",
    "one": "1. a: Apples\n    2. b: Bananas and more",
    "several": "1. a: A\n    2. b: B\n    3. c: None (alone)\n    answer: one or more",
    "checked": "answer: whole number from 0 to 90\n    check x is one of 7, 70: 7 or 70, please.",
    "optional": "answer: 4 digits\n    optional",
    "rows": "choices from products: {name}\n    0. other: Something else",
}
TABLE = "\ntable products:\n    code | name\n    act  | ACT\n    ors  | ORS\n"


def loaded(text: str) -> Loaded:
    found = load_text(text, "shown.flow")
    assert found.compiled is not None, found.findings
    return found


def crowd(text: str, seed: int = 1) -> tuple[Crowd, Loaded]:
    found = loaded(text)
    library = Library(load_phrases())
    assert found.compiled is not None
    for program in found.compiled.programs:
        library.publish(program)
    return Crowd(library, found.compiled.programs[-1].flow, seed), found


def lives(text: str, workers: int = 60, seed: int = 1) -> list[Life]:
    made, _ = crowd(text, seed)
    return [made.live(number) for number in range(1, workers + 1)]


@pytest.mark.parametrize("lines", QUESTIONS.values(), ids=QUESTIONS)
def test_who_means_to_answer_right_is_understood(lines: str) -> None:
    ready = [life for life in lives(f"{HEAD}{TABLE}ask x: X?\n    {lines}\n", 120) if life.manner == "ready"]
    answered = [life for life in ready if life.outcome == "completed"]
    assert len(answered) >= len(ready) - 3  # one of 300 answers is STOP
    assert sum(life.wrong["x"] for life in ready) <= len(ready) / 10  # one of 50 is meant to be wrong


@pytest.mark.parametrize("kind", sorted(QUESTIONS.keys() - {"one"}))
def test_who_means_to_answer_wrong_is_not(kind: str) -> None:
    flow = f"{HEAD}{TABLE}ask x: X?\n    {QUESTIONS[kind]}\n    tries: 9\n"
    careless = [life for life in lives(flow, 200) if life.manner == "careless"]
    assert sum(life.wrong["x"] for life in careless) >= len(careless) / 5  # meant to be: more than a third


@pytest.mark.parametrize("line", ["choose pin", "choose facility", "ask x: X?\n    answer: facility"])
def test_what_is_asked_of_the_worker_is_answered(line: str) -> None:
    ready = [life for life in lives(f"{HEAD}{line}\nsay: Thank you.\n", 120) if life.manner == "ready"]
    assert sum(life.outcome == "completed" for life in ready) >= len(ready) - 4
    assert any(life.asked for life in ready)


def test_nobody_can_be_wrong_where_every_text_is_an_answer() -> None:
    assert not any(life.wrong for life in lives(f"{HEAD}ask x: X?\n"))


EVERYTHING = """
flow helper: Helper
ask sure: Sure?
    answer: yes or no

flow shown: Shown
    languages: en, fr
    allow back
    remind after 4 hours
    give up after 1 day: stop as silent
    inputs:
        batch: text up to 12 letters
        urgency: one of high, low
        boss: worker
        weight: decimal from 0 to 1 optional

choose language
if urgency is high and worker.cadre is midwife:
    say: Hurry.
take batch:
    say: {taker.name} has it.
verify pin: PIN?
    answer: 4 digits
    tries: 2
    if failed:
        if reason is no_pin:
            say: You have none.
        stop as locked
ask cases: How many?
    answer: whole number from 0 to 5000
    check cases <> 13: Not 13.
    confirm if cases >= 4321: Really?
    if too many tries: stop as hopeless
if cases = 1234:
    run helper
otherwise if cases < 2:
    do ping as got
        if failed: say: No.
    if got.state is gone:
        say: Gone.
ask next_day: When?
    answer: date from today to today + 9 days
    optional
quiz q1: How many seconds?
    answer: whole number from 0 to 600
    correct: 40
    if wrong:
        say: It is 40.
tell district_officer of facility: {cases}
    if nobody: tell supervisor: {cases}
wait 1 day at 09:00
ask way: Which way?
    1. a: A -> last
    2. b: B
    only if cases > 0
say last: Thank you.
on word PRICE:
    say: It is free.
on event recalled with same batch:
    stop as recalled
after 3 days unless way is a:
    say: Three days have gone by.
"""


def test_a_crowd_comes_to_every_branch() -> None:
    made, found = crowd(EVERYTHING)
    outcomes = Counter(made.live(number).outcome for number in range(1, 801))
    assert [(branch.text, branch.never) for branch in _missing(made, found)] == []
    assert outcomes.keys() >= {"completed", "silent", "hopeless", "locked", "recalled", "taken", "opted_out"}


def _missing(made: Crowd, found: Loaded) -> list[object]:
    return [*missing_of(made.linked.program, made.walks, Written({"shown.flow": found.lines}))]


def test_a_branch_to_which_nobody_can_come_is_said() -> None:
    made, found = crowd(
        HEAD + "ask x: X?\n    answer: whole number from 0 to 9\nset y to 1\nif y > 1:\n    say: Never.\n"
    )
    for number in range(1, 101):
        made.live(number)
    assert [
        branch.never for branch in missing_of(made.linked.program, made.walks, Written({"shown.flow": found.lines}))
    ] == ["it is never so"]


def test_the_same_seed_gives_the_same_lives_and_another_one_others() -> None:
    assert lives(EVERYTHING, 40, seed=7) == lives(EVERYTHING, 40, seed=7)
    assert lives(EVERYTHING, 40, seed=7) != lives(EVERYTHING, 40, seed=8)


def test_a_life_does_not_depend_on_who_lived_before() -> None:
    assert crowd(EVERYTHING)[0].live(9) == lives(EVERYTHING, 9)[-1]


def test_a_conversation_that_cannot_go_on_says_why_and_where() -> None:
    rows = "".join(f"    p{number} | P\n" for number in range(201))
    flow = f"{HEAD}table products:\n    code | name\n{rows}\nfor each product in products:\n    say: {{product.name}}\n"
    made, _ = crowd(flow)
    found = [made.live(number) for number in (1, 2)]
    assert [life.outcome for life in found] == ["stuck", "stuck"]
    line = flow.count("\n")
    assert measure(made.linked.program, found, 1, []).faults == (
        f"shown, line {line}: it sends too many messages at once",
    )


def test_a_conversation_without_an_end_is_left() -> None:
    flow = f"{HEAD}ask x: X?\n    answer: yes or no\ngo to x\n"
    assert "still_open" in {life.outcome for life in lives(flow, 12)}


def test_a_short_form_is_used() -> None:
    flow = f"""{HEAD}    start on word SOH
    short form: each product, on_hand
{TABLE}
for each product in products:
    ask on_hand: How many?
        answer: whole number from 0 to 9
"""
    assert any(life.messages == 0 and life.outcome == "completed" for life in lives(flow))


def test_a_flow_of_calls_is_answered_by_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    flow = f"""{HEAD}    channels: ivr
ask number: How many?
    answer: decimal from -3 to 9
    confirm: Sure?
ask day: When?
    answer: date not in the future
    optional
ask which: Which?
    1. a: Apples
    2. b: Bananas
quiz sure: Sure?
    answer: yes or no
    correct: no
"""
    keys: list[str] = []
    say = Stage.say

    def hear(stage: Stage, text: str, minutes: int = 1, channel: str = "sms", who: str = "") -> None:
        keys.append(text)
        say(stage, text, minutes, channel, who)

    monkeypatch.setattr(Stage, "say", hear)
    found = lives(flow)
    assert Counter(life.outcome for life in found)["completed"] > 40
    assert all(life.messages == 0 for life in found if life.outcome == "completed")
    assert {key for text in keys if text != "STOP" for key in text} <= set("0123456789*#")


def test_who_leaves_is_counted_at_the_question_where_it_happened() -> None:
    found = lives(HEAD + "ask x: X?\n    answer: yes or no\nask y: Y?\n    answer: yes or no\n", 200)
    for life in found:
        assert life.left_at == ("" if life.outcome == "completed" else life.asked[-1])
    assert {life.left_at for life in found} == {"", "x", "y"}


def test_what_conditions_ask_about_is_known() -> None:
    program = crowd(EVERYTHING)[0].linked.program
    found = hints(program)
    assert {"13", "4321", "1234", "2", "0"} <= set(found["answer", "cases"])
    assert found["worker", "cadre"] == ("high", "midwife") or "midwife" in found["worker", "cadre"]
    assert found["result", "got.state"] == ("gone",)
    assert results(program) == {"ping": ("state",)}


def test_the_shares_are_of_a_hundred() -> None:
    assert sum(manner.share for manner in MANNERS) == 100


def test_numbers_are_those_of_all_workers() -> None:
    made, _ = crowd(HEAD + "ask x: X?\n    answer: yes or no\n")
    some = [
        Life("ready", "completed", "", ["x"], Counter(), messages=number, parts=2 * number, took=number * 60_000)
        for number in range(1, 11)
    ]
    some[0].left_at, some[0].outcome = "x", "no_answer"
    some[1].wrong["x"] = 2
    found = measure(made.linked.program, some, 1, [])
    assert found.outcomes == {"completed": 9, "no_answer": 1}
    assert found.messages == Spread(5, 9, 10)
    assert found.parts == Spread(10, 18, 20)
    assert found.minutes == Spread(5, 9, 10)
    question = found.questions[0]
    assert (question.question, question.line, question.asked, question.left, question.wrong) == ("x", 2, 10, 1, 2)


def test_the_page_says_how_the_workers_are() -> None:
    page = (Path(__file__).parent.parent.parent / "docs/study/simulation.md").read_text(encoding="utf-8")
    for manner in MANNERS:
        chances = [
            f"{round(100 * chance)} %" if chance else "–" for chance in (manner.wrong, manner.late, manner.quits)
        ]
        assert f"| {manner.share} | {manner.name} | {' | '.join(chances)} |" in page
