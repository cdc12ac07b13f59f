"""A sensitive value: never told, never before `verify`, also where it goes by another name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Found = Callable[[str], list[tuple[int, str]]]
HEADER = """flow lab: Lab
    inputs:
        result: one of positive, negative
    sensitive: result
"""
VERIFY = "verify pin: PIN?\n    if failed: stop as locked\n"


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        (VERIFY + "say: {result}", []),
        ("say: {result}\n" + VERIFY, [(5, "E261")]),
        ("say: Hi.\n    voice: It is {result}.\n" + VERIFY, [(6, "E261")]),
        ("ask a: Is it {result}?\n    answer: yes or no\n" + VERIFY, [(5, "E261")]),
        ("ask a: A?\n    1. x: It is {result}\n    2. y: No\n" + VERIFY, [(6, "E261")]),
        ("ask a: A?\n    answer: yes or no\n    check a: It is {result}.\n" + VERIFY, [(7, "E261")]),
        (VERIFY + "ask a: A?\n    1. x: It is {result}\n    2. y: No\ntell supervisor: {a}", [(10, "E260")]),
        ("set x to result\n" + VERIFY + "say: {x}", []),
        ("set x to result\nsay: {x}\n" + VERIFY, [(6, "E261")]),
        ("set x to result\nset y to x\nsay: {y}\n" + VERIFY, [(7, "E261")]),
        (VERIFY + "set x to result\ntell supervisor: {x}", [(8, "E260")]),
        (VERIFY + "start flow lab for supervisor with result = result", [(7, "E260")]),
        (VERIFY + "set x to result\nstart flow lab for supervisor with result = x", [(8, "E260")]),
        (VERIFY + "start flow lab for supervisor with result = negative", []),
        (VERIFY + "tell supervisor every Friday: {result}", [(7, "E260")]),
        (VERIFY + "wait 1 day\nsay: {result}", []),
        (
            "ask a: A?\n    answer: yes or no\nif a:\n    go to deliver\n" + VERIFY + "section deliver\nsay: {result}",
            [(12, "E261")],
        ),
        ("ask a: A?\n    answer: yes or no\nif a:\n    stop\n" + VERIFY + "say: {result}", []),
        ("verify pin: PIN?\n    if failed:\n        say: It was {result}.\n        stop as locked", [(7, "E261")]),
        (VERIFY + "after 1 day:\n    say: {result}", [(8, "E261")]),
        (VERIFY + "if result is positive:\n    say: Come.", []),
        ("if result is positive:\n    say: Come.\n" + VERIFY, [(5, "E266")]),
        ("if result is positive:\n    stop\n" + VERIFY, [(5, "E266")]),
        ("if result is positive:\n    tell supervisor: Come.\n" + VERIFY, [(5, "E266")]),
        ("if result is positive:\n    ask a: A?\n        answer: yes or no\n" + VERIFY, [(5, "E266")]),
        ("if result is positive:\n    go to check\nsection check\n" + VERIFY, [(5, "E266")]),
        ("ask a: A?\n    answer: yes or no\nif result is positive:\n    ask again a\n" + VERIFY, [(7, "E266")]),
        ("if result is positive:\n    choose language\n" + VERIFY, [(5, "E266")]),
        ("if result is positive:\n    choose facility\n" + VERIFY, [(5, "E266")]),
        ("if result is positive:\n    run lab\n" + VERIFY, [(5, "E266")]),
        ("if result is positive:\n    start flow lab for supervisor\n" + VERIFY, [(5, "E266")]),
        ("if result is positive:\n    add worker to group cases\n" + VERIFY, []),
    ],
)
def test_sensitive(found: Found, lines: str, codes: list[tuple[int, str]]) -> None:
    assert found(HEADER + lines) == codes
