"""`dundun pause` and `dundun unpause`, where no server runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.conftest import Dundun

SETTINGS = """
[channels.main]
type = "sandbox"
"""


@pytest.fixture(autouse=True)
def home(dundun: Dundun, tmp_path: Path) -> None:
    (tmp_path / "dundun.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "workers.csv").write_text("id\nmoses\n", encoding="utf-8")
    assert dundun("workers", "import", "workers.csv").code == 0


@pytest.mark.parametrize("what", [("all",), ("channel", "main")])
def test_what_is_paused_is_shown_until_it_goes_on(dundun: Dundun, what: tuple[str, ...]) -> None:
    paused = dundun("pause", *what, "--reason", "a wrong dose")
    assert (paused.code, f"dundun unpause {' '.join(what)}" in paused.out) == (0, True)
    shown = dundun("pause").out
    assert "a wrong dose" in shown
    assert ("everything" if what == ("all",) else "channel main") in shown
    assert dundun("unpause", *what).code == 0
    assert dundun("pause").out == "Nothing is paused.\n"
    again = dundun("unpause", *what)
    assert (again.code, "was not paused" in again.out) == (1, True)


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("channel",), 2, "Which channel? Write: dundun pause channel NAME\n"),
        (("channel", "second"), 1, "There is no channel second. There are: main.\n"),
        (("flow", "nothing"), 1, "There is no flow nothing. There are: none.\n"),
        (("all", "main"), 2, "dundun pause all stops everything that is sent; main has no place there.\n"),
    ],
)
def test_what_cannot_be_paused_is_said(dundun: Dundun, words: tuple[str, ...], code: int, sentence: str) -> None:
    done = dundun("pause", *words)
    assert (done.code, done.err) == (code, sentence)


def test_unpause_alone_shows_what_is_paused_and_asks_which(dundun: Dundun) -> None:
    dundun("pause", "all", "--reason", "a wrong dose")
    done = dundun("unpause")
    assert (done.code, "a wrong dose" in done.out) == (2, True)
    assert done.err == "Say what goes on: dundun unpause all, or channel, flow or broadcast, and its name.\n"
