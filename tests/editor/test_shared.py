"""A name in included lines: one new name in every flow that includes them, from whichever file it is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from editor.definition import definition
from editor.opened import Opened
from editor.renaming import edits, renamed
from editor.shared import Unnamed
from tests.editor.marked import applied, marked, opened

PART = """\
ask beds: 👍 How many beds in {ward}?
    answer: whole number from 0 to 9
ask state: How is {ward}?
    1. good: Good
    2. poor: Poor
if beds > 5 and state is good:
    say: {beds} beds.
"""
FLOW = """\
flow {0}: A flow
    channels: sms
    start on word {0}
ask ward: Which ward?
    answer: text up to 20 letters
include common/part.flow
say: {{beds}} in {{ward}}, {{if(state = good, "well", "not well")}}.

test: T
    start
    reply: A
    expect beds is empty
"""
ALONE = "flow alone: Alone\nask beds: Beds?\n    answer: number\nsay: {beds}\n"
"""What is called so in a flow that includes nothing is another thing."""


def folder(tmp_path: Path, **changed: str) -> dict[str, str]:
    """The files of a flows folder, by name; they stand on the disk, too."""
    texts = {"one": FLOW.format("one"), "two": FLOW.format("two"), "common/part": PART, "alone": ALONE}
    texts |= {name.replace("__", "/"): text for name, text in changed.items()}
    for name, text in texts.items():
        path = tmp_path / "flows" / f"{name}.flow"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return texts


def asked(tmp_path: Path, texts: dict[str, str], name: str, at: str, new: str) -> dict[str, str]:
    """The files that are changed when the name at ‸ in `at` of this file becomes `new`."""
    root = tmp_path / "flows"
    before = texts[name].replace(at.replace("‸", ""), at, 1)
    file, position = marked(before, root / f"{name}.flow")
    others = [opened(text, root / f"{other}.flow") for other, text in texts.items() if other != name]
    uses = renamed(file, position, new, others)
    return {
        str(Path(each.name).relative_to(root).with_suffix("")): applied(each, edits(each, uses[each.name], new))
        for each in (file, *others)
        if each.name in uses
    }


@pytest.mark.parametrize(
    ("name", "at"),
    [("one", "{‸beds}"), ("two", "expect b‸eds"), ("common/part", "ask be‸ds"), ("common/part", "{be‸ds}")],
)
def test_a_name_that_a_part_gives(tmp_path: Path, name: str, at: str) -> None:
    texts = folder(tmp_path)
    wanted = {each: texts[each].replace("beds is", "cots is").replace("{beds}", "{cots}") for each in ("one", "two")}
    part = PART.replace("ask beds", "ask cots").replace("if beds", "if cots").replace("{beds}", "{cots}")
    assert asked(tmp_path, texts, name, at, "cots") == {**wanted, "common/part": part}


@pytest.mark.parametrize(("name", "at"), [("one", "ask w‸ard"), ("common/part", "{w‸ard}")])
def test_a_name_that_each_flow_gives_and_a_part_uses(tmp_path: Path, name: str, at: str) -> None:
    texts = folder(tmp_path)
    after = asked(tmp_path, texts, name, at, "room")
    swap = {each: text.replace("ask ward", "ask room").replace("{ward}", "{room}") for each, text in texts.items()}
    assert after == {each: swap[each] for each in ("one", "two", "common/part")}


def test_a_code_of_a_question_in_a_part(tmp_path: Path) -> None:
    texts = folder(tmp_path)
    after = asked(tmp_path, texts, "common/part", "1. go‸od", "fine")
    assert after["common/part"] == PART.replace("good: Good", "fine: Good").replace("is good", "is fine")
    assert after["two"] == texts["two"].replace("= good", "= fine")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"two": FLOW.format("two") + "    epxect: x\n"}, "Mend the marked lines of .*two.flow first"),
        ({"two": FLOW.format("two").replace("say:", "say cots:")}, "cots"),
        ({"common__part": PART.replace("say: {beds}", "sya: {beds}")}, "Mend the marked lines of .*part.flow first"),
    ],
)
def test_nowhere_where_one_of_the_files_stands_against_it(tmp_path: Path, changed: dict[str, str], said: str) -> None:
    texts = folder(tmp_path, **changed)
    with pytest.raises(Unnamed, match=said):
        asked(tmp_path, texts, "one", "{‸beds}", "cots")


def test_a_part_that_is_not_read_with_the_folder_is_changed_by_hand(tmp_path: Path) -> None:
    texts = folder(tmp_path)
    del texts["common/part"]
    with pytest.raises(Unnamed, match=r"stands in part\.flow, which is not read with the files of this folder"):
        asked(tmp_path, texts, "one", "{‸beds}", "cots")


def test_from_a_name_in_a_part_to_the_flow_that_gives_it(tmp_path: Path) -> None:
    texts = folder(tmp_path)
    root = tmp_path / "flows"
    file, position = marked(PART.replace("{ward}", "{w‸ard}", 1), root / "common/part.flow")
    others: list[Opened] = [opened(texts[name], root / f"{name}.flow") for name in ("alone", "one", "two")]
    place = definition(file, position, others)
    assert place is not None
    assert (Path(place.file).name, place.span.line) == ("one.flow", 4)
