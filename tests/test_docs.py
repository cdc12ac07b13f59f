"""Every flow that the documentation shows works as it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from cli import app
from engine.inputs import accept
from engine.library import Library
from engine.phrases import load as load_phrases
from engine.rehearsal import play
from grammar import nodes as n
from grammar.loader import load, load_text
from grammar.parser import parse
from grammar.reader import read
from grammar.walk import walk

ROOT = Path(__file__).parent.parent
FENCE = re.compile(r"^```flow\n(.*?)^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def shown() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for number, match in enumerate(FENCE.finditer(page.read_text(encoding="utf-8")), start=1):
            yield f"{page.name} {number}", match[1]


SHOWN = list(shown())


def test_there_is_something_to_test() -> None:
    assert len(SHOWN) >= 5


@pytest.mark.parametrize("text", [text for _, text in SHOWN], ids=[name for name, _ in SHOWN])
def test_a_flow_that_is_shown_has_no_mistake_and_passes_its_tests(text: str) -> None:
    loaded = load_text(text, "shown.flow")
    assert loaded.compiled is not None, loaded.findings
    library = Library(load_phrases())
    for program in loaded.compiled.programs:
        library.publish(program)
    for rehearsal in loaded.compiled.rehearsals:
        played = play(rehearsal, library, loaded.compiled.people)
        assert played.passed, (rehearsal.title, played.wanted, played.log)


def test_every_kind_of_line_stands_in_a_flow_that_is_shown() -> None:
    kinds = {kind.__name__ for kind in vars(n).values() if isinstance(kind, type) and issubclass(kind, n.Node)}
    trees = [parse(read(text.encode(), "shown.flow")[0])[0] for _, text in SHOWN]
    shown = {type(visit.node).__name__ for tree in trees for visit in walk(tree)}
    assert kinds - shown == {"Node", "Include", "TableFile"}  # the last two name another file


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_the_event_that_is_shown_fits_the_example_flow() -> None:
    page = (ROOT / "docs/running-a-server.md").read_text(encoding="utf-8")
    shown = re.search(r'^\{"id".*?\}\}$', page, re.DOTALL | re.MULTILINE)
    assert shown is not None
    loaded = load(ROOT / "flows/lab_result.flow")
    assert loaded.compiled is not None
    program = loaded.compiled.programs[0]
    assert (
        accept(program, json.loads(shown[0])["inputs"], date(2026, 11, 22), load_phrases()).keys()
        == program.inputs.keys()
    )


def test_the_readme_names_every_command() -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `dundun [^|]*", page, re.MULTILINE)
    words = {word for row in named for cell in re.findall(r"`([^`]*)`", row) for word in cell.split()}
    known = {name for name in app if not name.startswith("-")}
    assert len(known) > 20
    assert known <= words
    assert {re.match(r"\| `dundun (\w+)", row)[1] for row in named} <= known  # type: ignore[index]


def test_the_flow_of_the_readme_has_no_finding_at_all() -> None:
    [text] = FENCE.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert list(load_text(text, "shown.flow").findings) == []
