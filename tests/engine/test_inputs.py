"""What a starter gives: lists and tables as JSON has them, or as one text; a row is known by its first cell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from engine.inputs import InputError, accept
from engine.library import Library
from engine.linked import Linked
from engine.values import Packed

FLOW = """
    flow samples: Samples
        inputs:
            results: table of sample, value (1 to 3 rows)
            doses: list of whole number
            team: list of worker optional
    say: {count(results)}
"""
ROWS: Packed = ["l", ["l", "L-1", "3"], ["l", "L-2", ""]]
GOOD = {"results": "L-1 | 3; L-2 |", "doses": "2, 5"}


@pytest.fixture
def linked(library: Callable[..., Library]) -> Linked:
    return library(FLOW).flows()[0]


def accepted(linked: Linked, given: dict[str, object]) -> dict[str, Packed]:
    return accept(linked.program, {**GOOD, **given}, date(2025, 3, 3), linked.phrases)


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("results", "L-1 | 3; L-2 |", ROWS),
        ("results", [{"sample": "L-1", "value": 3}, {"Sample": "L-2"}], ROWS),
        ("results", [["L-1", 3], ["L-2", None]], ROWS),
        ("doses", "2, 5", ["l", 2, 5]),
        ("doses", [2, "5"], ["l", 2, 5]),
        ("doses", 7, ["l", 7]),
        ("team", ["w1", "w2"], ["l", "w1", "w2"]),
    ],
)
def test_several_values(linked: Linked, name: str, given: object, value: Packed) -> None:
    assert accepted(linked, {name: given})[name] == value


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("results", []),
        ("results", "L-1 | 3; L-1 | 4"),
        ("results", "| 3"),
        ("results", "L-1 | 3 | 4"),
        ("results", [{"sample": "L-1", "price": 3}]),
        ("results", "a|1;b|1;c|1;d|1"),
        ("doses", "2, many"),
        ("doses", []),
        ("doses", [[2]]),
    ],
)
def test_what_does_not_fit_is_named(linked: Linked, name: str, given: object) -> None:
    with pytest.raises(InputError, match=name):
        accepted(linked, {name: given})


def test_what_it_must_be_is_said(linked: Linked) -> None:
    with pytest.raises(
        InputError, match="a table of sample, value with 1 to 3 rows, each with a first cell of its own"
    ):
        accepted(linked, {"results": "x"})
    with pytest.raises(InputError, match="a list, each of it a whole number"):
        accepted(linked, {"doses": "x"})


def test_the_name_of_an_input_is_compared_without_capitals(linked: Linked) -> None:
    given = {"Results": GOOD["results"], "DOSES": GOOD["doses"]}
    assert accept(linked.program, given, date(2025, 3, 3), linked.phrases)["doses"] == ["l", 2, 5]
