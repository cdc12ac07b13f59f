"""`dundun graph`: a file with the picture, and a sentence where there is none to draw."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.conftest import FLOW, Dundun


def test_the_picture_is_written_under_the_name_of_the_flow(dundun: Dundun) -> None:
    assert dundun("graph", "flows") == (0, "survey.svg shows survey.\n", "")
    drawing = Path("survey.svg").read_text(encoding="utf-8")
    assert "Do you have ORS?" in drawing
    assert "1 Yes" in drawing


def test_a_picture_takes_the_place_of_an_older_one(dundun: Dundun) -> None:
    Path("out.svg").write_text("old", encoding="utf-8")
    assert dundun("graph", "flows/survey.flow", "SURVEY", "-o", "out.svg").code == 0
    assert Path("out.svg").read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize("words", [("--format", "mermaid"), ("-o", "survey.mmd")])
def test_mermaid(dundun: Dundun, words: tuple[str, ...]) -> None:
    assert dundun("graph", "flows", *words) == (0, "survey.mmd shows survey.\n", "")
    assert "flowchart TD" in Path("survey.mmd").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("flows", "--language", "fr"), "survey is not written in fr. It is in: en.\n"),
        (("flows", "surveys"), "There is no flow surveys in flows. Did you mean survey?\n"),
        (("flows", "-o", "nowhere/out.svg"), "nowhere/out.svg cannot be written"),
        (("flows/none.flow",), "flows/none.flow cannot be read"),
    ],
)
def test_what_cannot_be_drawn_is_said(dundun: Dundun, words: tuple[str, ...], said: str) -> None:
    done = dundun("graph", *words)
    assert done.code
    assert said in done.err


def test_a_folder_of_several_flows_wants_a_name(dundun: Dundun) -> None:
    Path("flows/other.flow").write_text(FLOW.replace("survey", "other"), encoding="utf-8")
    done = dundun("graph", "flows")
    assert done.err == "flows holds several flows: other, survey. Name the one that is meant.\n"


def test_a_flow_whose_lines_mean_something_wrong_is_drawn_and_says_so(dundun: Dundun) -> None:
    Path("flows/survey.flow").write_text(FLOW + "say: {nobody}\nsay: {somebody}\n", encoding="utf-8")
    done = dundun("graph", "flows")
    assert done.code == 1
    assert done.out == "survey.svg shows survey, with 2 mistakes that must be mended before it can run.\n"
    assert "nobody" in done.err
    assert "(2 mistakes: not sound yet)" in Path("survey.svg").read_text(encoding="utf-8")
    assert dundun("graph", "flows", "-o", "-", "--format", "mermaid").code == 1


def test_the_mistakes_of_another_flow_are_not_told(dundun: Dundun) -> None:
    Path("flows/other.flow").write_text("flow other: Other\nsay: {nobody}\n", encoding="utf-8")
    assert dundun("graph", "flows", "survey") == (0, "survey.svg shows survey.\n", "")
    assert "other.svg shows other, with 1 mistake" in dundun("graph", "flows", "other").out


def test_a_flow_with_lines_that_cannot_be_read_is_not_drawn(dundun: Dundun) -> None:
    Path("flows/survey.flow").write_text(FLOW.replace("is yes:", "is yes"), encoding="utf-8")
    assert dundun("graph", "flows").code == 1
    assert not Path("survey.svg").exists()


def test_a_dash_shows_it_in_the_terminal(dundun: Dundun) -> None:
    done = dundun("graph", "flows", "--format", "mermaid", "-o", "-")
    assert (done.code, done.out.splitlines()[3]) == (0, "flowchart TD")
    assert not Path("survey.mmd").exists()


@pytest.mark.parametrize("name", ["survey.png", "survey.PDF"])
def test_a_picture_of_another_kind_is_refused(dundun: Dundun, tmp_path: Path, name: str) -> None:
    done = dundun("graph", "flows/survey.flow", "-o", name)
    assert done.code != 0
    assert done.err.startswith("A picture is written as .svg, which every browser shows and prints, or as .mmd, not .")
    assert not (tmp_path / name).exists()
