"""A chunk begins at the left margin; blank lines and comments are in none."""

from __future__ import annotations

import pytest

from grammar.chunks import MAX_DEPTH, align, cut
from grammar.reader import read


def chunks(text: str) -> list[list[str]]:
    return [[line.text for line in chunk] for chunk in cut(read(text.encode(), "a.flow")[0].lines)]


def aligned(text: str) -> tuple[list[int], list[tuple[str, int]]]:
    (chunk,) = cut(read(text.encode(), "a.flow")[0].lines)
    lines, findings = align(chunk, "a.flow")
    return [line.indent for line in lines], [(found.code, found.line) for found in findings]


@pytest.mark.parametrize(
    ("text", "cuts"),
    [
        ("say: a\nsay: b", [["say: a"], ["say: b"]]),
        ("ask q: a\n\n    # why\n    1. b", [["ask q: a", "    1. b"]]),
        ("# all\n#one\nsay: a", [["say: a"]]),
        ("if a:\n  stop\notherwise:\n  stop", [["if a:", "  stop", "otherwise:", "  stop"]]),
        ("IF a: stop\nElse if b: stop", [["IF a: stop", "Else if b: stop"]]),
        ("say: a\notherwise: stop", [["say: a"], ["otherwise: stop"]]),
        ("table t:\n  #code | b\n  # no\n  #1 | c", [["table t:", "  #code | b", "  #1 | c"]]),
        ("", []),
    ],
)
def test_cuts(text: str, cuts: list[list[str]]) -> None:
    assert chunks(text) == cuts


@pytest.mark.parametrize(
    ("text", "margins", "said"),
    [
        ("a\n    b\n        c\n    d", [0, 4, 8, 4], []),
        ("a\n b\n  c\n b", [0, 1, 2, 1], []),
        ("a\n    b\n        c\n       d", [0, 4, 8, 8], [("E009", 4)]),
        ("a\n    b\n        c\n     d", [0, 4, 8, 4], [("E009", 4)]),
        ("a\n    b\n   c\n   d\n    e\n   f", [0, 4, 4, 4, 4, 4], [("E009", 3), ("E009", 6)]),
        ("    a\n    b", [0, 4], [("E026", 1)]),
        ("table t:\n    a | b\n  c | d\n      e | f", [0, 4, 4, 4], []),
    ],
)
def test_every_line_gets_a_margin_that_exists(text: str, margins: list[int], said: list[tuple[str, int]]) -> None:
    assert aligned(text) == (margins, said)


def test_nesting_has_a_limit() -> None:
    deep = "\n".join(" " * depth + "if a:" for depth in range(MAX_DEPTH))
    assert aligned(deep)[1] == []
    assert aligned(f"{deep}\n{' ' * MAX_DEPTH}stop") == ([], [("E029", MAX_DEPTH + 1)])


def test_a_column_is_still_the_authors_after_a_line_was_moved() -> None:
    (chunk,) = cut(read(b"a\n    b\n   c", "a.flow")[0].lines)
    moved = align(chunk, "a.flow")[0][2]
    assert (moved.text, moved.shift) == ("    c", -1)
