"""What is offered is what the language lets stand at that place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from editor.completion import completions
from tests.editor.marked import marked, opened

HEAD = """\
flow stock: Stock
    languages: en, fr
    channels: sms
    inputs:
        boss: worker
        kind: one of
            1. full: Full
            2. short: Short

table products:
    code | name | name:fr
    act  | ACT  | CTA

section begin
ask why: Why?
    1. lost: Lost
    2. used: Used
quiz wash: When?
    1. before: Before
    2. after: After
"""

PLACES = [
    ("‸", {"ask", "say", "if", "section", "test"}, {"answer", "languages"}),
    ("ask q: Q?\n    ‸", {"answer", "remind", "hint", "optional"}, {"ask q", "section", "languages"}),
    ("ask q: Q?\n    an‸", {"answer"}, {"say"}),
    ("ask q: Q?\n    answer: ‸", {"whole", "yes", "date", "one"}, {"answer", "say"}),
    ("ask q: Q?\n    answer: yes or no\n    remind after 4 ‸", {"hours", "days"}, {"answer"}),
    ("if why is lost:\n    stop\n‸", {"otherwise", "otherwise if", "say"}, {"answer"}),
    ("test: T\n    ‸", {"reply", "expect", "start"}, {"say", "ask"}),
    ("if why is ‸", {"lost", "used", "empty"}, {"why", "say"}),
    ("if why is not lo‸", {"lost", "used"}, {"say"}),
    ("if kind is one of full, ‸", {"full", "short"}, {"lost"}),
    ("if ‸", {"why", "kind", "worker", "count", "not"}, {"lost", "say"}),
    ("say: {‸", {"why", "boss", "worker", "facility", "today"}, {"say", "lost"}),
    ("say: Hello {worker.‸}", {"first_name", "phone"}, {"why", "dhis2_id"}),
    ("say: Hello {facility.na‸", {"name", "dhis2_id"}, {"first_name"}),
    ("say: Hello {boss.‸", {"first_name"}, {"dhis2_id"}),
    ("for each product in ‸", {"products", "kind"}, {"begin"}),
    ("for each product in products:\n    say: {product.‸", {"code", "name"}, {"name:fr", "why"}),
    ("go to ‸", {"begin", "why"}, {"kind", "products"}),
    ("wait 4 ‸", {"hours", "days"}, {"say"}),
    ("quiz soap: Soap?\n    1. yes_it: Yes\n    2. not_it: No\n    correct: ‸", {"yes_it", "not_it"}, {"before"}),
    ("say: plain words ‸", set(), {"say", "why"}),
    ("flow next\n    languages: ‸", {"en", "sw", "am"}, {"why"}),
    ("flow next\n    ‸", {"languages", "inputs", "channels"}, {"say", "answer"}),
    ("flow next\n    channels: ‸", {"sms", "ivr"}, {"why", "say"}),
    ("tell ‸", {"supervisor", "group", "urgent", "workers"}, {"why", "say"}),
    ("tell urgent su‸", {"supervisor"}, {"say"}),
    ("# sa‸", set(), {"say", "why"}),
    ("go too far\n    say: x\nstop ‸", {"as"}, {"say"}),
]


@pytest.mark.parametrize(("lines", "offered", "never"), PLACES, ids=[row[0].replace("\n", "/") for row in PLACES])
def test_a_place(lines: str, offered: set[str], never: set[str]) -> None:
    file, position = marked(HEAD + lines)
    labels = {item.label for item in completions(file, position)}
    assert offered <= labels
    assert not never & labels


def test_flows_and_groups_of_the_folder(tmp_path: Path) -> None:
    other = tmp_path / "other.flow"
    beside = opened("flow other: O\n    start every Monday for group nurses\nsay: Hi\n", other)
    for line, label in (("run ‸", "other"), ("start flow ‸", "other"), ("add worker to group ‸", "nurses")):
        file, position = marked(HEAD + line, tmp_path / "stock.flow")
        assert label in {item.label for item in completions(file, position, [beside])}


def test_files_that_can_be_included(tmp_path: Path) -> None:
    root = tmp_path / "flows"
    part = opened("ask consent: May we?\n", root / "common/consent.flow")
    other = opened("flow other: O\n", root / "other.flow")
    file, at = marked("flow a: A\ninclude ‸\n", root / "a.flow")
    assert [item.label for item in completions(file, at, [part, other])] == ["common/consent.flow"]


def test_words_of_a_line_that_lacks_a_line_above_it() -> None:
    file, position = marked("ask q: Q?\n    sya: wrong\n    ‸")
    assert "answer" in {item.label for item in completions(file, position)}


FLOWS = sorted((Path(__file__).parents[2] / "flows").glob("*.flow"))
FIRST = re.compile(r"\s*([a-z]\w*)(?: |:)")


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.name)
def test_the_first_word_of_every_line_is_offered_behind_its_first_letter(path: Path) -> None:
    rows = path.read_text(encoding="utf-8").split("\n")
    own = {use.thing.key for use in opened("\n".join(rows)).uses if use.given}
    for at, row in enumerate(rows):
        word = FIRST.match(row)
        if word is None or "|" in row or word[1] in own - {"fr", "am"}:
            continue
        cut = [*rows[:at], f"{row[: word.start(1) + 1]}‸", *rows[at + 1 :]]
        file, position = marked("\n".join(cut))
        assert word[1] in {item.label.split()[0] for item in completions(file, position)}, row
