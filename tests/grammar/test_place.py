"""A rule stands where its pieces stand, those too that its tree does not keep."""

from __future__ import annotations

import pytest
from lark import Token, Tree

from grammar.place import placed

OPEN, NAME, CLOSE = (Token("X", text, None, 1, at, 1, at + len(text)) for at, text in ((3, "("), (4, "name"), (8, ")")))


def kept(*children: Tree[Token] | Token) -> Tree[Token]:
    """A rule that keeps all that it has read."""
    made: Tree[Token] = placed(lambda parts: Tree("rule", parts))([*children])
    return made


def columns(tree: Tree[Token]) -> tuple[int, int]:
    return tree.meta.column, tree.meta.end_column


@pytest.mark.parametrize(
    ("children", "place"),
    [
        ([NAME], (4, 8)),
        ([OPEN, NAME, CLOSE], (3, 9)),
        ([kept(OPEN), kept(NAME)], (3, 8)),
        ([Tree("nothing", []), NAME, Tree("nothing", [])], (4, 8)),
    ],
)
def test_from_the_first_piece_to_the_last(children: list[Tree[Token] | Token], place: tuple[int, int]) -> None:
    assert columns(kept(*children)) == place


def test_pieces_that_the_tree_does_not_keep_count() -> None:
    assert columns(placed(lambda parts: Tree("rule", parts[1:2]))([OPEN, NAME, CLOSE])) == (3, 9)


def test_what_is_only_passed_on_stays_where_it_is_and_what_is_around_it_counts_for_others() -> None:
    inner = kept(NAME)
    passed = placed(lambda parts: parts[1])([OPEN, inner, CLOSE])
    assert (passed, columns(passed)) == (inner, (4, 8))
    assert columns(kept(passed)) == (3, 9)


def test_a_rule_of_nothing_stands_nowhere() -> None:
    assert kept().meta.empty


def test_what_is_no_tree_is_passed_on() -> None:
    assert placed(lambda parts: parts[0])([NAME]) is NAME
