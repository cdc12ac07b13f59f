"""What was seen before anything was locked is looked at again: what may not leave any more does not (I10, I12)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from engine import leases
from engine.library import Library
from engine.pace import Pace
from engine.picking import Choice, Picked, Terms, pick
from engine.spending import FREE, Budget
from engine.survey import Survey, look
from tests.engine.motion import FATOU, MONDAY, MakeLibrary, World, world
from tests.engine.test_outbox import queue

HOUR = 3_600_000
PAUSED = "INSERT INTO pause (kind, name, at, actor, reason) VALUES ('{kind}', '{name}', 1, 'grace', '')"
STOPPED = "UPDATE line SET stopped_at = 1"
MEANWHILE = [
    ("", "sending"),
    ("UPDATE outbox SET status = 'sending'", "sending by another"),
    ("UPDATE outbox SET status = 'stopped'", "stopped"),
    ("UPDATE outbox SET status = 'delivered'", "delivered"),
    (f"UPDATE outbox SET not_before = {MONDAY + 1}", "queued"),
    (f"UPDATE outbox SET not_before = {MONDAY}", "sending"),
    (STOPPED, "stopped, at its end"),
    (f"{STOPPED}; UPDATE outbox SET class = 0", "sending"),
    (f"{STOPPED}; UPDATE outbox SET parts = 0", "sending"),
    (f"UPDATE outbox SET expires_at = {MONDAY}", "expired, at its end"),
    (f"UPDATE outbox SET expires_at = {MONDAY + 1}", "sending"),
    (f"UPDATE outbox SET doubtful = (1 = 1), expires_at = {MONDAY}", "unknown, at its end"),
    (PAUSED.format(kind="all", name=""), "queued"),
    (PAUSED.format(kind="channel", name="sms"), "queued"),
    (PAUSED.format(kind="channel", name="other"), "sending"),
]
"""What happens between the two looks, and where the message is afterwards."""


@pytest.fixture
def none(library: MakeLibrary) -> Library:
    return library()


async def seen(at: World) -> Survey:
    """What waits, looked at without a lock."""
    return await at.store.write(lambda connection: look(connection, "sms", 32, at.clock.now()))


async def picks(at: World, survey: Survey, room: int = 32) -> list[Picked]:
    """The messages that go of those."""

    def run(connection: Connection) -> Choice:
        now = at.clock.now()
        taken = leases.take(connection, "sms", at.kit.process, now, 0, alone=True)
        assert taken is not None
        budget = Budget(connection, "sms", FREE, now, "UTC")
        terms = Terms(taken.lease, room, 0, Pace(None, at.clock).plan(0), budget)
        return pick(connection, at.kit, terms, survey, now)

    return (await at.store.write(run)).picked


async def becomes_of(at: World, survey: Survey) -> str:
    """Of the only message."""
    picked = await picks(at, survey)
    ((status, final_at),) = await at.rows("SELECT status, final_at FROM outbox")
    attempts = await at.rows("SELECT * FROM attempt")
    assert len(attempts) == len(picked)
    assert final_at in (None, at.clock.now())
    by_another = " by another" if status == "sending" and not picked else ""
    return f"{status}{by_another}{', at its end' if final_at else ''}"


async def change(at: World, statements: str) -> None:
    for statement in filter(None, statements.split(";")):
        await at.change(statement)


@pytest.mark.parametrize(("meanwhile", "becomes"), MEANWHILE)
async def test_what_happened_meanwhile_is_minded(tmp_path: Path, none: Library, meanwhile: str, becomes: str) -> None:
    async with world(tmp_path, none, start=False) as at:
        await queue(at, "hello")
        survey = await seen(at)
        await change(at, meanwhile)
        assert await becomes_of(at, survey) == becomes


@pytest.mark.parametrize(
    ("pressed", "also", "becomes", "put_off"),
    [
        (("flow", "visit"), "", "queued", True),
        (("broadcast", "7"), "", "queued", True),
        (("flow", "other"), "", "sending", False),
        (("broadcast", "8"), "", "sending", False),
        (("flow", "visit"), STOPPED, "stopped, at its end", False),
        (("flow", "visit"), f"UPDATE outbox SET expires_at = {MONDAY}", "expired, at its end", False),
    ],
)
async def test_a_message_of_what_is_paused_is_put_off(
    tmp_path: Path, none: Library, pressed: tuple[str, str], also: str, becomes: str, put_off: bool
) -> None:
    kind, name = pressed
    async with world(tmp_path, none, start=False) as at:
        await queue(at, "hello")
        await at.change("UPDATE outbox SET flow = 'visit', broadcast = 7")
        survey = await seen(at)
        await change(at, f"{PAUSED.format(kind=kind, name=name)};{also}")
        assert await becomes_of(at, survey) == becomes
        rows = await at.rows("SELECT 1 FROM outbox WHERE not_before = expires_at AND status = 'queued'")
        assert bool(rows) == put_off


@pytest.mark.parametrize(
    ("first", "waits"),
    [
        ("status = 'queued'", True),
        ("status = 'sending'", True),
        ("status = 'sent'", False),
        ("status = 'failed'", False),
        ("status = 'queued', channel = 'other'", False),
        ("status = 'queued', session_id = 8", False),
        ("status = 'queued', seq = 2", False),
        ("status = 'queued', item = 2", False),
        ("status = 'queued', doubtful = (1 = 1)", True),
        ("status = 'queued', doubtful = (1 = 1), not_before = expires_at", False),
        ("status = 'queued', not_before = expires_at", True),
    ],
)
async def test_a_message_waits_for_what_its_conversation_said_before(
    tmp_path: Path, none: Library, first: str, waits: bool
) -> None:
    """In its place under the locks, and already where it is looked for."""
    async with world(tmp_path, none, start=False) as at:
        await queue(at, "first", session=7)
        await at.change("UPDATE outbox SET status = 'sent'")
        await queue(at, "second", session=9)
        survey = await seen(at)
        await at.change("UPDATE outbox SET session_id = 7, item = 1 WHERE session_id = 9")
        await at.change(f"UPDATE outbox SET {first} WHERE item = 0")
        second = (await at.rows("SELECT max(out_id) FROM outbox"))[0][0]
        again = await seen(at)
        assert (second not in {each.out_id for of in again.waiting.values() for each in of}) == waits
        assert ([each.out_id for each in await picks(at, survey)] == []) == waits


async def test_an_attempt_says_whose_it_is(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, start=False) as at:
        await queue(at, "hello")
        await at.change("UPDATE box SET audit_n = 4")
        (picked,) = await picks(at, await seen(at))
        attempt: Any = (await at.rows('SELECT "try", process, epoch, started_at, chain, outcome FROM attempt'))[0]
        assert tuple(attempt) == (1, at.kit.process, 1, at.clock.now(), 4, None)
        assert (picked.attempt, picked.at, picked.parts) == (1, at.clock.now(), 1)
        assert tuple((await at.rows("SELECT status, tries FROM outbox"))[0]) == ("sending", 1)


async def test_no_more_are_picked_than_there_is_room_for(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, start=False) as at:
        await queue(at, "one", "two", "three")
        survey = await seen(at)
        assert len(await picks(at, survey, 2)) == 2
        assert await picks(at, survey, 2) == [], "what was picked by then is not picked again"
        assert len(await picks(at, await seen(at), 2)) == 1
        assert len(await at.rows("SELECT * FROM attempt")) == 3


async def test_what_waited_too_long_ends_and_nothing_beside_it(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, start=False) as at:
        await queue(at, "old")
        survey = await seen(at)
        await at.change(f"UPDATE outbox SET expires_at = {MONDAY + HOUR}")
        await queue(at, "new", number=FATOU)
        at.clock.move(HOUR)
        expired = [each for of in survey.waiting.values() for each in of]
        assert await picks(at, Survey(expired=expired)) == []
        rows = await at.rows("SELECT status, final_at FROM outbox ORDER BY out_id")
        assert [tuple(row) for row in rows] == [("expired", at.clock.now()), ("queued", None)]
