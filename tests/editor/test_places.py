"""The same place for the author's editor and for the language, whatever stands before it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types as lsp

from editor.opened import Opened
from editor.places import UNITS, Places

ROWS = [
    ("say: x", 6, {"utf-8": 5, "utf-16": 5, "utf-32": 5}),
    ("ሰላም x", 5, {"utf-8": 10, "utf-16": 4, "utf-32": 4}),
    ("👍🏾 x", 4, {"utf-8": 9, "utf-16": 5, "utf-32": 3}),
    ("e\u0301e\u0301 x", 6, {"utf-8": 7, "utf-16": 5, "utf-32": 5}),
    ("\u200f\u200fمرحبا x", 9, {"utf-8": 17, "utf-16": 8, "utf-32": 8}),
]


@pytest.mark.parametrize(("row", "column", "widths"), ROWS)
@pytest.mark.parametrize("unit", UNITS)
def test_columns_are_counted_as_the_editor_counts(row: str, column: int, widths: dict[str, int], unit: str) -> None:
    places = Places.of(f"# first\n{row}\n", unit)
    assert row[column - 1] == "x"
    at = places.position(2, column)
    assert at == lsp.Position(1, widths[unit])
    assert places.of_position(at) == (2, column)


@given(st.text(), st.sampled_from(sorted(UNITS)), st.data())
def test_there_and_back(text: str, unit: str, data: st.DataObject) -> None:
    places = Places.of(text, unit)
    line = data.draw(st.integers(1, len(places.rows)))
    column = data.draw(st.integers(1, len(places.rows[line - 1].removeprefix("\ufeff")) + 1))
    assert places.of_position(places.position(line, column)) == (line, column)


def test_a_position_inside_a_letter_is_before_it_and_one_behind_the_line_at_its_end() -> None:
    places = Places.of("a👍b", "utf-16")
    assert places.of_position(lsp.Position(0, 2)) == (1, 2)
    assert places.of_position(lsp.Position(0, 99)) == (1, 4)
    assert places.of_position(lsp.Position(9, 0)) == (10, 1)


def test_lines_end_where_editors_and_flows_end_them() -> None:
    places = Places.of("a\r\nb\rc\u2028d\ve\nf", "utf-16")
    assert places.rows == ["a", "b", "c\u2028d\ve", "f"]


REPAIRED = [
    "\ufeffask casse: Cases?",
    "\tsay: {casse}",
    " \u200f\tsay: {casse}",
    "say: one\u2028    say: {casse}",
    "say:\u00a0“👍” {casse}",
    "set total to “x” & casse",
    "    if casse → done",
]


@pytest.mark.parametrize("row", REPAIRED)
def test_what_is_repaired_is_found_in_the_authors_own_letters(row: str) -> None:
    """Every column that reading gives names the letters that the author sees."""
    file = Opened("a.flow", None)
    file.write(f"{row}\n")
    line = file.document.parts[0].chunks[-1][-1] if file.document.parts else None
    found = [each for each in file.places.rows if "casse" in each]
    assert found
    begin = found[0].removeprefix("\ufeff").index("casse") + 1
    at = file.places.position(1, begin)
    text = file.text.encode("utf-16-le")[2 * at.character :].decode("utf-16-le")
    assert text.startswith("casse")
    if line is not None:
        assert line.text.index("casse") + 1 + line.shift == begin
