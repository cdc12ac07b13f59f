"""The pages are the table of codes: what a page shows as wrong gives its code, and what it shows as right does not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grammar.diagnostics import Finding, codes, finding, in_order, read_page
from grammar.nodes import Span
from grammar.parser import parse
from grammar.reader import read

GRAMMAR = Path(__file__).parents[2] / "grammar"
OF_READING = [code for code in codes() if code < "E200" or "W000" < code < "W100"]


def reading(data: bytes) -> list[Finding]:
    source, findings = read(data, "page.flow")
    return findings + parse(source)[1]


@pytest.mark.parametrize("code", OF_READING)
def test_the_wrong_example_gives_its_code_and_no_other(code: str) -> None:
    others = {"E001"} if code == "E036" else set()  # too many mistakes must be mistakes of some kind
    assert {found.code for found in reading(read_page(code).wrong.data)} - others == {code}


@pytest.mark.parametrize("code", OF_READING)
def test_the_right_example_can_be_read(code: str) -> None:
    assert reading(read_page(code).right.data) == []


@pytest.mark.parametrize("code", codes())
def test_a_page_has_a_sentence_and_a_reason(code: str) -> None:
    page = read_page(code)
    assert page.message.endswith(".")
    assert len(page.why) > len(page.title)


@pytest.mark.parametrize("code", codes())
def test_no_page_talks_like_a_parser(code: str) -> None:
    page = read_page(code)
    words = re.findall(r"\w+", f"{page.title} {page.message} {page.hint} {page.why}".lower())
    assert not set(words) & {
        "token",
        "parse",
        "parser",
        "parsing",
        "indent_",
        "null",
        "boolean",
        "string",
        "node",
        "exit",
    }


def raised() -> set[str]:
    texts = (path.read_text(encoding="utf-8") for path in GRAMMAR.rglob("*.py"))
    return {code for text in texts for code in re.findall(r'"([EWN]\d{3})"', text)}


def test_every_code_that_can_be_raised_has_a_page_and_every_page_a_code() -> None:
    assert raised() == set(codes())


def test_a_code_without_a_page_cannot_be_raised() -> None:
    with pytest.raises(KeyError, match="E999"):
        finding("E999", "a.flow", Span(1, 1, 2))


def test_a_finding_says_where_and_what_to_do() -> None:
    found = finding("E002", "a.flow", Span(3, 7, 8), line="if x:", where="at the end of this line")
    assert found == Finding(
        "a.flow", 3, 7, "E002", "error", 'A colon ":" is missing at the end of this line.', "Write `if x:`"
    )


def test_a_better_hint_replaces_that_of_the_page() -> None:
    assert (
        finding("E021", "a.flow", Span(1, 1, 2), hint="Stop before it.", rest="x", last="y").hint == "Stop before it."
    )


def test_the_most_serious_comes_first_and_nothing_twice() -> None:
    warning = Finding("a.flow", 1, 1, "W001", "warning", "w", "")
    late = Finding("a.flow", 9, 1, "E002", "error", "e", "")
    early = Finding("a.flow", 2, 1, "E002", "error", "e", "")
    assert in_order([warning, late, early, late]) == [early, late, warning]
