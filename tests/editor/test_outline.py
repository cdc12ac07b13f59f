"""The outline is the author's own headings, questions and tests, each with the lines that belong to it."""

from __future__ import annotations

from lsprotocol import types as lsp

from editor.outline import outline
from tests.editor.marked import opened

FLOW = """\
table above:
    a | b
    1 | 2

flow stock: Stock
    languages: en

ask first: First?
section middle: The middle
if first is yes:
    ask inner: Inner?
after 4 hours:
    say: Late.
section end
say: Bye.

test: It ends
    start

flow second
say: Hi
"""


def shape(symbols: list[lsp.DocumentSymbol]) -> list[object]:
    return [
        (each.name, each.detail, each.range.start.line + 1, each.range.end.line + 1, shape(list(each.children or [])))
        for each in symbols
    ]


def test_the_outline() -> None:
    assert shape(outline(opened(FLOW))) == [
        ("above", "table", 1, 4, []),
        (
            "stock",
            "flow",
            5,
            19,
            [
                ("first", "ask", 8, 8, []),
                (
                    "middle",
                    "section",
                    9,
                    13,
                    [("inner", "ask", 11, 11, []), ("after 4 hour", "block", 12, 13, [])],
                ),
                ("end", "section", 14, 16, []),
                ("It ends", "test", 17, 19, []),
            ],
        ),
        ("second", "flow", 20, 22, []),
    ]


def test_every_selection_stands_in_its_range() -> None:
    """The protocol demands it, or the editor shows nothing."""

    def sound(symbols: list[lsp.DocumentSymbol]) -> bool:
        return all(
            each.range.start <= each.selection_range.start
            and each.selection_range.end <= each.range.end
            and sound(list(each.children or []))
            for each in symbols
        )

    assert sound(outline(opened(FLOW)))


def test_an_empty_file_has_none() -> None:
    assert outline(opened("")) == []
