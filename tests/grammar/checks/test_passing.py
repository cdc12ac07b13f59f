"""What an arrow back can pass again (RULES B4)."""

from __future__ import annotations

import pytest

from tests.grammar.checks.conftest import Found

ASK = "ask cases: How many?\n    answer: whole number\n"
MORE = "ask more: More?\n    1. yes: Yes -> {}\n    2. no: No\n"
TOLD = "tell group lab: {cases}.\n"


@pytest.mark.parametrize(
    "line",
    [
        TOLD,
        "do report with cases = cases\n",
        'submit to dhis2 with dataset = "abcdefghijk"\n',
        "start flow clinic for supervisor\n",
        "add worker to group lab\n",
        "remove worker from group lab\n",
        "set worker.job to nurse\n",
    ],
)
def test_what_stands_between_an_arrow_and_where_it_leads_is_done_again(found: Found, line: str) -> None:
    assert (3, "N324") in found(ASK + line + MORE.format("cases") + "say: Bye.")
    assert "N324" not in {code for _, code in found(ASK + MORE.format("cases") + line + "say: Bye.")}


@pytest.mark.parametrize(
    ("lines", "again"),
    [
        (ASK + TOLD + "if cases > 5:\n    go to cases\nsay: Bye.", [3]),
        (ASK + TOLD + "if cases > 5:\n    go to clinic\nsay: Bye.", [3]),
        (TOLD.replace("{cases}", "New") + ASK + MORE.format("cases") + "say: Bye.", []),
        (ASK + TOLD + MORE.format("bye") + "say bye: Bye.", []),
        (ASK + "set many to cases\n" + MORE.format("cases") + "say: {many}", []),
        (ASK + "if cases > 5:\n    tell group lab: Many.\n    stop\n" + MORE.format("cases") + "say: Bye.", []),
        (ASK + "if cases > 5:\n    tell group lab: Many.\n" + MORE.format("cases") + "say: Bye.", [4]),
        ("table rooms:\n    code\n    a\n    b\nfor each room in rooms:\n    tell group lab: {room}.\nsay: Bye.", []),
    ],
)
def test_only_what_lies_on_the_way_round(found: Found, lines: str, again: list[int]) -> None:
    assert [line for line, code in found(lines) if code == "N324"] == again
