"""`dundun demo`, seen by a real browser: somebody who knows nothing of it plays a survey to its end."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.servers import free_port, running

pytestmark = pytest.mark.real

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PATIENCE = 15_000


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the demo of a new machine listens, with flows that may be changed."""
    home, port = tmp_path_factory.mktemp("demo"), free_port()
    shutil.copytree(Path(__file__).parents[2] / "flows", home / "flows")
    with running("demo", "--port", str(port), "--flows", "flows", port=port, cwd=home):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def page(address: str) -> Iterator[Page]:
    """The address, opened; what the browser complains of fails the test, but for the 503 that a test asks for."""
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        page.goto(address)
        yield page
        browser.close()
    assert [each for each in complaints if "503" not in each] == []


def last(page: Page, text: str) -> None:
    """The last message on the phone's screen begins so."""
    expect(page.locator("#messages .bubble").last).to_contain_text(text)


def reply(page: Page, text: str) -> None:
    page.get_by_label("Your message").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def test_cholera_flash_is_played_to_its_end(page: Page) -> None:
    page.get_by_role("button", name="Moses Flomo").click()
    page.get_by_role("button", name="CHOLERA").click()
    last(page, "1. English")
    reply(page, "1")
    last(page, "Do you have ORS packets")
    page.locator("#keys").get_by_text("1", exact=True).click()
    page.locator("#keys [data-send]").click()
    last(page, "For how many days will your ORS last?")
    reply(page, "14")
    last(page, "How many cholera cases")
    reply(page, "7")
    last(page, "What is your biggest problem now?")
    reply(page, "The road is flooded.")
    last(page, "Thank you, Moses. Your answers were saved.")

    expect(page.locator("#conversations")).to_contain_text("ended: completed")
    rows = page.locator("#answers tbody tr")
    expect(rows).to_have_count(4)
    shown = {tuple(row.locator("td").all_inner_texts()[:3]) for row in rows.all()}
    assert shown == {
        ("has_ors", "Yes", "yes"),
        ("ors_days", "14", "14"),
        ("cases", "7", "7"),
        ("problem", "The road is flooded.", "The road is flooded."),
    }
    expect(page.get_by_role("button", name="Grace Kollie").locator(".new")).to_have_text("1")
    page.get_by_role("button", name="Grace Kollie").click()
    last(page, "CHOLERA ALERT: Moses Flomo at Gbarnga Clinic reports 7 cases")


def test_a_flow_that_is_broken_says_so_and_goes_on(page: Page, tmp_path_factory: pytest.TempPathFactory) -> None:
    flow = next(tmp_path_factory.getbasetemp().glob("demo*/flows/cholera_flash.flow"))
    sound = flow.read_text(encoding="utf-8")
    flow.write_text(sound.replace("if has_ors is yes:", "if has_ors is yes"), encoding="utf-8")
    expect(page.locator("#flows .problem")).to_contain_text('A colon ":" is missing')
    flow.write_text(sound, encoding="utf-8")
    expect(page.locator("#flows .problem")).to_have_count(0)


def test_a_server_that_is_away_is_told_and_what_was_written_is_not_lost(page: Page) -> None:
    page.get_by_role("button", name="Fatou Diallo").click()
    expect(page.locator("#bar-name")).to_have_text("Fatou Diallo")
    page.route("**/phone/messages", lambda route: route.fulfill(status=503, body="{}"))
    page.route("**/phone/state*", lambda route: route.fulfill(status=503, body="{}"))
    reply(page, "COLERA")
    expect(page.locator("#offline")).to_be_visible()
    expect(page.locator(".bubble.mine.failed")).to_contain_text("Not sent.")
    page.unroute("**/phone/messages")
    page.unroute("**/phone/state*")
    page.get_by_role("button", name="Send again").click()
    last(page, "Avez-vous des sachets de SRO")
    expect(page.locator("#offline")).to_be_hidden()
