"""`dundun simulate`: what came of made-up workers, on the screen and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.conftest import FLOW, Dundun


def test_a_simulation_says_how_it_ended_where_workers_left_and_what_it_cost(dundun: Dundun) -> None:
    done = dundun("simulate", "flows", "--workers", "200")
    assert done.code == 0
    assert "survey: 200 made-up workers, seed 1" in done.out
    for part in ("completed", "no_answer", "has_ors", "days", "SMS parts", "start to end", "Every branch was reached."):
        assert part in done.out
    assert "…" not in done.out
    assert max(map(len, done.out.splitlines())) <= 80


def test_the_same_seed_gives_the_same_numbers(dundun: Dundun) -> None:
    once = dundun("simulate", "flows/survey.flow", "--workers", "50", "--seed", "3", "--json").out
    assert dundun("simulate", "flows/survey.flow", "--workers", "50", "--seed", "3", "--json").out == once
    assert dundun("simulate", "flows/survey.flow", "--workers", "50", "--seed", "4", "--json").out != once
    found = json.loads(once)
    assert sum(found["outcomes"].values()) == found["workers"] == 50
    assert [question["question"] for question in found["questions"]] == ["has_ors", "days"]


def test_what_nobody_came_to_is_shown_with_its_line(dundun: Dundun) -> None:
    Path("flows/survey.flow").write_text(FLOW.replace("has_ors is yes:", "has_ors is yes and 2 < 1:"), encoding="utf-8")
    out = dundun("simulate", "flows", "--workers", "50").out
    assert "Never reached\n  flows/survey.flow\n     7  if has_ors is yes and 2 < 1:  it is never so\n" in out


@pytest.mark.parametrize("columns", [45, 60, 80])
def test_on_a_narrow_screen_nothing_is_cut(dundun: Dundun, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    out = dundun("simulate", "flows", "--workers", "50").out
    assert "…" not in out
    assert max(len(row) for row in out.splitlines() if "people" not in row) <= columns  # a sentence is never broken
    assert all(word in out for word in ("has_ors", "asked", "taken", "parts", "completed"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("flows", "surveys"), "There is no flow surveys in flows. Did you mean survey?"),
        (("nowhere.flow",), "nowhere.flow cannot be read"),
        (("flows", "--workers", "0"), ""),
    ],
)
def test_what_cannot_be_simulated_is_said(dundun: Dundun, words: tuple[str, ...], said: str) -> None:
    done = dundun("simulate", *words)
    assert done.code
    assert said in done.err
