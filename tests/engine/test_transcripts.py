"""What was said on a line, as the worker would read it."""

from __future__ import annotations

from pathlib import Path

from engine.transcripts import ENGINE, WORKER, Said, transcript
from tests.engine.motion import FATOU, MONDAY, NOBODY, MakeLibrary, world

SECRET = """
    flow result: Result
        languages: en
        channels: sms
        start on word RESULT
    verify pin: Your PIN?
        answer: 4 digits
        secret
    say: It is negative.
"""


async def test_both_sides_in_order_and_no_pin(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(SECRET)) as at:
        for said in ("RESULT", "4321"):
            await at.says(said)
            at.clock.move(60_000)
        await at.becomes("SELECT status FROM outbox WHERE status <> 'sent'", [])
        assert await at.transcript() == [
            Said(MONDAY, WORKER, "RESULT"),
            Said(MONDAY, ENGINE, "Your PIN?", "sent"),
            Said(MONDAY + 60_000, WORKER, "••••", sensitive=True),
            Said(MONDAY + 60_000, ENGINE, "It is negative.", "sent"),
        ]


async def test_one_line_does_not_hear_another(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(SECRET)) as at:
        await at.says("RESULT", FATOU)
        assert await at.transcript() == []
        assert await at.transcript(NOBODY) == []


async def test_it_keeps_to_the_newest(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library()) as at:
        for number in range(5):
            await at.says(f"hello {number}", NOBODY)
            at.clock.move(1)
        async with at.store.read() as connection:
            said = await transcript(connection, at.store.vault, at.registry.addresses.of(NOBODY), most=2)
        assert [each.text for each in said if each.who == WORKER] == ["hello 3", "hello 4"]
