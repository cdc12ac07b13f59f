"""In a test's call, as by SMS, nothing passes that was not sent since the last act (RULES T3, T8)."""

from __future__ import annotations

from textwrap import dedent

import pytest

from engine.library import Library
from engine.phrases import load
from engine.rehearsal import Played, play
from grammar.loader import load_text

FLOW = """\
flow hello: Hello
    languages: en
    channels: sms, ivr
    start on word HELLO
ask age: How old are you?
    answer: whole number from 0 to 90
ask day: Which day?
    answer: whole number from 1 to 31
tell supervisor: {age} is here.
start flow look for workers where id is "fatou" with age = age
start flow look for workers where id is "abebe" with age = age
say: Thank you.

test: It
STEPS
flow look: Look
    languages: en
    channels: sms
    inputs:
        age: whole number
ask seen: Was {age} there?
    answer: yes or no
"""


def played(steps: str, flow: str = FLOW) -> Played:
    text = flow.replace("STEPS", "\n".join("    " + line for line in dedent(steps).strip().splitlines()))
    loaded = load_text(text, "t.flow")
    assert loaded.compiled is not None, loaded.findings
    library = Library(load())
    for program in loaded.compiled.programs:
        library.publish(program)
    return play(loaded.compiled.rehearsals[0], library, loaded.compiled.people)


@pytest.mark.parametrize(
    "steps",
    [
        "start on ivr\nexpect voice: How old are you?\npress: 7\nexpect voice: Which day?",
        "start on ivr\npress: 7\nhang up\nexpect nothing",
        "start\nreply: 7\nstart\nexpect: How old are you?",
        "start on ivr\nreply: 7\nexpect: Which day?",
        "start\nreply: 7\nreply: 3\nexpect to supervisor: 7 is here.\nexpect to fatou: Was 7 there?",
    ],
)
def test_passes(steps: str) -> None:
    assert played(steps).passed


@pytest.mark.parametrize(
    ("steps", "wanted"),
    [
        ("start on ivr\npress: 7\nexpect: How old are you?", "a message: How old are you?"),
        ("start on ivr\npress: 7\nhang up\nexpect: Which day?", "a message: Which day?"),
        ("start on ivr\nexpect voice: How tall are you?", "a message in the call: How tall are you?"),
        ("start\nexpect voice: How old are you?", "a message in the call: How old are you?"),
        ("start on ivr\nreply: 7\nexpect voice: Which day?", "a message in the call: Which day?"),
        ("start\nreply: 7\nreply: 3\nexpect to supervisor: 8 is here.", "to supervisor of moses: 8 is here."),
    ],
)
def test_fails(steps: str, wanted: str) -> None:
    assert wanted in played(steps).wanted


def test_values_are_those_of_the_flow_that_ran_last() -> None:
    steps = "start hello\nreply: 7\nexpect age = 7\nexpect day is empty"
    other = FLOW.replace("test: It\nSTEPS\n", "") + "\ntest: It\nSTEPS\n"
    assert played(steps, other).passed


def test_who_has_no_phone_is_not_asked() -> None:
    flow = FLOW.replace('id is "abebe" with age = age', 'id is "esi" with age = age\n    if failed: say: Nobody.')
    steps = "start\nreply: 7\nreply: 3\nexpect: Nobody.\nexpect nothing to esi"
    people = "test worker esi:\n    name: Esi Bart\n    phone: PHONE\n\n"
    at = flow.index("test: It")
    loaded = load_text(
        (flow[:at] + people + flow[at:]).replace("STEPS", "    " + steps.replace("\n", "\n    ")), "t.flow"
    )
    assert loaded.compiled is not None, loaded.findings
    library = Library(load())
    for program in loaded.compiled.programs:
        library.publish(program)
    (esi,) = loaded.compiled.people
    esi.fields["phone"] = "+231880000001"
    assert not play(loaded.compiled.rehearsals[0], library, [esi]).passed
    esi.fields["phone"] = ""
    assert play(loaded.compiled.rehearsals[0], library, [esi]).passed
