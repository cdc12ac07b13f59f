"""The other files of a folder are read when they change, and no more often; of open ones the editor's text counts."""

from __future__ import annotations

import os
from pathlib import Path

from editor.neighbours import Neighbours
from tests.editor.marked import opened


def test_a_file_is_read_again_only_when_it_changed(tmp_path: Path) -> None:
    other = tmp_path / "other.flow"
    other.write_text("flow other: O\nsay: Hello\n", encoding="utf-8")
    file = opened("flow a: A\n", tmp_path / "a.flow")
    neighbours = Neighbours()
    (first,) = neighbours.of(file, {})
    assert neighbours.of(file, {}) == [first]
    assert neighbours.of(file, {})[0] is first
    other.write_text("flow other: O\nsay: Bye\n", encoding="utf-8")
    os.utime(other, ns=(1, 1))
    (again,) = neighbours.of(file, {})
    assert again is not first
    assert "Bye" in again.text


def test_of_an_open_file_the_editors_text_counts(tmp_path: Path) -> None:
    (tmp_path / "other.flow").write_text("flow other: O\n", encoding="utf-8")
    shown = opened("flow written: W\n", tmp_path / "other.flow")
    file = opened("flow a: A\n", tmp_path / "a.flow")
    assert Neighbours().of(file, {(tmp_path / "other.flow").resolve(): shown}) == [shown]


def test_only_a_flows_folder_is_searched_with_what_is_below_it(tmp_path: Path) -> None:
    for name, count in (("flows", 1), ("other", 0)):
        below = tmp_path / name / "below"
        below.mkdir(parents=True)
        (below / "b.flow").write_text("flow b: B\n", encoding="utf-8")
        assert len(Neighbours().of(opened("flow a: A\n", tmp_path / name / "a.flow"), {})) == count


def test_what_is_no_text_is_read_as_nothing(tmp_path: Path) -> None:
    (tmp_path / "other.flow").write_bytes(b"PK\x03\x04")
    (read,) = Neighbours().of(opened("flow a: A\n", tmp_path / "a.flow"), {})
    assert read.text == ""


def test_a_file_that_was_never_saved_has_no_neighbours() -> None:
    assert Neighbours().of(opened("flow a: A\n"), {}) == []


def test_a_folder_of_everything_is_no_flows_folder(tmp_path: Path) -> None:
    for number in range(501):
        (tmp_path / f"{number}.flow").touch()
    assert Neighbours().of(opened("flow a: A\n", tmp_path / "a.flow"), {}) == []
