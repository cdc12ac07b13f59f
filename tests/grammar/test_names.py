"""What each name of a flow is, wherever it stands."""

from __future__ import annotations

import pytest

from grammar.names import Names, names_of
from grammar.parser import parse
from grammar.reader import read

FLOW = """
flow clinic: Clinic
    languages: en, fr
    inputs:
        boss: worker
table products:
    code | name | name:FR
    act  | ACT  | CTA
table parts:
    code
    box
section intake
say hello: Hi.
ask cases: How many?
    answer: whole number
set total to cases
set cases to 5
do ping as pong
for each product in products:
    ask on_hand: How many?
        answer: whole number
    for each part in parts:
        ask inner: Inner?
            answer: yes or no
stop as seen
test: No name of the flow
    start with x = 1
"""


@pytest.fixture(scope="module")
def names() -> Names:
    file, findings = parse(read(FLOW.encode(), "test.flow")[0])
    assert findings == []
    return names_of(file.flows[0], file.loose)


@pytest.mark.parametrize(
    ("name", "kind", "over"),
    [
        ("boss", "input", ()),
        ("products", "table", ()),
        ("intake", "section", ()),
        ("hello", "message", ()),
        ("cases", "question", ()),
        ("CASES", "question", ()),
        ("total", "variable", ()),
        ("pong", "result", ()),
        ("product", "word", ()),
        ("part", "word", ("products",)),
        ("on_hand", "question", ("products",)),
        ("inner", "question", ("products", "parts")),
    ],
)
def test_a_name(names: Names, name: str, kind: str, over: tuple[str, ...]) -> None:
    entry = names.find(name)
    assert entry is not None
    assert (entry.kind, entry.over) == (kind, over)


@pytest.mark.parametrize("word", ["x", "clinic", "worker", "seen", "fr", "act"])
def test_what_is_no_name(names: Names, word: str) -> None:
    assert names.find(word) is None


def test_correcting_an_answer_makes_no_variable(names: Names) -> None:
    assert [entry.name for entry in names.of("variable")] == ["total"]


def test_a_table(names: Names) -> None:
    table = names.tables["products"]
    assert (table.columns, table.keys) == (("code", "name", "name:fr"), ("act",))
    assert (table.column("NAME"), table.row("ACT"), table.row("ors")) == ("name", "act", None)


def test_languages_and_outcomes(names: Names) -> None:
    assert (names.languages, names.tag("FR"), names.tag("sw")) == (("en", "fr"), "fr", None)
    assert names.outcomes == ("seen",)
