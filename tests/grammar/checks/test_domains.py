"""Which conditions can hold together."""

from __future__ import annotations

import pytest

from grammar.checks.domains import refuted_by
from grammar.loader import load_text
from grammar.program import Program, Unless

HEAD = """\
flow x: X
    inputs:
        result: one of positive, negative
ask n: How many?
    answer: whole number from 0 to 500
    optional
ask t: How warm?
    answer: decimal from -5 to 42.5
ask side: Which?
    1. l: Left
    2. r: Right
    3. both: Both
ask sure: Sure?
    answer: yes or no
ask day: When?
    answer: date
ask any: How many in all?
    answer: number
ask signs: Which?
    answer: one or more
    1. f: Fever
    2. c: Cough
"""


def program(*conditions: str) -> Program:
    lines = "".join(f"if {condition}:\n    say: Yes.\n" for condition in conditions)
    loaded = load_text(HEAD + lines, "x.flow")
    assert loaded.compiled is not None, loaded.findings
    return loaded.compiled.programs[0]


def refuted(*conditions: str) -> str | None:
    """What refutes all of them together; a condition that begins with `~` does not hold."""
    made = program(*(each.removeprefix("~") for each in conditions))
    whens = [op.when for op in made.code if isinstance(op, Unless)]
    holds = [not each.startswith("~") for each in conditions]
    return refuted_by(list(zip(whens, holds, strict=True)), made)


@pytest.mark.parametrize(
    ("conditions", "name"),
    [
        (["n > 500"], "n"),
        (["n < 0"], "n"),
        (["n = 501"], "n"),
        (["n is between 600 and 700"], "n"),
        (["n is one of 700, 800"], "n"),
        (["n > 10", "n < 10"], "n"),
        (["n >= 10", "~n > 5"], "n"),
        (["n > 5 and n <= 5"], "n"),
        (["~n is not 5", "n > 5"], "n"),
        (["n is empty", "n is not empty"], "n"),
        (["t < -5"], "t"),
        (["t > 42.5"], "t"),
        (["side is l", "side is r"], "side"),
        (["side is l", "~side is one of l, both"], "side"),
        (["~side is l", "~side is r", "side is not both and side is not empty"], "side"),
        (["sure is yes and sure is no"], "sure"),
        (["result is positive", "result is not positive and result is negative"], "result"),
        (["side is l", "side is r or side is both"], "side"),
        (["side is l", "not (side is l or sure is yes)"], "side"),
    ],
)
def test_conditions_that_cannot_hold_together(conditions: list[str], name: str | None) -> None:
    assert refuted(*conditions) == name


@pytest.mark.parametrize(
    "conditions",
    [
        ["n > 499"],
        ["n >= 500"],
        ["n = 0"],
        ["~n > 5", "~n <= 5"],  # an empty value is neither
        ["~n = 5", "n > 4"],
        ["n is not 5", "n is between 4 and 6"],
        ["t > 42"],
        ["side is l", "sure is no"],
        ["~side is l", "~side is r", "~side is both"],
        ["side is l or side is r", "side is r"],
        ["n > any", "n < any"],
        ["any > 10", "any < 20"],
        ["day > today"],
        ["signs includes f", "signs includes c"],
        ["result is positive", "side is l"],
        ["worker.cadre is nurse"],
    ],
)
def test_conditions_that_can(conditions: list[str]) -> None:
    assert refuted(*conditions) is None
