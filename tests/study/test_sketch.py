"""Whatever a flow means wrong, a picture of it can be drawn where all its lines could be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from grammar.diagnostics import codes, read_page
from grammar.loader import load_folder
from study.graph.mermaid import mermaid
from study.graph.picture import picture
from study.graph.svg import svg
from study.sketch import MEANING, is_readable, sketch
from study.written import Written


@pytest.mark.parametrize("code", [code for code in codes() if code.startswith("E") and code != "E105"])
def test_every_mistake_of_meaning_can_be_drawn(code: str, tmp_path: Path) -> None:
    wrong = read_page(code).wrong
    path = tmp_path / "flows" / "page.flow"
    path.parent.mkdir()
    path.write_bytes(wrong.data)
    if wrong.settings is not None:
        (tmp_path / "dundun.toml").write_text(wrong.settings)
    project = load_folder([path])
    if code < MEANING:
        assert not is_readable(project)
        return
    made = sketch(project)
    assert {file.name for file in made.files if file.compiled is None} == set()
    for program in made.programs:
        shown = picture(program, Written(project.lines))
        assert shown.boxes
        assert svg(shown).startswith("<svg")
        assert "flowchart TD" in mermaid(shown)


def test_sound_files_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "a.flow").write_text("flow a: A\nsay: Hello.\n", encoding="utf-8")
    (tmp_path / "b.flow").write_text("flow b: B\nsay: {nobody}\n", encoding="utf-8")
    project = load_folder([tmp_path])
    assert [program.flow for program in project.programs] == ["a"]
    made = sketch(project)
    assert made.files[0] is project.files[0]
    assert [program.flow for program in made.programs] == ["a", "b"]
