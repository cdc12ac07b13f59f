"""Pictures of flows, measured by a real browser: every row of text lies within its box, and no two rows touch."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from grammar.loader import load_folder
from study.graph.picture import picture
from study.graph.svg import svg
from study.written import Written

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[2]
ALL = load_folder([ROOT / "flows", ROOT / "tests/language"])
FLAGS = ["--no-sandbox", "--disable-gpu"]

OUTSIDE = """() => [...document.querySelectorAll('svg g > g')].flatMap(group => {
    const box = group.querySelector('rect, path').getBoundingClientRect();
    return [...group.querySelectorAll(':scope > text')].filter(text => {
        const own = text.getBoundingClientRect();
        return own.left < box.left || own.right > box.right || own.top < box.top || own.bottom > box.bottom;
    }).map(text => text.textContent);
})"""
TOUCHING = """() => {
    const all = [...document.querySelectorAll('svg text')].map(text => [text, text.getBoundingClientRect()]);
    return all.flatMap(([one, a], index) => all.slice(index + 1).filter(([other, b]) =>
        a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 4 && b.top < a.bottom - 4
    ).map(([other]) => `${one.textContent} / ${other.textContent}`));
}"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser.new_page()
        browser.close()


@pytest.mark.parametrize(
    ("flow", "language"),
    [(program.flow, language) for program in ALL.programs for language in program.languages],
)
def test_every_row_lies_within_its_box_and_touches_no_other(page: Page, flow: str, language: str) -> None:
    program = next(program for program in ALL.programs if program.flow == flow)
    page.set_content(svg(picture(program, Written(ALL.lines), language)))
    assert page.locator("svg text").count() > 0
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(TOUCHING) == []
