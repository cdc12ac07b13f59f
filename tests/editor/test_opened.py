"""An open file is what the editor shows, and is looked at once for everything that is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from grammar.loader import load
from tests.editor.marked import opened

ROOT = Path(__file__).parents[2]
FLOWS = [*sorted(ROOT.glob("flows/*.flow")), *sorted(ROOT.glob("tests/grammar/samples/*.flow"))]


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.name)
def test_it_says_what_a_check_of_the_file_says(path: Path) -> None:
    file = opened(path.read_text(encoding="utf-8"), path)
    assert file.load() == load(path)


def test_what_was_known_of_another_text_is_forgotten() -> None:
    file = opened("flow a: A\nask one: One?\n")
    assert file.names[0].question("one") is not None
    file.write("flow a: A\nask two: Two?\n")
    assert file.names[0].question("one") is None
    assert {use.thing.key for use in file.uses} == {"a", "two"}
    assert file.load().compiled is not None


def test_a_copy_with_another_text_leaves_it_as_it_is() -> None:
    file = opened("flow a: A\nask one: One?\n    fr: Un ?\n")
    before = file.load()
    file.with_text("flow a: A\n\n\nask one: One?\n    fr: Deux ?\n").load()
    assert file.load() is before
    assert opened(file.text).load() == before


def test_a_file_that_it_includes_may_change_or_come_later(tmp_path: Path) -> None:
    part = tmp_path / "part.flow"
    file = opened("flow a: A\ninclude part.flow\nsay: {one}\n", tmp_path / "a.flow")
    assert file.load().compiled is None, "the part is not there yet"
    part.write_text("ask one: One?\n", encoding="utf-8")
    file.follow()
    first = file.load()
    assert first.compiled is not None
    file.follow()
    assert file.load() is first, "what did not change is not looked at again"
    part.write_text("ask other: Other?\n", encoding="utf-8")
    file.follow()
    assert "E202" in {found.code for found in file.load().findings}


def test_a_file_that_others_include_needs_no_flow(tmp_path: Path) -> None:
    part = tmp_path / "part.flow"
    part.write_text("ask one: One?\n", encoding="utf-8")
    file = opened(part.read_text(encoding="utf-8"), part)
    whole = opened("flow a: A\ninclude part.flow\n", tmp_path / "a.flow")
    assert [found.code for found in file.load([opened("flow b: B\n", tmp_path / "b.flow")]).findings] == ["E299"]
    assert file.load([whole]).findings == ()
