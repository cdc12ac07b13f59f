"""What an editor gets is the canonical form, in as few lines as that takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from editor.formatting import Unformatted, formatted
from grammar.formatter import canonical
from tests.editor.marked import applied, opened

ROOT = Path(__file__).parents[2]
FLOW = (ROOT / "flows/lab_result.flow").read_text(encoding="utf-8")

UNTIDY = [
    FLOW,
    FLOW.replace("->", "→"),
    FLOW.replace("    ", "  "),
    FLOW.rstrip("\n"),
    FLOW + "\n\n\n",
    "\n\n" + FLOW,
    FLOW.replace("say: ", "say:  👍 "),
    "",
]


@pytest.mark.parametrize("text", UNTIDY, ids=range(len(UNTIDY)))
def test_it_is_the_canonical_form(text: str) -> None:
    file = opened(text)
    assert applied(file, formatted(file)) == canonical(text.encode(), "a.flow").text


@pytest.mark.parametrize("text", [FLOW.replace("\n", "\r\n"), "\ufeff" + FLOW])
def test_other_ends_of_lines_and_marks_go(text: str) -> None:
    file = opened(text)
    (edit,) = formatted(file)
    assert edit.new_text == FLOW
    assert edit.range == file.places.everything()


def test_lines_in_order_are_not_touched() -> None:
    file = opened(FLOW.replace("    tries: 3", "    tries:  3"))
    (edit,) = formatted(file)
    assert edit.new_text == "    tries: 3\n"
    assert edit.range.end.line == edit.range.start.line + 1


def test_a_file_with_a_mistake_is_left() -> None:
    with pytest.raises(Unformatted, match="Mend the marked mistakes first"):
        formatted(opened("flow a: A\nsya: Hello\n"))
