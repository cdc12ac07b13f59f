"""Calls are found where they wait or were begun, each name once, and nothing else is walked for them."""

from __future__ import annotations

from pathlib import Path

from engine import calls
from tests.engine.motion import MONDAY, MakeLibrary, world

ROW = (
    "INSERT INTO outbox (bucket, box_id, out_id, line_id, channel, class, status, parts, tries, retries, doubtful,"
    " queued_at, not_before, expires_at, body)"
    f" VALUES (1, 1, :out, 1, :channel, 1, :status, 0, 0, 0, false, {MONDAY}, {MONDAY}, {MONDAY}, :body)"
)
TRY = "INSERT INTO attempt (bucket, box_id, out_id, try, process, started_at) VALUES (1, 1, :out, 1, 7, 0)"
ROWS = [
    ("do:book", "queued"),
    ("do:book", "queued"),
    ("do:zebra", "queued"),
    ("do:call", "sending"),
    ("submit:dhis2", "queued"),
    ("submit:nowhere:fhir", "sending"),
    ("submit:over", "sent"),
    ("sms", "queued"),
    ("ussd", "sending"),
]


async def test_what_waits_and_what_is_under_way(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(), start=False) as at:
        for out, (channel, status) in enumerate(ROWS):
            await at.change(ROW, out=out, channel=channel, status=status, body=b"")
            if status == "sending":
                await at.change(TRY, out=out)
        async with at.store.read() as connection:
            assert await calls.waiting(connection) == {
                "do:book",
                "do:zebra",
                "do:call",
                "submit:dhis2",
                "submit:nowhere:fhir",
            }
