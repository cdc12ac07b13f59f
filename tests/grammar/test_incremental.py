"""Whatever is edited, and in whatever order: the file is as if all of it were read anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grammar import parser, parts, reader
from grammar.diagnostics import in_order
from grammar.incremental import Document

ROOT = Path(__file__).parents[2]
TEXTS = [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("flows/*.flow"))]
TEXTS += [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("tests/grammar/samples/*.flow"))]
LINES = sorted({line for text in TEXTS for line in text.split("\n")})
ODD = [
    "",
    "   ",
    "# a comment",
    "    # a comment further in",
    "otherwise:",
    "otherwise if x is 1:",
    "if x is 1:",
    "    stop",
    "  stop",
    "\tfr: Bonjour",
    "table t:",
    "    #1 | 2",
    "    languages: en, sw",
    "    languages: fr",
    "say: one\u2028say: two",
    "say: one\v    fr: un",
    "\u2028say: behind a break",
    "\ufeffsay: marked",
    "say: “quoted” 👍 ሰላም",
    "sya: Hello",
    "    swa: Habari",
    "say: lost \ufffd letters",
    "go too far",
]

edits = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True),
        st.integers(0, 3),
        st.lists(st.one_of(st.sampled_from(ODD), st.sampled_from(LINES)), max_size=3),
    ),
    min_size=1,
    max_size=4,
)


def agrees(document: Document, text: str) -> None:
    source, found = reader.read(text.encode(), document.name)
    file, misread = parser.parse(source)
    read = document.read()
    assert read.file == file
    assert read.findings == (*found, *misread)
    assert read.lines == source.shown
    assert document.findings() == in_order([*found, *misread])


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(TEXTS), edits)
def test_edits_give_what_a_new_reading_gives(text: str, edits: list[tuple[float, int, list[str]]]) -> None:
    document = Document("edited.flow")
    document.write(text)
    agrees(document, text)
    rows = text.split("\n")
    for where, gone, put in edits:
        at = int(where * (len(rows) + 1))
        rows[at : at + gone] = put
        document.write("\n".join(rows))
        agrees(document, "\n".join(rows))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("say: a\n", ""),
        ("", "say: a\n    fr: b\n"),
        ("if x is 1:\n    stop\n\nsay: a\n", "if x is 1:\n    stop\notherwise:\n    stop\n\nsay: a\n"),
        ("say: a\n    fr: b\notherwise:\n    stop\n", "if x is 1:\n    fr: b\notherwise:\n    stop\n"),
        ("    say: far in\nsay: b\n", "\n    say: far in\nsay: b\n"),
        ("say: a\r\n    fr: b\r\nsay: c\r\n", "say: a\r\n    fr: x\r\nsay: c\r\n"),
        ("flow a\nlanguages: en\nask q: Q?\nanswer: yes or no\nfr: Q\n", "flow a\nlanguages: en\nask q: Q?\n"),
        ("say: a\n    fr: b\n", "PK\x03\x04"),
        ("say: a\n    fr: b\n", "say: a\0\n    fr: b\n"),
        ("say: a\n    fr: b\n", "\ufeffsay: a\n    fr: b\n"),
        ("go too far\n    fr: b\n" * 99, "go too far\n    fr: b\n" * 103 + "say: the end\n"),
    ],
)
def test_an_edit(before: str, after: str) -> None:
    document = Document("edited.flow")
    for text in (before, after, before):
        document.write(text)
        agrees(document, text)


def test_half_a_sign_is_read_as_a_lost_one() -> None:
    document = Document("edited.flow")
    document.write("say: \ud83d\n    fr: b\n")
    assert document.read().lines == ("say: ?", "    fr: b", "")


def test_only_the_changed_chunk_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    text = TEXTS[0]
    document = Document("edited.flow")
    document.write(text)
    heads = []
    read_chunk = parts.read_chunk
    monkeypatch.setattr(
        parts, "read_chunk", lambda chunk, *rest: heads.append(chunk[0].text) or read_chunk(chunk, *rest)
    )
    document.write(text.replace("\nsay: ", "\nsay: New. ", 1))
    assert len(heads) == 1
    assert heads[0].startswith("say: New. ")
