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
