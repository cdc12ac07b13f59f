"""The page of the rules tells the truth: every rule of the language stands there once, and what proves it is there."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path

import pytest

from grammar.diagnostics import codes

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PAGE = (ROOT / "docs/language/rules.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([A-Z]\d+) \| (.+) \| (.+) \|$", PAGE, re.MULTILINE)
HOW_MANY = {"A": 7, "B": 5, "C": 5, "D": 3, "E": 5, "F": 3, "G": 7, "H": 5, "I": 8, "J": 6, "K": 9, "X": 5}
HOW_MANY |= {"M": 10, "N": 6, "L": 6, "O": 5, "T": 9}
TESTS = {
    name
    for path in ROOT.glob("tests/**/test_*.py")
    for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
}


def test_every_rule_stands_there_once_and_in_order() -> None:
    for letter, rules in groupby((rule for rule, _, _ in ROWS), key=lambda rule: rule[0]):
        assert list(rules) == [f"{letter}{number}" for number in range(1, HOW_MANY[letter] + 1)]
    assert {rule[0] for rule, _, _ in ROWS} == HOW_MANY.keys()


@pytest.mark.parametrize(("rule", "short", "proofs"), ROWS, ids=[rule for rule, _, _ in ROWS])
def test_what_proves_a_rule_is_there(rule: str, short: str, proofs: str) -> None:
    named = re.findall(r"`([^`]+)`", proofs)
    assert short
    assert named
    for proof in named:
        assert proof in TESTS or proof in codes() or (HERE / proof).is_file(), f"{rule}: {proof}"


def test_a_flow_that_is_named_after_a_rule_stands_in_its_row() -> None:
    rows = {rule: proofs for rule, _, proofs in ROWS}
    for path in HERE.glob("*.flow"):
        head = re.match(r"(?:[A-Z]\d+_)+", path.name)
        for rule in head[0].rstrip("_").split("_") if head else ():
            assert path.name in PAGE, path.name
            assert rule in rows, path.name
