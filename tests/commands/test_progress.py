"""A bar on a terminal, a line now and then in a file: there without colours, and never in what the command says."""

from __future__ import annotations

import pytest

from commands import progress


def test_a_file_gets_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    now = 100.0
    monkeypatch.setattr(progress.time, "monotonic", lambda: now)
    with progress.shown("Taking in") as tell:
        for second in range(25):
            now = 100.0 + second
            tell(second * 1_000, 40_000)
        now += 10
        tell(30_000, None)
    done = capsys.readouterr()
    assert done.out == ""
    assert done.err == "Taking in: 10,000 of 40,000\nTaking in: 20,000 of 40,000\nTaking in: 30,000\n"


def test_a_short_command_says_nothing_more_in_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.shown("Copying [b]") as tell:
        tell(1, 2)
    assert capsys.readouterr() == ("", "")


def test_a_terminal_gets_a_bar_which_is_gone_at_the_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    with progress.shown("Copying") as tell:
        tell(1, 2)
    done = capsys.readouterr()
    assert (done.out, "Copying" in done.err, "50%" in done.err or "━" in done.err) == ("", True, True)
    assert done.err.endswith("\x1b[2K"), "the line is wiped"
