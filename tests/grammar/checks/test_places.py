"""Where lines and values stand (RULES A7)."""

from __future__ import annotations

import pytest

from grammar.loader import load_text
from tests.grammar.checks.conftest import Found

ASK = "ask sex: Sex?\n    1. m: Male\n    2. f: Female\n"


@pytest.mark.parametrize(
    "line",
    [
        "after 1 day: say: Late.",
        "on word PRICE: say: Free.",
        "on event price: say: Free.",
        "section one",
        "include common.flow",
        "test: One",
    ],
)
def test_what_stands_at_the_margin_stands_nowhere_else(found: Found, line: str) -> None:
    assert (5, "E007") in found(f"{ASK}if sex is m:\n    {line}\n    say: Hi.\nsay: Bye.\n")


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("tell worker: Hi.", True),
        ("tell worker, group lab: Hi.", False),
        ("do ping with x = sex, y = (sex is m)", True),
        ("do ping with x = sex is m", False),
        ("set x to if((sex is one of m, f), 1, 2)", True),
        ("set x to if(sex is one of m, f, 1, 2)", False),
        ("set x to if(sex is m or sex is f, 1, 2)", True),
    ],
)
def test_lines_that_hold_one_value_or_several(found: Found, line: str, right: bool) -> None:
    said = found(f"{ASK}{line}\nsay: Bye.\n")
    assert (said == []) is right
    assert all(line == 4 for line, _ in said)


def test_in_a_table_only_a_sign_with_a_space_begins_a_comment() -> None:
    table = "table rooms:\n    code | name\n    # a | A\n    #1 | One\n    b | Two #2\n"
    loaded = load_text(f"flow clinic: Clinic\n{table}say: {{each rooms: code name}}\n", "a.flow")
    assert loaded.compiled is not None
    (program,) = loaded.compiled.programs
    assert program.tables["rooms"].rows == (("#1", "One"), ("b", "Two #2"))


def test_the_first_cell_is_never_empty(found: Found) -> None:
    assert found("table rooms:\n    code | name\n    | A\n    - | B\nsay: {each rooms: name}\n") == [(3, "E023")]


def test_a_table_in_a_frame_is_told_once() -> None:
    framed = "flow a: A\nsay: {each rooms: name}\ntable rooms:\n    | code | name |\n    | a | A |\n    | b | B |\n"
    (finding,) = [each for each in load_text(framed, "a.flow").findings if each.code == "E023"]
    assert (finding.line, finding.hint[:30]) == (4, "Take the `|` at the beginning ")
