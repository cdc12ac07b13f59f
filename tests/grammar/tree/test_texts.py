"""A text is cut at its braces; its languages and channels nest in either order."""

from __future__ import annotations

import pytest

from grammar.nodes import EachRow, Insert, Message, Path, Quoted, Say, TextNode
from grammar.parser import parse
from grammar.reader import read


def message(text: str) -> Message:
    file, findings = parse(read(text.encode(), "a.flow")[0])
    assert [found for found in findings if found.severity == "error"] == []
    (line,) = file.loose
    assert isinstance(line, Say)
    return line.message


def shown(text: TextNode | None) -> list[str]:
    assert text is not None
    return [piece if isinstance(piece, str) else f"<{_inside(piece)}>" for piece in text.pieces]


def _inside(piece: Insert | EachRow) -> str:
    if isinstance(piece, EachRow):
        items = " ".join(item.value if isinstance(item, Quoted) else item.text for item in piece.items)
        return f"{piece.table.text}: {items}"
    return piece.value.text if isinstance(piece.value, Path) else type(piece.value).__name__


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Hello.", ["Hello."]),
        ("Hello {worker.name}.", ["Hello ", "<worker.name>", "."]),
        ("{a}{b}", ["<a>", "<b>"]),
        ("{{a}} and {{{b}}}", ["{a} and {", "<b>", "}"]),
        ("a } b", ["a } b"]),
        ("{ question }", ["<question>"]),
        ('{ifempty(a, "}")} b', ["<Call>", " b"]),
        ("{round(a) + 1}", ["<Operation>"]),
        ('You have {each products: name "has" on_hand}.', ["You have ", "<products: name has on_hand>", "."]),
        ("press # or *123#: ok", ["press # or *123#: ok"]),
        ('"quoted"', ['"quoted"']),
    ],
)
def test_pieces(text: str, pieces: list[str]) -> None:
    assert shown(message(f"say: {text}").text) == pieces


def test_lines_are_joined_by_a_line_break() -> None:
    assert shown(message("say: a\n    > b {c}\n    >d\n    >\n    >  e").text) == ["a\nb ", "<c>", "\nd\n\n e"]


def test_a_text_can_begin_below() -> None:
    assert shown(message("say:\n    > a\n    > b").text) == ["a\nb"]


def test_languages_and_channels_nest_in_either_order() -> None:
    versions = message(
        "say: t\n    fr: t-fr\n        voice: v-fr\n        audio: a-fr\n"
        "    sms: s\n        pt-BR: s-pt\n    voice:\n        > v\n"
    ).versions()
    assert [(language, channel, shown(text)) for language, channel, text in versions] == [
        ("", "", ["t"]),
        ("fr", "", ["t-fr"]),
        ("fr", "voice", ["v-fr"]),
        ("fr", "audio", ["a-fr"]),
        ("", "sms", ["s"]),
        ("pt-br", "sms", ["s-pt"]),
        ("", "voice", ["v"]),
    ]


def test_an_insert_knows_its_columns() -> None:
    (first, insert) = message("say: Hi {a.b}").text.pieces  # type: ignore[union-attr]
    assert first == "Hi "
    assert isinstance(insert, Insert)
    assert isinstance(insert.value, Path)
    assert (insert.span.column, insert.span.end_column) == (10, 13)
    assert [part.span.column for part in insert.value.parts] == [10, 12]


def test_a_sum_in_an_insert_knows_its_columns_too() -> None:
    (insert,) = message("say:\n    > {1 + b}").text.pieces  # type: ignore[union-attr]
    assert isinstance(insert, Insert)
    assert (insert.value.span.line, insert.value.span.column, insert.value.span.end_column) == (2, 8, 13)


def test_a_broken_brace_costs_itself_alone() -> None:
    file, findings = parse(read(b"say: {a +} and {b}\n    fr: {c\n", "a.flow")[0])
    assert [(found.line, found.column, found.code) for found in findings] == [(1, 10, "E013"), (2, 9, "E018")]
    (line,) = file.loose
    assert isinstance(line, Say)
    assert shown(line.message.text) == [" and ", "<b>"]
