"""The extension's files agree with the language; that an editor colours by them, `tests/real/test_vscode.py` sees."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grammar import lalr

FOLDER = Path(__file__).parents[2] / "editors/vscode"
BESIDE = {"otherwise", "else", "again", "nothing", "seconds?", "minutes?", "hours?", "days?", "weeks?", "months?"}
"""What the language writes as terminals of their own."""


def grammar() -> dict[str, Any]:
    return dict(json.loads((FOLDER / "syntaxes/dundun.tmLanguage.json").read_text(encoding="utf-8")))


def rules(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for below in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from rules(below)


def test_the_words_that_are_coloured_are_those_of_the_language() -> None:
    (words,) = [
        rule["match"] for rule in grammar()["repository"]["expression"]["patterns"] if "unless" in rule["match"]
    ]
    match = re.fullmatch(r"\(\?i\)\\b\(\?:(.*)\)\\b", words)
    assert match is not None
    assert set(match[1].split("|")) == set(lalr.keywords().values()) | BESIDE


def test_every_part_that_is_named_is_there() -> None:
    found = grammar()
    named = {rule["include"].removeprefix("#") for rule in rules(found) if "include" in rule}
    assert named == set(found["repository"])


@pytest.mark.parametrize("name", ["main", "configuration", "grammar"])
def test_the_files_that_the_package_names_are_there(name: str) -> None:
    package = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
    contributes = package["contributes"]
    place = {
        "main": package["main"],
        "configuration": contributes["languages"][0]["configuration"],
        "grammar": contributes["grammars"][0]["path"],
    }[name]
    assert (FOLDER / place).is_file()
    assert contributes["languages"][0]["id"] == contributes["grammars"][0]["language"]


def test_lines_after_which_one_goes_further_in() -> None:
    enter = json.loads((FOLDER / "language-configuration.json").read_text(encoding="utf-8"))["onEnterRules"]
    for line, further in [
        ("if cases > 5:", True),
        ("    otherwise:", True),
        ("IF cases IS 5 :", True),
        ("For  each product in products:", True),
        ("Ask cases: How many?", True),
        ("for each product in products:", True),
        ("ask cases: How many?", True),
        ("say: if anything:", False),
        ("# if this:", False),
        ("    answer: yes or no", False),
    ]:
        assert any(_behind(rule, line) for rule in enter) == further, line


def _behind(rule: dict[str, Any], line: str) -> bool:
    before = rule["beforeText"]
    return re.search(before["pattern"], line, re.IGNORECASE if before["flags"] == "i" else 0) is not None
