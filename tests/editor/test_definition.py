"""From a use to the line that gives the name."""

from __future__ import annotations

from pathlib import Path

import pytest

from editor.definition import definition
from tests.editor.marked import marked, opened

FLOW = """\
flow stock: Stock
    languages: en, fr
    channels: sms
    inputs:
        batch: text
    short form: each product, on_hand
    sensitive: why

table products:
    code | name
    act  | ACT
    ors  | ORS

for each product in products:
    ask on_hand: How many {product.name}?
        answer: whole number from 0 to 9
        confirm if on_hand > 5: {on_hand}, really?
section end
ask why: Why, of {batch}?
    1. lost: Lost
    2. used: Used -> end
set total to 5
if why is lost:
    say: {each products: name on_hand} {total}
    go to end
run other with depth = total as result
say: {result.depth} {if(total > 1, "a", "b")}
"""

USES = [
    ("short form: each product, on_hand", "on_hand", "ask on_hand"),
    ("sensitive: why", "why", "ask why"),
    ("for each product in products", "products", "table products"),
    ("{product.name}?", "product", "for each product"),
    ("confirm if on_hand", "on_hand", "ask on_hand"),
    ("5: {on_hand}", "on_hand", "ask on_hand"),
    ("of {batch}", "batch", "batch: text"),
    ("Used -> end", "end", "section end"),
    ("if why is lost", "why", "ask why"),
    ("if why is lost", "lost", "1. lost"),
    ("{each products", "products", "table products"),
    ("{total}\n", "total", "set total"),
    ("go to end", "end", "section end"),
    ("depth = total", "total", "set total"),
    ("{result.depth}", "result", "run other"),
    ("if(total", "total", "set total"),
]


def at(text: str, phrase: str, word: str) -> str:
    place = text.index(phrase) + phrase.index(word)
    return f"{text[: place + 1]}‸{text[place + 1 :]}"


@pytest.mark.parametrize(("phrase", "word", "given"), USES)
def test_a_name(phrase: str, word: str, given: str) -> None:
    file, position = marked(at(FLOW, phrase, word))
    place = definition(file, position, ())
    assert place is not None
    assert file.read.lines[place.span.line - 1].strip().startswith(given)
    assert file.places.text(place.span) == word


@pytest.mark.parametrize(
    ("phrase", "word"), [("How many", "many"), ("worker.name", "worker"), ("{product.name}", "name")]
)
def test_what_is_no_name(phrase: str, word: str) -> None:
    file, position = marked(at(FLOW + "say: {worker.name}\n", phrase, word))
    assert definition(file, position, ()) is None


def test_another_flow_and_its_names(tmp_path: Path) -> None:
    other = tmp_path / "other.flow"
    other.write_text("flow other: O\n    inputs:\n        depth: text\nsay: Hi\n", encoding="utf-8")
    beside = opened(other.read_text(encoding="utf-8"), other)
    for phrase, word, line in (("run other", "other", 1), ("with depth", "depth", 3)):
        file, position = marked(at(FLOW, phrase, word), tmp_path / "stock.flow")
        place = definition(file, position, [beside])
        assert place is not None
        assert (place.file, place.span.line) == (str(other), line)


def test_included_files_and_what_stands_in_them(tmp_path: Path) -> None:
    part = tmp_path / "part.flow"
    part.write_text("section end\nsay: Bye\n", encoding="utf-8")
    text = "flow a: A\ninclude part.flow\ngo to end\n"
    for phrase, word, line in (("include part.flow", "part", 1), ("go to end", "end", 1)):
        file, position = marked(at(text, phrase, word), tmp_path / "a.flow")
        place = definition(file, position, ())
        assert place is not None
        assert (place.file, place.span.line) == (str(part), line)
