"""`dundun chat`: a flow played from a pipe, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.conftest import FLOW, Dundun


def test_a_conversation_to_its_end(dundun: Dundun) -> None:
    done = dundun("chat", "flows/survey.flow", typed="1\n14\nnever read\n")
    assert done.code == 0
    assert "Do you have ORS?\n1. Yes\n2. No\n\n> 1\n\nFor how many days?" in done.out
    assert "Thank you, Moses.\n\nThe conversation ended: completed.\n" in done.out
    assert [row.split() for row in done.out.splitlines()[-2:]] == [["has_ors", "yes"], ["days", "14"]]


def test_for_programs_every_line_is_an_object(dundun: Dundun) -> None:
    done = dundun("chat", "survey", "--json", typed="2\n")
    assert [json.loads(row) for row in done.out.splitlines()] == [
        {"from": "flow", "text": "Do you have ORS?\n1. Yes\n2. No", "to": "", "line": 4},
        {"from": "worker", "text": "2", "to": "", "line": 0},
        {"from": "flow", "text": "Thank you, Moses.", "to": "", "line": 10},
        {"from": "engine", "outcome": "completed", "answers": {"has_ors": "no"}},
    ]


def test_another_worker_with_other_fields(dundun: Dundun) -> None:
    done = dundun("chat", "survey", "--worker", "fatou", "name=Awa Touré", "--json", typed="2\n")
    assert '"Thank you, Awa."' in done.out


def test_time_goes_by_when_told(dundun: Dundun) -> None:
    done = dundun("chat", "survey", "--json", typed="/wait 1 day\n/wait 2 days\n")
    texts = [json.loads(row).get("text") for row in done.out.splitlines()]
    assert texts[0] == texts[1], "the question is repeated after a day"
    assert json.loads(done.out.splitlines()[-1])["outcome"] == "no_answer"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("/wait long\n", "How long? For example: /wait 4 hours"),
        ("/dance\n", "There is no /dance."),
        ("/help\n", "/wait 4 hours"),
        ("/press 1#\n", "There is no call: begin with --ivr."),
        ("/hangup\n", "There is no call: begin with --ivr."),
        ("/quit\n1\n", "The conversation goes on; you left it here."),
        ("", "The conversation goes on; you left it here."),
    ],
)
def test_what_begins_with_a_slash_is_for_the_play(dundun: Dundun, typed: str, says: str) -> None:
    done = dundun("chat", "survey", typed=typed)
    assert done.code == 0
    assert says in done.out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["surveys"], "There is no flow surveys. Did you mean survey?"),
        (["qqq"], "There is no flow qqq. There are: survey."),
        (["survey", "--worker", "musa"], "There is no worker musa. There are: moses, fatou, abebe."),
        (["survey", "--worker", "moses", "language"], "language: name=value is expected, like language=fr."),
        (["survey", "--input", "days"], "days: name=value is expected, like language=fr."),
        (["survey", "--input", "days=3"], "The flow has no input days."),
        (
            ["survey", "--ivr"],
            "The flow survey does not run in calls. Write `channels: sms, ivr` below its first line.",
        ),
    ],
)
def test_what_cannot_be_played_is_said(dundun: Dundun, words: list[str], says: str) -> None:
    done = dundun("chat", *words)
    assert (done.code, done.err.strip()) == (1 if "no flow" in says else 2, says)


def test_a_call_is_played_by_keys(dundun: Dundun) -> None:
    text = "flow call: Call\n    channels: sms, ivr\nask ok: All right?\n    answer: yes or no\nsay: {ok}\n"
    Path("flows/call.flow").write_text(text, encoding="utf-8")
    done = dundun("chat", "call", "--ivr", "--json", typed="/press *\n/hangup\n1\n/wait 1 day\n1\n")
    said = [json.loads(row) for row in done.out.splitlines()]
    asked = "All right? For Yes, press 1. For No, press 2."
    assert [row["text"] for row in said if row["from"] == "flow"] == [asked, asked, asked, "Yes"]
    assert said[-1]["answers"] == {"ok": True}


HEAD = "flow call: Call\n    channels: sms, ivr\n"
CALL = f"{HEAD}ask ok: All right?\n    answer: yes or no\nsay: {{ok}}\n"
SPOKEN = f"{HEAD}ask why: Why?\n    answer: text\n    answer on ivr: recording\nsay: {{why}}\n"


@pytest.mark.parametrize("typed", ["hang up", "Hang up", "/hangup", "/hang up"])
def test_a_person_can_hang_up_and_is_told_when_the_next_call_comes(dundun: Dundun, typed: str) -> None:
    Path("flows/call.flow").write_text(SPOKEN, encoding="utf-8")
    done = dundun("chat", "call", "--ivr", "--json", typed=f"{typed}\nlate\n/wait 1 day\nthe pump\n")
    said = [json.loads(row) for row in done.out.splitlines()]
    assert [row["text"].partition(".")[0] for row in said if row["from"] == "engine" and "text" in row] == [
        "The call has ended",
        "The call has ended",
    ]
    assert said[-1]["answers"] == {"why": "the pump"}


def test_words_are_no_keys_and_no_answer_in_a_call(dundun: Dundun) -> None:
    Path("flows/call.flow").write_text(CALL, encoding="utf-8")
    done = dundun("chat", "call", "--ivr", "--json", typed="yes\nyes\nyes\nyes\n2\n")
    assert "In a call one presses keys: 0 to 9, * and #." in done.out
    assert json.loads(done.out.splitlines()[-1])["answers"] == {"ok": False}


def test_by_sms_the_words_are_a_message_like_others(dundun: Dundun) -> None:
    Path("flows/call.flow").write_text(SPOKEN, encoding="utf-8")
    done = dundun("chat", "call", "--json", typed="hang up\n")
    assert json.loads(done.out.splitlines()[-1])["answers"] == {"why": "hang up"}


@pytest.mark.parametrize(("words", "says"), [(["--ivr"], "`hang up` ends it"), ([], "Write what the worker sends.")])
def test_who_plays_by_hand_is_told_what_he_can_do(
    dundun: Dundun, monkeypatch: pytest.MonkeyPatch, words: list[str], says: str
) -> None:
    Path("flows/call.flow").write_text(CALL, encoding="utf-8")
    assert says not in dundun("chat", "call", *words).out
    monkeypatch.setattr("commands.chat.by_hand", lambda: True)
    assert says in dundun("chat", "call", *words).out


def test_a_file_with_two_flows_needs_a_name(dundun: Dundun) -> None:
    Path("flows/survey.flow").write_text(FLOW + "\nflow other: Other\nsay: Hello\n", encoding="utf-8")
    assert "holds several flows: survey, other." in dundun("chat", "flows/survey.flow").err
    assert "Hello" in dundun("chat", "other").out


def test_a_secret_is_not_among_the_answers_and_nothing_pressed_is_no_answer(dundun: Dundun) -> None:
    Path("flows/code.flow").write_text(
        "flow code: Code\n    languages: en\n    channels: sms, ivr\n"
        "for each way in ways:\n    ask code: The code for {way.name}?\n        answer: 4 digits\n        secret\n"
        "ask n: How many?\n    answer: whole number from 0 to 9\nsay: Thank you.\n"
        "table ways:\n    id | name\n    a  | doors\n",
        encoding="utf-8",
    )
    done = dundun("chat", "code", "--ivr", "--json", typed="1234\n\n\n\n5#\n")
    assert json.loads(done.out.splitlines()[-1]) == {
        "from": "engine",
        "outcome": "completed",
        "answers": {"code.a": "(secret)", "n": 5},
    }


def test_a_terminal_gets_whole_words_and_a_pipe_whole_lines(dundun: Dundun, monkeypatch: pytest.MonkeyPatch) -> None:
    long = " ".join(["fourteen-signs"] * 12)
    Path("flows/long.flow").write_text(f"flow long: Long\nask why: {long}?\n", encoding="utf-8")
    assert f"{long}?" in dundun("chat", "long").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    rows = dundun("chat", "long").out.splitlines()
    assert max(map(len, rows)) <= 100
    assert all(word.strip("?") == "fourteen-signs" for row in rows if "signs" in row for word in row.split())
