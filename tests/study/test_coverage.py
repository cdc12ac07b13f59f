"""What no test walks is named by its line; what nobody wrote, and what nobody can come to, is not asked for."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest

from engine.library import Library
from engine.phrases import load as load_phrases
from engine.rehearsal import play
from grammar.loader import Loaded, load_text
from study.coverage import Coverage, coverage
from study.walks import Walks
from study.written import Written

PAGE = Path(__file__).parent.parent.parent / "docs/study/coverage.md"


def covered(text: str) -> Coverage:
    """The coverage of the first flow of a text by its own tests, all of which pass."""
    loaded: Loaded = load_text(dedent(text), "shown.flow")
    assert loaded.compiled is not None, loaded.findings
    library = Library(load_phrases())
    for program in loaded.compiled.programs:
        library.publish(program)
    walks = Walks(library)
    for rehearsal in loaded.compiled.rehearsals:
        played = play(rehearsal, library, loaded.compiled.people, walks.applied)
        assert played.passed, (played.wanted, played.log)
    return coverage(loaded.compiled.programs, walks, Written({"shown.flow": loaded.lines}))[0]


def missing(text: str) -> list[tuple[str, str]]:
    return [(branch.text, branch.never) for branch in covered(text).missing]


HEAD = "flow shown: Shown\n"
SUPPLIES = """
ask supplies: How many?
    answer: whole number from 0 to 90
    check supplies <> 13: Not 13.
    confirm if supplies > 50: You sent {supplies}. Is that right?
    optional
say: Thank you.
"""
QUIZ = """
quiz q1: How many?
    answer: whole number from 1 to 9
    correct: 2
    if right: Right.
    if wrong:
        say: It is two.
        tell supervisor: {worker.name} needs help.
"""
BLOCKS = """
ask pin_code: Which code?
    1. a: A -> last
    2. b: B
    remind after 1 hour
    remind after 2 hours: Please.
    if too many tries:
        stop as too_many
do ping
    if failed:
        say: Later.
say last: Thank you.
on word PRICE:
    say: It is free.
after 1 day:
    say: A day has gone by.
"""

TABLE = [
    ("start\n    reply: 5", SUPPLIES, ["it always holds", "nobody is asked", "nobody skips it"]),
    ("start\n    reply: 13\n    reply: 60\n    reply: 1", SUPPLIES, ["nobody skips it"]),
    ("start\n    reply: skip", SUPPLIES, ["it always holds", "nobody is asked"]),
    ("start\n    reply: 2", QUIZ, ["nobody answers wrong"]),
    ("start\n    reply: 3", QUIZ, ["nobody answers right"]),
    (
        "start\n    reply: 2",
        BLOCKS,
        [
            "nobody chooses it",
            "nobody is reminded",
            "nobody is reminded",
            "nobody uses up all tries",
            "it never fails",
            "nobody sends the word",
            "its time never comes",
        ],
    ),
    (
        "start\n    do ping fails\n    no reply for 25 hours\n    reply: PRICE\n    reply: 2",
        BLOCKS,
        ["nobody chooses it", "nobody uses up all tries"],
    ),
    (
        "start\n    reply: 1\ntest: Wrong\n    start\n    reply: x\n    reply: y\n    reply: z",
        BLOCKS,
        [
            "nobody chooses it",
            "nobody is reminded",
            "nobody is reminded",
            "it never fails",
            "nobody sends the word",
            "its time never comes",
        ],
    ),
]


@pytest.mark.parametrize(("steps", "flow", "never"), TABLE)
def test_what_never_happens_is_named(steps: str, flow: str, never: list[str]) -> None:
    assert [said for _, said in missing(f"{HEAD}{flow}\ntest: Shown\n    {steps}\n")] == never


def test_the_author_reads_his_own_line() -> None:
    assert missing(HEAD + "ask x: X?\n    - A\n    # a note\n\n    • B\ntest: T\n    start\n    reply: 1\n") == [
        ("• B", "nobody chooses it")
    ]


def test_what_nobody_wrote_and_what_cannot_be_reached_is_no_branch() -> None:
    text = HEAD + "ask x: X?\n    answer: whole number\nif x > 1:\n    stop as much\notherwise:\n    stop as little\n"
    assert covered(text).branches == 4  # the condition both ways, and two ends: none at the end of the file
    assert covered(text).percent == 0


@pytest.mark.parametrize(("replies", "walked"), [("reply: 5", False), ("reply: many\n    reply: 5", True)])
def test_an_own_text_for_wrong_answers_is_a_branch(replies: str, walked: bool) -> None:
    asked = "ask x: X?\n    answer: whole number\n    if invalid: A number, please.\n"
    unwalked = [("if invalid: A number, please.", "nobody answers what cannot be taken")]
    found = covered(f"{HEAD}{asked}test: T\n    start\n    {replies}\n")
    assert [(branch.text, branch.never) for branch in found.missing] == ([] if walked else unwalked)
    assert found.branches == 2  # and the end of the file


def test_a_block_and_the_end_that_follows_from_it_are_one_branch() -> None:
    text = HEAD + "ask x: X?\n    give up after 1 day:\n        tell supervisor: Silent.\nsay: {x}\n"
    assert missing(text + "test: T\n    start\n    reply: a\n") == [
        ("tell supervisor: Silent.", "nobody is silent for so long")
    ]
    assert missing(text.replace("Silent.\n", "Silent.\n        stop as silent\n")) == [
        ("flow shown: Shown", "no conversation ends here"),
        ("tell supervisor: Silent.", "nobody is silent for so long"),
        ("stop as silent", "no conversation ends here"),
    ]


def test_a_flow_without_branches_is_walked() -> None:
    assert covered(HEAD + "say: Hello.\ntest: T\n    start\n").percent == 100


def test_a_flow_that_is_run_is_walked_by_who_runs_it() -> None:
    text = """\
        flow inner: Inner
        ask sure: Sure?
            answer: yes or no

        flow outer: Outer
        run inner
        say: Thank you.
        test: Sure
            start
            reply: yes
        """
    assert missing(text) == [("ask sure: Sure?", "nobody answers no")]


def test_what_the_page_shows_is_what_one_sees() -> None:
    page = PAGE.read_text(encoding="utf-8")
    flow = re.search(r"```flow\n(.*?)```", page, re.DOTALL)
    assert flow is not None
    found = covered(flow[1])
    shown = [f"     {b.line:>6}  {b.text}  {b.never}\n".replace("     ", "", 1) for b in found.missing]
    title = (
        f"{found.flow}: {found.branches - len(found.missing)} of {found.branches} branches walked, {found.percent} %"
    )
    assert title in page
    assert all(" ".join(row.split()) in " ".join(page.split()) for row in shown), shown
