"""How a test in a flow file is played: what matches, where it fails, and what it says then (RULES T)."""

from __future__ import annotations

from textwrap import dedent

import pytest

from engine.library import Library
from engine.phrases import load
from engine.rehearsal import Played, matches, play
from grammar.loader import load_text

FLOW = """\
flow hello: Hello
    languages: en
    channels: sms
    start on word HELLO
ask name: What is your name?
    answer: text up to 40 letters
say: Hello {name}.
tell supervisor: {name} is here.

test: It
"""


def played(steps: str) -> Played:
    loaded = load_text(FLOW + "\n".join("    " + line for line in dedent(steps).strip().splitlines()) + "\n", "t.flow")
    assert loaded.compiled is not None, loaded.findings
    library = Library(load())
    library.publish(loaded.compiled.programs[0])
    return play(loaded.compiled.rehearsals[0], library)


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("Hello", "Hello", True),
        ("Hello", "hello", False),
        ("Hello", "Hello.", False),
        ("Hello*", "Hello, Moses", True),
        ("*Moses*", "Hello, Moses Flomo", True),
        ("a b", "a\n  b", True),
        ("a*c", "a\nb\nc", True),
        ("Is it 3.5? (yes)", "Is it 3.5? (yes)", True),
        ("a.c", "abc", False),
        ("* b", "a b", True),
        ("", "", True),
    ],
)
def test_a_pattern_fits_the_whole_message(pattern: str, text: str, fits: bool) -> None:
    assert matches(pattern, text) is fits


@pytest.mark.parametrize(
    "steps",
    [
        "start\nexpect: What is your name?\nreply: Moses\nexpect: Hello Moses.\nexpect outcome = completed",
        "start\nreply: Moses\nexpect to supervisor: Moses is here.",
        "start\nno reply for 1 hour\nexpect nothing",
        'start\nreply: Moses\nexpect name = "moses"',
        "start\nreply: Moses\nexpect not: What*",
        "start with supervisor = nobody\nreply: Moses\nexpect nothing to supervisor",
    ],
)
def test_passes(steps: str) -> None:
    assert played(steps).passed


@pytest.mark.parametrize(
    ("steps", "line", "wanted"),
    [
        ("start\nexpect: What is your age?", 12, "a message: What is your age?"),
        ("start\nreply: Moses\nexpect: Hello Moses.\nexpect: Hello Moses.", 14, "a message: Hello Moses."),
        ("start\nreply: Moses\nexpect: What is your name?", 13, "a message: What is your name?"),
        ("start\nexpect nothing", 12, "no message"),
        ("start\nexpect not: *name*", 12, "no message: *name*"),
        ("start\nreply: Moses\nexpect nothing to supervisor", 13, "no message to supervisor of moses"),
        ("start\nreply: Moses\nexpect outcome = stopped", 13, "It is completed."),
        ('start\nreply: Moses\nexpect name = "Fatou"', 13, "It is Moses."),
        ("start\nreply: Moses\nexpect: Hello", 13, "end the line with `*`"),
        ("start\nno reply for 1 day\nexpect: What*\nexpect: *is your name?", 14, "in the order"),
        ("reply: Moses", 11, "begin with a line `start`"),
        ("start with worker = kofi", 11, "a worker kofi"),
    ],
)
def test_fails_at_its_line_and_says_what_was_expected(steps: str, line: int, wanted: str) -> None:
    result = played(steps)
    assert not result.passed
    assert result.line == line
    assert wanted in result.wanted


def test_a_question_that_back_asks_again_is_told_with_its_own_line() -> None:
    text = FLOW.replace("say: Hello", "ask age: How old are you?\n    answer: whole number from 0 to 90\nsay: Hello")
    loaded = load_text(
        text.replace("    start on", "    allow back\n    start on") + "    start\n    reply: Moses\n    reply: BACK\n",
        "t.flow",
    )
    assert loaded.compiled is not None, loaded.findings
    library = Library(load())
    library.publish(loaded.compiled.programs[0])
    log = play(loaded.compiled.rehearsals[0], library).log
    assert [line.line for line in log if line.by == "flow"] == [6, 8, 6]
