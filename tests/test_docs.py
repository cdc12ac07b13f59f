"""Every flow that the documentation shows works as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.library import Library
from engine.phrases import load as load_phrases
from engine.rehearsal import play
from grammar.loader import load_text

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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
