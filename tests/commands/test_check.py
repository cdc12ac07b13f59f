"""`dundun check`: every mistake, for people and for programs, and what the exit code says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.conftest import FLOW, Dundun

WRONG = FLOW.replace("if has_ors is yes:", "if has_ors is yes").replace("ask days:", "aks days:")


def test_a_sound_flow(dundun: Dundun) -> None:
    assert dundun("check", "flows") == (0, "1 file: nothing to mend.\n", "")


def test_every_mistake_is_shown_in_one_go(dundun: Dundun) -> None:
    Path("flows/survey.flow").write_text(WRONG, encoding="utf-8")
    done = dundun("check", "flows/survey.flow")
    assert done.code == 1
    assert "flows/survey.flow, line 7\n  if has_ors is yes\n                   ^\n" in done.out
    assert "flows/survey.flow, line 8\n      aks days: For how many days?\n      ^\n" in done.out
    assert done.out.endswith("1 file: 2 mistakes.\n")


def test_programs_get_a_list(dundun: Dundun) -> None:
    Path("flows/survey.flow").write_text(WRONG, encoding="utf-8")
    done = dundun("check", "flows", "--json")
    first = json.loads(done.out)[0]
    assert done.code == 1
    assert first == {
        "file": "flows/survey.flow",
        "line": 7,
        "column": 18,
        "code": "E002",
        "severity": "error",
        "message": 'A colon ":" is missing at the end of this line.',
        "hint": "Write `if has_ors is yes:`",
    }


CALLING = FLOW.replace("say: Thank you", "do certificate\nsay: Thank you")
NAMED = '[actions.certificate]\nurl = "https://a.example"\n'


@pytest.mark.parametrize(
    ("files", "words", "told"),
    [
        ({}, ["flows"], False),
        ({"dundun.toml": ""}, ["flows"], True),
        ({"dundun.toml": NAMED}, ["flows"], False),
        ({"dundun.toml": "[actions", "flows/dundun.toml": ""}, ["flows"], True),
        ({"flows/dundun.toml": ""}, ["flows"], True),
        ({"dundun.toml": NAMED, "flows/dundun.toml": ""}, ["flows"], False),
        ({"dundun.toml": "", "live.toml": NAMED}, ["flows", "--config", "live.toml"], False),
        ({"live.toml": ""}, ["flows", "--config", "live.toml"], True),
    ],
)
def test_what_the_settings_do_not_name_is_told(
    dundun: Dundun, files: dict[str, str], words: list[str], told: bool
) -> None:
    Path("flows/survey.flow").write_text(CALLING, encoding="utf-8")
    for name, text in files.items():
        Path(name).write_text(text, encoding="utf-8")
    done = dundun("check", *words)
    assert (done.code, "[W343]" in done.out) == (0, told)


def test_settings_that_were_asked_for_and_cannot_be_read(dundun: Dundun) -> None:
    says = "nowhere.toml cannot be read, or is not written as TOML is.\n"
    assert dundun("check", "flows", "--config", "nowhere.toml") == (2, "", says)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["check", "nowhere"], "nowhere cannot be read: No such file or directory."),
        (["check", "empty"], "There is no .flow file in empty."),
    ],
)
def test_what_is_not_there_is_said(dundun: Dundun, words: list[str], says: str) -> None:
    Path("empty").mkdir()
    assert dundun(*words) == (2, "", says + "\n")


@pytest.mark.parametrize("words", [["check"], ["check", "flows", "--jsno"], ["chekc", "flows"], ["workers", "improt"]])
def test_a_command_that_was_called_wrongly_ends_with_2(dundun: Dundun, words: list[str]) -> None:
    assert dundun(*words).code == 2


PART = "ask days: For how many days?\n    answer: whole number from 0 to 9\n"
WHOLE = "flow {0}: Flow\n    channels: sms\n    start on word {0}\n\ninclude common/part.flow\n\nsay: {{days}}\n"


def _parts(**others: str) -> None:
    Path("flows/survey.flow").unlink()
    Path("flows/common").mkdir()
    for name, text in {"common/part": PART, **others}.items():
        Path(f"flows/{name}.flow").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("named", ["flows/common/part.flow", "flows/common"])
def test_a_file_that_others_include_is_checked_as_a_part_of_them(dundun: Dundun, named: str) -> None:
    _parts(one=WHOLE.format("one"), two=WHOLE.format("two"), other="flow other: Other\nsay: Hello.\n")
    done = dundun("check", named)
    assert "part.flow is a part of one.flow and two.flow, which include it: it is checked there.\n" in done.out
    assert "E299" not in done.out
    assert done.out.endswith("3 files: 2 warnings.\n"), "W290 of each flow, and nothing of the third"
    assert done.code == 0


def test_what_is_wrong_with_a_part_is_said_once_and_in_the_part(dundun: Dundun) -> None:
    _parts(one=WHOLE.format("one"), two=WHOLE.format("two"))
    Path("flows/common/part.flow").write_text(PART + "say: {nobody}\n", encoding="utf-8")
    done = dundun("check", "flows/common/part.flow", "--json")
    found = [(Path(each["file"]).name, each["line"], each["code"]) for each in json.loads(done.out)]
    assert done.code == 1
    assert ("part.flow", 3, "E202") in found
    assert len(found) == len(set(found))
    assert "part.flow is a part of one.flow and two.flow" in done.err


def test_a_file_that_nobody_includes_lacks_its_flow(dundun: Dundun) -> None:
    _parts(other="flow other: Other\nsay: Hello.\n")
    done = dundun("check", "flows/common/part.flow")
    assert "[E299]" in done.out
    assert "is a part of" not in done.out
    assert done.code == 1
