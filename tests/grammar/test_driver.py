"""The loop reads what lark reads, and gives the same tree; what lark does not read, it does not either."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lark import Token, Tree
from lark.indenter import DedentError

from grammar import lalr
from grammar.loader import load_bytes

HOME = Path(__file__).parents[2]
FILES = sorted(
    [
        *(HOME / "flows").glob("*.flow"),
        *(HOME / "tests" / "language").glob("*.flow"),
        *(HOME / "grammar" / "diagnostics").glob("*.md"),
    ]
)
HEAD = "flow a: A\n    languages: en\n    channels: sms\n"


def by_lark(text: str, start: str) -> Tree[Token] | None:
    try:
        return lalr._parser().parse(text, start=start)
    except lalr.UnexpectedInput:
        return None


def laid_out(item: Tree[Token] | Token | None) -> object:
    """A tree, as what can be compared: each part with its place."""
    if isinstance(item, Tree):
        return item.data, standing(item.meta), [laid_out(child) for child in item.children]
    return item and (item, item.type, standing(item))


def standing(mark: object) -> list[object]:
    return [getattr(mark, name, None) for name in ("line", "column", "end_line", "end_column")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_reads_as_lark_does(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(text: str, start: str) -> Tree[Token] | None:
        read_here, there = lalr._driver().read(text, start), by_lark(text, start)
        assert laid_out(read_here) == laid_out(there), text
        chunks.append(text)
        return real(text, start)

    chunks: list[str] = []
    real = lalr._read
    monkeypatch.setattr(lalr, "_read", read)
    load_bytes(path.read_bytes(), str(path))
    assert chunks or path.suffix == ".md"  # some mistakes are found before a line is read


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ("nothing", ""),
        ("a sign that no line has", f"{HEAD}\x07\n"),
        ("a word in a wrong place", f"{HEAD}ask: 7\n"),
        ("an end before the end", f"{HEAD}if 1 is 1:\n"),
        ("a block that nothing opens", f"{HEAD}say: a\n    say: b\n"),
        ("a line without its end", f"{HEAD}say: a"),
        ("a line that is too long", f"{HEAD}if {' and '.join(['1 is 1'] * 100)}:\n    say: a\n"),
    ],
)
def test_what_is_wrong_is_left_to_lark(wrong: str, text: str) -> None:
    assert lalr._driver().read(text, "chunk") is None
    assert by_lark(text, "chunk") is None


LINES = sorted({line for path in FILES[-1:0:-9] for line in path.read_text(encoding="utf-8").splitlines()})


@given(st.lists(st.sampled_from(LINES), max_size=8), st.data())
def test_lines_in_any_order_and_cut_anywhere(lines: list[str], data: st.DataObject) -> None:
    text = "\n".join(lines) + "\n"
    cut = data.draw(st.integers(0, len(text)))
    for part in (text, text[:cut] + text[cut + 1 :], text[cut:]):
        try:
            there = by_lark(part, "chunk")
        except DedentError:
            there = None
        assert laid_out(lalr._driver().read(part, "chunk")) == laid_out(there)


def test_a_margin_that_fits_no_block_is_left_to_lark() -> None:
    assert lalr._driver().read(f"{HEAD}if 1 is 1:\n        say: a\n    say: b\n", "chunk") is None


def test_a_line_as_long_as_may_be_is_read() -> None:
    text = f"{HEAD}if {' and '.join(['1 is 1'] * 62)}:\n    say: a\n"
    assert lalr._driver().read(text, "chunk") is not None
