"""Commands called as a person calls them, in a folder of their own."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

import cli
from commands.faults import TRACE

FLOW = """\
flow survey: A short survey
    languages: en

ask has_ors: Do you have ORS?
    1. yes: Yes
    2. no: No
if has_ors is yes:
    ask days: For how many days?
        answer: whole number from 0 to 90
say: Thank you, {worker.first_name}.

test: Who has ORS is asked for how long
    start
    reply: 1
    expect: For how many days?
    reply: 14
    expect: Thank you, *
    expect days = 14
"""


class Done(NamedTuple):
    """What a command left: its exit code and what stood on the screen."""

    code: int
    out: str
    err: str


Dundun = Callable[..., Done]


@pytest.fixture
def dundun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Dundun:
    """Call the command in a folder that has flows/survey.flow; `typed` is what a pipe brings."""
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows/survey.flow").write_text(FLOW, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(TRACE, "1")  # a fault of ours is a test that fails

    def call(*words: str, typed: str = "") -> Done:
        monkeypatch.setattr("sys.argv", ["dundun", *words])
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        capsys.readouterr()  # what stood there before is not the command's
        with pytest.raises(SystemExit) as stop:
            cli.main()
        printed = capsys.readouterr()
        return Done(int(stop.value.code or 0), printed.out, printed.err)

    return call
