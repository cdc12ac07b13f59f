"""Whatever program saved a file, its lines come out clean, and their numbers and columns are the author's."""

from __future__ import annotations

import pytest

from grammar.diagnostics import Finding
from grammar.reader import MAX_BYTES, MAX_LINE, read

FLOW = "ask q: Avez-vous des sachets ?\n    1. oui: Oui\n"


def texts(data: bytes) -> list[str]:
    return [line.text for line in read(data, "a.flow")[0].lines]


def codes(data: bytes) -> list[str]:
    return [found.code for found in read(data, "a.flow")[1]]


def only(data: bytes) -> Finding:
    (found,) = read(data, "a.flow")[1]
    return found


@pytest.mark.parametrize(
    "data",
    [
        FLOW.encode(),
        FLOW.encode("utf-8-sig"),
        FLOW.encode("utf-16"),
        b"\xfe\xff" + FLOW.encode("utf-16-be"),
        FLOW.encode("utf-16-le"),
        FLOW.encode("utf-16-be"),
        FLOW.replace("\n", "\r\n").encode(),
        FLOW.replace("\n", "\r").encode(),
        FLOW.replace("\n", "\v").encode(),
        FLOW.replace("\n", "\u2028").encode(),
        FLOW.replace(" ", "\u00a0").encode(),
        FLOW.replace(" ", "\u202f").encode(),
        FLOW.replace("    ", "\t").encode(),
        FLOW.replace("\n", "  \t\n").encode(),
        ("\u200f" + FLOW.replace("    ", "    \u200e")).encode(),
    ],
    ids=[
        "utf-8", "bom", "utf-16", "utf-16 big", "no bom, little", "no bom, big", "windows", "old mac", "vt", "u+2028",
        "no-break", "thin", "tab", "trailing", "bidi",
    ],
)  # fmt: skip
def test_repairs(data: bytes) -> None:
    assert texts(data) == ["ask q: Avez-vous des sachets ?", "    1. oui: Oui", ""]
    assert codes(data) == []


def test_a_tab_goes_to_the_next_multiple_of_four() -> None:
    assert [line.indent for line in read(b"\ta\n  \tb\n\t c\n     \td", "a.flow")[0].lines] == [4, 4, 5, 8]


def test_a_tab_inside_a_line_stays() -> None:
    assert texts(b"1.\tYes") == ["1.\tYes"]


def test_lines_and_columns_are_those_of_the_author() -> None:
    source, _ = read("say: a\vb\n\tc\n\u200e  d".encode(), "a.flow")
    assert [(line.number, line.text, line.shift) for line in source.lines] == [
        (1, "say: a", 0),
        (1, "b", 7),
        (2, "    c", -3),
        (3, "  d", 1),
    ]
    assert source.shown == ("say: a\vb", "\tc", "\u200e  d")


def test_windows_letters_are_read_and_reported() -> None:
    data = "say: Merci\nsay: c’est noté".encode("cp1252")
    assert texts(data)[1] == "say: c’est noté"
    found = only(data)
    assert (found.code, found.severity, found.line) == ("W001", "warning", 2)


@pytest.mark.parametrize(
    ("text", "column"),
    [("say: R?pondez par 1", 6), ("say: r\ufffdpondez", 7), ("say: ???? ??? ??", 6)],
)
def test_lost_letters_are_an_error(text: str, column: int) -> None:
    found = only(text.encode())
    assert (found.code, found.line, found.column) == ("E105", 1, column)


@pytest.mark.parametrize(
    "text",
    [
        "say: Ready? Yes.",
        "say: Ready?Yes",
        "say: Really??",
        "say: http://x.org/a?b=c",
        "say: page?id=3",
        "say: ? or ??",
    ],
)
def test_a_question_mark_is_no_lost_letter(text: str) -> None:
    assert codes(text.encode()) == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04rest", "E102"),
        (b"{\\rtf1 x", "E102"),
        (b"%PDF-1.7", "E102"),
        (b"say: a\0\0\0b", "E103"),
        (b"x" * (MAX_BYTES + 1), "E101"),
    ],
)
def test_what_is_no_flow_file_gives_no_lines(data: bytes, code: str) -> None:
    source, (found,) = read(data, "a.flow")
    assert (source.lines, found.code) == ((), code)


def test_a_line_has_a_limit() -> None:
    assert codes(b"say: " + b"x" * (MAX_LINE - 5)) == []
    assert codes(b"say: " + b"x" * (MAX_LINE - 4)) == ["E104"]
