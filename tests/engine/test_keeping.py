"""What is kept and sent of an answer: nothing typed of a secret, labels in one language, no empty value; and claims."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from engine.cast import cast
from engine.effects import Claim, Effect, Membership, Record, Submit
from engine.stage import Stage
from engine.view import Applied
from tests.engine.motion import MakeLibrary

FLOW = """
    flow visit: Visit
        languages: en, fr
        channels: sms
        start on word VISIT
        sensitive: load

    ask word: Your word?
        answer: text up to 20 letters
        secret
    ask load: How many copies?
        answer: whole number
        fhir: load-1
    ask signs: Which signs?
        1. fever: Fever
            fr: Fièvre
        2. cough: Cough
            fr: Toux
        answer: one or more
    ask fine: Fine?
        answer: yes or no
        fhir: fine-1
    ask place: Where?
        answer: facility
    ask spare: How many spare kits?
        answer: whole number
        optional
        fhir: spare-1
    submit to fhir with form = "F"
    say: Thank you.
"""


OWN = """
    flow own: Your record
        languages: en, fr
        channels: sms
        start on word OWN
    choose language
    ask job: What is your job?
        answer: text up to 40 letters
    set worker.job to job
    set worker.job to job
    add worker to group trained
    remove worker from group new
    say: Thank you.
"""


def played(stage: Stage, flow: str, *said: str) -> list[Effect]:
    """All that follows from a conversation."""
    found: list[Effect] = []

    def watch(applied: Sequence[Applied]) -> None:
        found.extend(effect for each in applied for effect in each.effects)

    stage.watch = watch
    stage.start(flow, {})
    for text in said:
        stage.say(text)
    return found


@pytest.fixture
def wanted(library: MakeLibrary) -> list[Effect]:
    """What follows from a conversation in French."""
    return played(Stage(library(FLOW), cast()["fatou"]), "visit", "sesame", "48", "toux", "oui", "ADM-11", "SKIP")


def test_what_was_typed_of_a_secret_is_not_kept(wanted: list[Effect]) -> None:
    kept = {each.question: (each.raw, each.sensitive) for each in wanted if isinstance(each, Record)}
    assert kept["word"] == ("", True)
    assert kept["load"] == ("48", True)
    assert kept["fine"] == ("oui", False)


def test_a_label_is_in_the_base_language_whoever_answers(wanted: list[Effect]) -> None:
    labels = {each.question: each.label for each in wanted if isinstance(each, Record)}
    assert labels == {"word": "", "load": "", "signs": "Cough", "fine": "Yes", "place": "Adama Clinic", "spare": ""}


def test_an_empty_answer_is_not_submitted(wanted: list[Effect]) -> None:
    assert [each.values for each in wanted if isinstance(each, Submit)] == [{"load-1": 48, "fine-1": True}]


def test_what_a_worker_says_of_himself_is_claimed_once(library: MakeLibrary) -> None:
    member = cast()["moses"]
    member.record.update(language="", job="nurse")
    wanted = played(Stage(library(OWN), member), "own", "2", "midwife")
    claims = [(each.field, each.value, each.old) for each in wanted if isinstance(each, Claim)]
    assert claims == [("language", "fr", None), ("job", "midwife", "nurse")]
    groups = [(each.group, each.worker, each.add) for each in wanted if isinstance(each, Membership)]
    assert groups == [("trained", "moses", True), ("new", "moses", False)]


def test_the_language_of_a_record_is_not_claimed_again(library: MakeLibrary) -> None:
    member = cast()["moses"]
    member.record.update(language="am", job="nurse")  # a language that the flow lacks
    wanted = played(Stage(library(OWN), member), "own", "2", "NURSE")
    assert [(each.field, each.value) for each in wanted if isinstance(each, Claim)] == [("job", "NURSE")]
