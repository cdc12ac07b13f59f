"""`sms letters: plain`: what leaves has plain letters and costs as much, and what is shown keeps the spelling."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.limits import DAY, MINUTE
from grammar.gsm7 import measure, plain
from tests.engine.motion import FATOU, MOSES, MakeLibrary, World, world

WRITTEN = "Êtes-vous prêt à répondre ? " + "Ça va être très long. " * 3
SENT = "Etes-vous pret à répondre ? " + "Ça va etre très long. " * 3


def flow(header: str, told: str = "supervisor") -> str:
    return f"""
    flow ask: Ask
        languages: fr
        channels: sms
        start on word ASK
        {header}
    tell {told}: {WRITTEN}
    say: {WRITTEN}
    """


def sent(at: World, number: str) -> list[tuple[str, str, int]]:
    return [(said.text, said.encoding, said.parts) for said in at.gateway.messages if said.recipient == number]


@pytest.mark.parametrize(
    ("header", "leaves"),
    [("sms letters: plain", (SENT.strip(), "gsm7", 1)), ("", (WRITTEN.strip(), "ucs2", 2))],
    ids=["plain", "as written"],
)
async def test_what_leaves_and_what_is_shown(
    tmp_path: Path, library: MakeLibrary, header: str, leaves: tuple[str, str, int]
) -> None:
    async with world(tmp_path, library(flow(header)), measure=measure, plain=plain) as at:
        await at.says("ASK")
        await at.becomes("SELECT count(*) FROM outbox WHERE status = 'sent'", [(2,)])
        assert (sent(at, MOSES), sent(at, FATOU)) == ([leaves], [leaves])
        assert await at.heard() == [WRITTEN.strip()]


async def test_lines_that_are_gathered(tmp_path: Path, library: MakeLibrary) -> None:
    gathers = flow("sms letters: plain", "supervisor every Friday at 16:00")
    async with world(tmp_path, library(gathers), measure=measure, plain=plain) as at:
        for _ in range(2):
            at.clock.move(MINUTE)
            await at.says("ASK")
        await at.becomes("SELECT parts FROM outbox WHERE session_id IS NULL", [(2,)])
        at.clock.move(5 * DAY)
        at.runtime._owners["sms"].wake()
        await at.becomes("SELECT count(*) FROM outbox WHERE status = 'queued'", [(0,)])
        assert sent(at, FATOU) == [(f"{SENT.strip()}\n{SENT.strip()}", "gsm7", 2)]


def test_the_texts_of_this_page_are_what_they_seem() -> None:
    assert (measure(WRITTEN)[0], measure(SENT)[0], plain(WRITTEN)) == ("ucs2", "gsm7", SENT)
