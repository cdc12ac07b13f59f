"""Jumps, blocks, and lines that no way leads to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Found = Callable[[str], list[tuple[int, str]]]
ASK = "ask more: More?\n    answer: yes or no\n"


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        (ASK + "if more:\n    go to more", []),
        (ASK + "if more:\n    go to clinic", []),
        (ASK + "if more:\n    -> bye\nsay: No.\nsay bye: Bye.", []),
        ("section one\nwait 1 day\ngo to one", []),
        ("section one\nsay: Hi.\ngo to one", [(3, "E252")]),
        ("section one\nif today > 2025-01-01:\n    go to one", [(3, "E252")]),
        ("section one\n" + ASK + "section two\nsay: Hi.\ngo to two", [(6, "E252")]),
        ("section one\n" + ASK + "section two\nsay: Hi.\ngo to one", []),
        ("ask q: Q?\n    1. a: A -> q\n    2. b: B", []),
        ("ask q: Q?\n    1. a: A -> nowhere\n    2. b: B", [(2, "E250")]),
        (ASK + "if more:\n    ask a: A?\n        answer: number\n    if a > 5:\n        go to a", []),
        (ASK + "if more:\n    ask a: A?\n        answer: number\notherwise:\n    go to a", [(7, "E251")]),
        (ASK + "if more:\n    say hi: Hi.\n    if today > 2025-01-01:\n        go to hi", [(6, "E252")]),
        (ASK + "if more:\n    ask a: A?\n        answer: number\nif a > 5:\n    go to a", [(7, "E251")]),
        (ASK + "if more:\n    if today > 2025-01-01:\n        say a: A\n    wait 1 day\n    go to a", [(7, "E251")]),
        ("stop\nsay: Never.\nsay: Nor this.", [(2, "W250")]),
        (ASK + "if more:\n    stop\nsay: Hi.", []),
        (ASK + "if more:\n    stop\notherwise:\n    stop\nsay: Never.", [(7, "W250")]),
        ("go to two\nsection one\nsay: Never.\nsection two\nsay: Hi.", [(2, "W250")]),
        ("ask q: Q?\n    1. a: A -> end\n    2. b: B -> end\nsay: Never.\nsection end", [(4, "W250")]),
        ("ask q: Q?\n    1. a: A -> end\n    2. b: B\nsay: Hi.\nsection end", []),
        ("after 1 day:\n    ask a: A?\n        answer: number\nsay: Hi.", [(2, "E253")]),
        ("on word MORE:\n    wait 1 day\nsay: Hi.", [(2, "E253")]),
        ("verify pin: PIN?\n    if failed:\n        wait 1 day\n        stop as locked", []),
    ],
)
def test_jumps(found: Found, lines: str, codes: list[tuple[int, str]]) -> None:
    assert found(lines) == codes


BLOCKS = {
    "give up": "ask late: Late?\n    answer: yes or no\n    give up after 1 day:\n        {line}\n",
    "header": "ask late: Late?\n    answer: yes or no\n",
    "after": "after 1 day:\n    {line}\n",
    "on word": "on word MORE:\n    {line}\n",
    "on event": "on event more:\n    {line}\n",
    "take": "take batch:\n    {line}\n",
    "invalid": "ask late: Late?\n    answer: yes or no\n    if invalid:\n        {line}\n",
    "right": "quiz late: Late?\n    answer: yes or no\n    correct: yes\n    if right:\n        {line}\n",
    "wrong": "quiz late: Late?\n    answer: yes or no\n    correct: yes\n    if wrong:\n        {line}\n",
}
WAITS = [
    "ask a: A?",
    "quiz a: A?",
    "verify a: PIN?",
    "choose language",
    "choose facility",
    "choose pin",
    "ask again more",
    "wait 1 day",
    "wait until tomorrow",
    "wait until next Monday",
    "wait until all quizzes are right",
    "run clinic",
]


@pytest.mark.parametrize("line", WAITS)
@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_beside_the_conversation_neither_asks_nor_waits(found: Found, block: str, line: str) -> None:
    header = f"flow clinic: Clinic\n    give up after 1 day:\n        {line}\n" if block == "header" else ""
    head = header or "flow clinic: Clinic\n    inputs:\n        batch: text\n"
    assert "E253" in {code for _, code in found(head + ASK + BLOCKS[block].format(line=line) + "say: Bye.")}


def test_nor_does_a_branch_in_it(found: Found) -> None:
    assert found(ASK + "after 1 day:\n    if more:\n        wait 1 day\n    say: Hello.\nsay: Bye.") == [(5, "E253")]


@pytest.mark.parametrize("block", [block for block in BLOCKS if block != "header"])
def test_it_may_say_decide_and_jump_to_what_asks(found: Found, block: str) -> None:
    head = "flow clinic: Clinic\n    inputs:\n        batch: text\n"
    lines = "if more:\n{0}    say: Hello.\n{0}    go to more"
    depth = BLOCKS[block].partition("{")[0].rpartition("\n")[2]
    text = head + ASK + BLOCKS[block].format(line=lines.format(depth)) + "say: Bye."
    assert not {code for _, code in found(text) if code.startswith("E")}


def test_a_jump_stays_in_its_flow(found: Found) -> None:
    two = "flow one: One\n" + ASK + "if more:\n    go to {}\nsay: Bye.\nflow two: Two\nsay far: Far.\n"
    assert found(two.format("one")) == []
    assert found(two.format("two")) == [(5, "E250")]
    assert found(two.format("far")) == [(5, "E250")]
