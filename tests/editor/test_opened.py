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
