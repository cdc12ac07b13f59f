"""A new name stands in every place where the old one stood, in texts too; or the author reads why it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from editor.renaming import edits, renamed
from editor.shared import Unnamed
from tests.editor.marked import applied, marked, opened

ROOT = Path(__file__).parents[2]

FLOW = """\
flow cases: Cases 👍
    languages: en, fr
    channels: sms
    start on word CASES

ask tot‸al: 👍 How many?
    answer: whole number from 0 to 9
    fr: Combien ?
if total > 5:
    say: 👍🏾 ሰላም {total} é {if(total > 7, "total", total)}
        fr: 👍 {TOTAL}
say: The total is {total}.
    fr: Le total : {total}.

test: One
    start
    reply: 6
    expect: The total is 6.
    expect total = 6
"""


def test_every_use_and_no_other_word() -> None:
    file, position = marked(FLOW)
    new = applied(file, edits(file, renamed(file, position, "sum_of", ())[file.name], "sum_of"))
    wanted = FLOW.replace("‸", "").replace("ask total", "ask sum_of").replace("{total}", "{sum_of}")
    wanted = (
        wanted.replace("{TOTAL}", "{sum_of}")
        .replace("if total", "if sum_of")
        .replace("expect total =", "expect sum_of =")
    )
    assert new == wanted.replace('{if(total > 7, "total", total)}', '{if(sum_of > 7, "total", sum_of)}')


@pytest.mark.parametrize(
    ("before", "after", "new", "said"),
    [
        ("", "", "a name", "`a name` is no name"),
        ("", "", "worker", "worker"),
        ("say: The", "say tally: The", "tally", "tally"),
        ("say: The", "sya: The", "tally", "Mend the marked lines first"),
        ("tot‸al: 👍", "total: 👍 ‸", "tally", "Here is no name"),
        ("    answer: whole number from 0 to 9\n", "    1. a‸b: Ab\n    2. cd: Cd\n", "cd", "cd"),
        ("    answer: whole number from 0 to 9\n", "    1. a‸b: Ab\n    2. cd: Cd\n", "empty", "empty"),
    ],
)
def test_refused_with_a_sentence(before: str, after: str, new: str, said: str) -> None:
    text = FLOW.replace(before, after, 1) if before else FLOW
    text = text if text.count("‸") == 1 else text.replace("tot‸al", "total")
    file, position = marked(text)
    with pytest.raises(Unnamed, match=said):
        renamed(file, position, new, ())


OTHER = """\
flow count: Count
    inputs:
        ward: text
ask beds: How many beds in {ward}?
    answer: whole number from 0 to 9
"""

RUNNING = """\
flow visit: Visit
    channels: sms
    start on word VISIT
run count with ward = "A" as first
say: {first.beds} beds.
run count with ward = "B"
say: {count.beds} beds.

test: T
    start count with ward = "C"
"""


@pytest.mark.parametrize(("old", "count"), [("ward", 5), ("beds", 3), ("count", 5)])
def test_names_that_other_flows_use(tmp_path: Path, old: str, count: int) -> None:
    files = [opened(RUNNING, tmp_path / "visit.flow")]
    text = OTHER.replace("flow count", "flow ‸count") if old == "count" else OTHER.replace(f"{old}:", f"‸{old}:", 1)
    file, position = marked(text, tmp_path / "count.flow")
    uses = renamed(file, position, "other_name", files)
    assert sum(len(found) for found in uses.values()) == count
    assert set(uses) == {file.name, files[0].name}


@pytest.mark.parametrize("path", sorted(ROOT.glob("flows/*.flow")), ids=lambda path: path.name)
def test_every_name_of_the_example_flows(path: Path) -> None:
    """Renamed there and back, the file is as it was."""
    file = opened(path.read_text(encoding="utf-8"), path)
    given = {use.thing: use for use in file.uses if use.given and use.thing.kind in ("name", "flow")}
    for use in given.values():
        start = file.places.range(use.span).start
        new = applied(file, edits(file, renamed(file, start, "zz_other", ())[file.name], "zz_other"))
        changed = opened(new, path)
        old = file.places.text(use.span)
        back = edits(changed, renamed(changed, start, old, ())[changed.name], old)
        assert applied(changed, back) == file.text


@pytest.mark.parametrize("path", sorted(ROOT.glob("tests/language/*.flow")), ids=lambda path: path.stem)
def test_every_name_of_flows_that_use_all_of_the_language(path: Path) -> None:
    """Nothing is overlooked: what comes out is looked at, and would be refused."""
    file = opened(path.read_text(encoding="utf-8"), path)
    for use in file.uses:
        if use.given and use.thing.kind in ("name", "flow") and not use.span.file:
            assert file.name in renamed(file, file.places.range(use.span).start, "zz_other", ())


CODES = """\
flow level: Level
    inputs:
        result: one of
            1. hi‸gh: High
            2. low: Low
ask state: How is it?
    1. high: High
    2. low: Low
set kept to result
if result is high or result is "HIGH" or result is one of low, high:
    say: {if(result = "high", "High", "high")}
if kept is high:
    say: high
if state is high:
    say: {countif(state, high)} high

test: T
    start with result = high
    expect result = high
"""

CALLING = """\
flow visit: Visit
    channels: sms
    start on word VISIT
run level with result = high as first
if first.state is high:
    say: Bad.
start flow level for supervisor with result = "high"

test: T
    start level with result = high
"""


def test_a_code_is_another_wherever_it_answers_its_own_input(tmp_path: Path) -> None:
    other = opened(CALLING, tmp_path / "visit.flow")
    file, position = marked(CODES, tmp_path / "level.flow")
    uses = renamed(file, position, "raised", [other])
    wanted = file.text.replace("1. high: High\n            2.", "1. raised: High\n            2.")
    for old in ("result is high", 'result = "high"', "low, high", "kept is high", "result = high"):
        wanted = wanted.replace(old, old.replace("high", "raised"))
    assert applied(file, edits(file, uses[file.name], "raised")) == wanted.replace("HIGH", "raised")
    assert applied(other, edits(other, uses[other.name], "raised")) == CALLING.replace(
        "result = high", "result = raised"
    ).replace('"high"', '"raised"')


def test_a_code_of_a_question_is_another_in_flows_that_run_it(tmp_path: Path) -> None:
    other = opened(CALLING, tmp_path / "visit.flow")
    file, position = marked(
        CODES.replace("‸", "").replace("it?\n    1. high", "it?\n    1. ‸high"), tmp_path / "level.flow"
    )
    uses = renamed(file, position, "raised", [other])
    new = applied(file, edits(file, uses[file.name], "raised"))
    assert [row for row in new.split("\n") if "raised" in row] == [
        "    1. raised: High",
        "if state is raised:",
        "    say: {countif(state, raised)} high",
    ]
    assert "if first.state is raised:" in applied(other, edits(other, uses[other.name], "raised"))


def test_a_label_that_is_the_code_stays_as_workers_read_it() -> None:
    file, position = marked("flow a: A\nask q: Q?\n    1. Yes\n    2. No\nif q is y‸es:\n    say: Yes\n")
    new = applied(file, edits(file, renamed(file, position, "agreed", ())[file.name], "agreed"))
    assert new == "flow a: A\nask q: Q?\n    1. agreed: Yes\n    2. No\nif q is agreed:\n    say: Yes\n"
