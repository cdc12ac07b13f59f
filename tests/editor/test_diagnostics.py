"""A finding is shown at the author's letters, also when it is of a file that only is included."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types as lsp

from editor.diagnostics import diagnostics, moved
from grammar.diagnostics import Finding, codes, read_page
from tests.editor.marked import opened


def found(line: int, code: str = "E202") -> Finding:
    return Finding("a.flow", line, 1, code, "error", "What is wrong.", "What to do.")


@pytest.mark.parametrize("code", codes())
def test_the_wrong_example_of_every_page_is_shown_in_its_text(code: str) -> None:
    text = read_page(code).wrong.data.decode(errors="replace")
    file = opened(text)
    for shown in diagnostics(file, file.load().findings):
        assert 0 <= shown.range.start.line < len(file.places.rows)
        row = file.places.rows[shown.range.start.line]
        assert shown.range.start.character <= shown.range.end.character <= len(row.encode("utf-16-le")) // 2


def test_notes_warnings_and_mistakes_are_told_apart() -> None:
    file = opened("flow a: A\nsya: Hello\n")
    (shown,) = diagnostics(file, file.load().findings)
    assert (shown.severity, shown.code, shown.source) == (lsp.DiagnosticSeverity.Error, "E001", "dundun")
    file = opened("flow a: A\nsay: Hello\n")
    assert [each.severity for each in diagnostics(file, file.load().findings)] == [lsp.DiagnosticSeverity.Warning]


def test_a_mistake_of_an_included_file_stands_where_it_is_included(tmp_path: Path) -> None:
    (tmp_path / "part.flow").write_text("say: Hello\nsya: Bye\n", encoding="utf-8")
    file = opened("flow a: A\ninclude part.flow\n", tmp_path / "a.flow")
    (shown,) = [each for each in diagnostics(file, file.load().findings) if each.code == "E001"]
    assert shown.range.start.line == 1
    assert shown.message.startswith("part.flow, line 2: I do not know the word `sya`")


MOVES = [
    (["a", "b", "c"], ["a", "b", "c"], [1, 2, 3], [1, 2, 3]),
    (["a", "b", "c"], ["a", "x", "b", "c"], [1, 2, 3], [1, 3, 4]),
    (["a", "b", "c"], ["a", "c"], [1, 2, 3], [1, 2]),
    (["a", "b", "c"], ["a", "x", "c"], [1, 2, 3], [1, 3]),
    (["a", "b", "b"], ["a", "b"], [1, 2, 3], [1, 2]),
    ([], ["a"], [], []),
]


@pytest.mark.parametrize(("before", "after", "lines", "wanted"), MOVES)
def test_what_was_found_moves_with_its_line(
    before: list[str], after: list[str], lines: list[int], wanted: list[int]
) -> None:
    assert [each.line for each in moved(before, after, [found(line) for line in lines])] == wanted


def test_what_the_settings_above_a_flow_do_not_name_is_shown_at_its_name(tmp_path: Path) -> None:
    (tmp_path / "dundun.toml").write_text("[systems.dhis2]\nurl = 'https://a.example'\n")
    file = opened("flow clinic: Clinic\nsubmit to dhsi2\n", tmp_path / "flows/clinic.flow")
    [shown] = [each for each in diagnostics(file, file.load().findings) if each.code == "W344"]
    assert (shown.range.start.line, shown.range.start.character, shown.range.end.character) == (1, 10, 15)
    assert "Do you mean `dhis2`?" in shown.message
