"""Flows as Mermaid, drawn by Mermaid itself in a real browser: every box and every arrow is there, with its words."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from grammar.loader import load_folder, load_text
from grammar.program import Program
from study.graph.mermaid import mermaid
from study.graph.picture import picture
from study.written import Written

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).with_name("mermaid")
ALL = load_folder([ROOT / "flows", ROOT / "tests/language"])
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

DRAW = """async text => {
    const { svg } = await mermaid.render('drawn', text);
    document.body.innerHTML = svg;
    const words = element => element.textContent.replace(/\\s+/g, ' ').trim();
    const boxes = [...document.querySelectorAll('g.node')];
    return {
        boxes: boxes.map(words),
        arrows: document.querySelectorAll('.edgePaths path').length,
        labels: [...document.querySelectorAll('.edgeLabels g.edgeLabel')].map(words).filter(Boolean),
        cut: boxes.filter(box => {
            const shape = box.querySelector('rect, path, polygon').getBoundingClientRect();
            const text = box.querySelector('foreignObject > *').getBoundingClientRect();
            return text.left < shape.left - 1 || text.right > shape.right + 1
                || text.top < shape.top - 1 || text.bottom > shape.bottom + 1;
        }).map(words),
    };
}"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A page with Mermaid in it, from npm; it stays in the virtual environment."""
    folder = ROOT / ".venv" / "mermaid"
    folder.mkdir(exist_ok=True)
    shutil.copy(HERE / "package.json", folder)
    script = folder / "node_modules/mermaid/dist/mermaid.min.js"
    if not script.is_file():
        command = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"MERMAID IS NOT TESTED: npm cannot fetch it. {done.stderr.strip()[-300:]}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        shown = browser.new_page()
        shown.set_content("<body></body>")
        shown.add_script_tag(path=script)
        shown.evaluate("mermaid.initialize({ startOnLoad: false })")
        yield shown
        browser.close()


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("each", ALL.programs, ids=lambda each: each.flow)
def test_every_flow_is_drawn_whole(page: Page, each: Program) -> None:
    for language in each.languages:
        made = picture(each, Written(ALL.lines), language)
        drawn = page.evaluate(DRAW, mermaid(made))
        assert len(drawn["boxes"]) == len(made.boxes)
        assert drawn["arrows"] == len(made.arrows)
        assert drawn["cut"] == []
        found = sorted(map(squeezed, drawn["labels"]))
        assert found == sorted(squeezed(arrow.label) for arrow in made.arrows if arrow.label)
        boxes = set(map(squeezed, drawn["boxes"]))
        for box in made.boxes.values():
            parts = [box.head if box.kind not in ("end", "entry") else "", box.text, *box.notes]
            assert squeezed("".join(parts)) in boxes


SIGNS = 'say: A "quoted" [text] | (or) <b>bold</b> <script>x</script> #1; #quot; &amp; `code` {{set}} %% --> end\n'


def test_no_sign_of_a_text_means_anything_to_mermaid(page: Page) -> None:
    loaded = load_text(f"flow shown: Shown\n{SIGNS}", "shown.flow")
    assert loaded.compiled is not None
    drawn = page.evaluate(DRAW, mermaid(picture(loaded.compiled.programs[0], Written({}))))
    wanted = SIGNS.removeprefix("say:").replace("{{", "{").replace("}}", "}")
    assert f"Message{squeezed(wanted)}" in map(squeezed, drawn["boxes"])
