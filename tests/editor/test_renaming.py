"""A new name stands in every place where the old one stood, in texts too; or the author reads why it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from editor.renaming import Unnamed, edits, renamed
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
        ("    answer: whole number from 0 to 9\n", "    1. a‸b: Ab\n    2. cd: Cd\n", "ef", "A choice keeps its code"),
    ],
)
def test_refused_with_a_sentence(before: str, after: str, new: str, said: str) -> None:
    text = FLOW.replace(before, after, 1) if before else FLOW
    text = text if text.count("‸") == 1 else text.replace("tot‸al", "total")
    file, position = marked(text)
    with pytest.raises(Unnamed, match=said):
        renamed(file, position, new, ())


def test_an_included_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "part.flow").write_text("section end\nsay: Bye\n", encoding="utf-8")
    file, position = marked("flow a: A\ninclude part.flow\ngo to e‸nd\n", tmp_path / "a.flow")
    with pytest.raises(Unnamed, match=r"part\.flow, which other flows may include"):
        renamed(file, position, "finish", ())


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
