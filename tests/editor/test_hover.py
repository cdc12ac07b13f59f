"""What stands under the mouse says what a text costs, and which line gives a name."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types as lsp

from editor.hover import hover
from tests.editor.marked import marked, opened

FLOW = """\
flow cases: Cases
    languages: en, fr, am
    channels: sms

ask cases: How many?
    answer: whole number from 0 to 999
    fr: Combien de cas ?
    am: ስንት ናቸው?
    remind after 1 hour: We wait. {question}
say: You said {cases}.
    fr: Vous avez dit {cases} ê.
ask why: Why?
    1. lost: Lost
    2. used: Used
"""


def said(text: str) -> str | None:
    file, position = marked(text)
    found = hover(file, position)
    if found is None:
        return None
    assert isinstance(found.contents, lsp.MarkupContent)
    return found.contents.value


NO = "not translated"

COSTS = [
    ("say: You", {"en": "GSM-7, 13", "fr": "UCS-2, 20", "am": NO}),
    ("fr: Vous", {"en": "GSM-7, 13", "fr": "UCS-2, 20", "am": NO}),
    ("am: ስንት", {"en": "GSM-7, 9", "fr": "GSM-7, 16", "am": "UCS-2, 8"}),
    ("ask why", {"en": "GSM-7, 20", "fr": NO, "am": NO}),
]


def cost(language: str, wanted: str) -> str:
    return f"`{language}`: {wanted if wanted == NO else f'**1 SMS** ({wanted} letters at most)'}"


@pytest.mark.parametrize(("place", "wanted"), COSTS, ids=[row[0] for row in COSTS])
def test_a_text(place: str, wanted: dict[str, str]) -> None:
    rows = [cost(language, each) for language, each in wanted.items()]
    assert said(FLOW.replace(place, f"‸{place}", 1)) == "  \n".join(rows)


def test_plain_letters_are_measured_as_they_leave() -> None:
    text = FLOW.replace("    channels: sms\n", "    channels: sms\n    sms letters: plain\n")
    found = said(text.replace("fr: Vous", "‸fr: Vous"))
    assert found is not None
    assert "`fr`: **1 SMS** (GSM-7" in found


def test_a_name_shows_the_line_that_gives_it() -> None:
    found = said(FLOW.replace("{cases}.", "{c‸ases}."))
    assert found is not None
    assert found.startswith("```flow\nask cases: How many?\n```")


def test_a_measure_of_other_channels_can_be_given() -> None:
    file, position = marked(FLOW.replace("say: You", "‸say: You"))
    found = hover(file, position, measure=lambda text: ("ucs2", len(text)))
    assert found is not None
    assert isinstance(found.contents, lsp.MarkupContent)
    assert "**13 SMS** (UCS-2" in found.contents.value


def test_nothing_is_said_of_other_lines() -> None:
    assert said(FLOW.replace("channels:", "chan‸nels:")) is None


def test_a_text_of_an_included_file_costs_what_it_costs_in_the_flows(tmp_path: Path) -> None:
    (tmp_path / "part.flow").write_text("say: Hello {who}.\n", encoding="utf-8")
    file, position = marked("say: Hel‸lo {who}.\n", tmp_path / "part.flow")
    flow = "flow {0}: A flow\nask who: Who?\n    answer: text up to {1} letters\ninclude part.flow\n"
    sizes = {"one": 10, "two": 10, "far": 200}
    others = [opened(flow.format(name, size), tmp_path / f"{name}.flow") for name, size in sizes.items()]
    found = hover(file, position, others)
    assert found is not None
    assert isinstance(found.contents, lsp.MarkupContent)
    near, far = found.contents.value.split("\n\n")
    assert near.startswith("In one.flow, two.flow:  \n`en`: **1 SMS**")
    assert far.startswith("In far.flow:  \n`en`: **")
    assert "**1 SMS**" not in far
