"""Quiet hours hold by each recipient's clock; who has just written is answered; of several reminders the last is sent
(RULES G3, I16).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.library import Library
from engine.limits import DAY, HOUR, MINUTE
from engine.linked import Linked
from engine.outgoing import CLASSES, Body
from engine.places import Line
from engine.rows import Origin, Rows
from engine.writing import write
from tests.engine.motion import FATOU, MONDAY, MOSES, MakeLibrary, World, world

NIGHT = ("20:00", "07:00")
MORNING = MONDAY // DAY * DAY + 7 * HOUR + DAY
PLAN = """
    flow plan: Plan
        languages: en
        channels: sms
        start on word PLAN
        start on event plan_due
        quiet hours 20:00 to 07:00
    ask cases: How many cases?
        answer: whole number from 0 to 500
        remind after 2 hours: Please answer.
    say: Thank you.
"""
LATE = MONDAY // DAY * DAY + 21 * HOUR - MONDAY
"""From the world's beginning until nine in the evening, UTC."""


@pytest.fixture
def none(library: MakeLibrary) -> Library:
    return library()


async def queue(at: World, text: str, kind: str, number: str = MOSES, *, urgent: bool = False, seq: int = 0) -> None:
    row = (await at.rows("SELECT * FROM line WHERE address_key = :key", key=at.registry.addresses.of(number).key))[0]
    rows = Rows(at.kit, at.clock.now())
    rows.message(Line.of(row), Body(text, urgent=urgent), CLASSES[kind], Origin(7, seq, 0) if seq else None)
    await at.store.write(lambda connection: write(connection, rows))
    at.runtime._ring(rows.ring)


@pytest.mark.parametrize(
    ("kind", "urgent", "spoke", "goes"),
    [
        ("bulk", False, None, False),
        ("reminder", False, None, False),
        ("reply", False, None, False),
        ("reply", False, 9 * MINUTE, True),
        ("reply", False, 11 * MINUTE, False),
        ("bulk", False, 9 * MINUTE, False),
        ("reply", True, None, True),
        ("consent", False, None, True),
    ],
)
async def test_what_goes_at_night(
    tmp_path: Path, none: Library, kind: str, urgent: bool, spoke: int | None, goes: bool
) -> None:
    async with world(tmp_path, none, quiet=NIGHT) as at:
        at.clock.move(LATE)
        if spoke is not None:
            await at.change("UPDATE line SET spoke_at = :at", at=at.clock.now() - spoke)
        await queue(at, "hello", kind, urgent=urgent)
        await at.becomes(
            "SELECT status, not_before FROM outbox", [("sent", at.clock.now()) if goes else ("queued", MORNING)]
        )


@pytest.mark.parametrize(
    ("zone", "facility_zone", "goes"),
    [
        ("", "", False),
        ("America/Bogota", "", True),
        ("", "America/Bogota", True),
        ("Africa/Monrovia", "America/Bogota", False),
    ],
)
async def test_the_clock_is_the_recipients(
    tmp_path: Path, none: Library, zone: str, facility_zone: str, goes: bool
) -> None:
    async with world(tmp_path, none, quiet=NIGHT) as at:
        await at.registry.put_facilities([{"code": "f1", "name": "Ganta", "zone": facility_zone}])
        await at.registry.put_workers([{"id": "moses", "facility": "f1", "zone": zone}])
        at.clock.move(LATE)
        await queue(at, "hello", "bulk")
        await at.becomes("SELECT status FROM outbox", [("sent" if goes else "queued",)])


@pytest.mark.parametrize(
    ("zones", "goes"),
    [
        (("America/Bogota", "Africa/Monrovia"), True),
        (("Africa/Monrovia", "America/Bogota"), False),
        (("", "America/Bogota"), True),
    ],
)
async def test_on_a_shared_phone_it_is_the_clock_of_the_first_who_has_one(
    tmp_path: Path, none: Library, zones: tuple[str, str], goes: bool
) -> None:
    async with world(tmp_path, none, quiet=NIGHT) as at:
        phone = "+231770000077"
        await at.registry.put_workers([{"id": f"w{n}", "phone": phone, "zone": zone} for n, zone in enumerate(zones)])
        at.clock.move(LATE)
        await queue(at, "hello", "bulk", phone)
        await at.becomes("SELECT status FROM outbox", [("sent" if goes else "queued",)])


async def test_a_flow_says_its_own_hours(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(PLAN)) as at:
        at.clock.move(LATE)
        await at.runtime.start_flow("plan", "moses", {}, "event-1")
        await at.becomes("SELECT status, not_before FROM outbox", [("queued", MORNING)])
        await queue(at, "of no flow", "bulk", FATOU)
        assert await at.gateway.has(1) == ["of no flow"]
        at.clock.moment = MORNING
        at.runtime._owners["sms"].wake()
        assert (await at.gateway.has(2))[1:] == ["How many cases?"]


async def test_a_conversation_sleeps_by_the_hours_of_the_version_that_it_runs(
    tmp_path: Path, library: MakeLibrary
) -> None:
    """I17: the version that was published meanwhile has none."""
    async with world(tmp_path, library(PLAN)) as at:
        at.clock.move(LATE - 2 * HOUR)
        await at.says("PLAN")
        await at.becomes("SELECT status FROM outbox", [("sent",)])
        awake = library(PLAN.replace("        quiet hours 20:00 to 07:00\n", "")).flows()[0].program
        await at.runtime.publish(awake)
        at.clock.move(2 * HOUR)
        await at.runtime.timers.fire_due()
        await at.becomes("SELECT status, not_before FROM outbox WHERE class = 2", [("queued", MORNING)])


async def test_where_another_process_published_its_version_the_flows_own_hours_hold(
    tmp_path: Path, library: MakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(key: str) -> Linked:
        raise KeyError(key)

    async with world(tmp_path, library(PLAN)) as at:
        at.clock.move(LATE)
        await at.runtime.start_flow("plan", "moses", {}, "event-1")
        await at.becomes("SELECT status, not_before FROM outbox", [("queued", MORNING)])
        monkeypatch.setattr(at.library, "of", unknown)
        await at.change("UPDATE outbox SET not_before = queued_at")
        at.runtime._owners["sms"].wake()
        await at.becomes("SELECT status, not_before FROM outbox", [("queued", MORNING)])


async def test_of_several_reminders_held_only_the_last_is_sent(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, quiet=NIGHT) as at:
        at.clock.move(LATE)
        for seq in (2, 3, 4):
            await queue(at, f"reminder {seq}", "reminder", seq=seq)
            at.clock.move(HOUR)
        at.clock.moment = MORNING
        at.runtime._owners["sms"].wake()
        assert await at.gateway.has(1) == ["reminder 4"]
        await at.becomes("SELECT status FROM outbox ORDER BY seq", [("overtaken",), ("overtaken",), ("sent",)])


async def test_who_answers_at_night_gets_no_reminder_in_the_morning(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(PLAN)) as at:
        at.clock.move(LATE - 2 * HOUR)
        await at.says("PLAN")
        assert await at.gateway.has(1) == ["How many cases?"]
        await at.becomes("SELECT status FROM outbox", [("sent",)])
        at.clock.move(2 * HOUR)
        await at.runtime.timers.fire_due()
        await at.becomes("SELECT status FROM outbox WHERE class = 2", [("queued",)])
        await at.says("12")
        assert (await at.gateway.has(2))[1:] == ["Thank you."]
        at.clock.moment = MORNING
        at.runtime._owners["sms"].wake()
        await at.becomes("SELECT status FROM outbox ORDER BY out_id", [("sent",), ("overtaken",), ("sent",)])


async def test_what_was_held_goes_before_the_answer_to_who_wakes_up(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(PLAN)) as at:
        at.clock.move(LATE)
        await at.runtime.start_flow("plan", "moses", {}, "event-1")
        await at.becomes("SELECT status, not_before FROM outbox", [("queued", MORNING)])
        await at.says("a dozen")
        assert (await at.gateway.has(2))[0] == "How many cases?"


TELLS = """
    flow alert: Alert
        languages: en
        channels: sms
        start on word ALERT
        quiet hours 20:00 to 07:00
    tell {0}supervisor: Come.
    say: Told.
"""


@pytest.mark.parametrize(("urgent", "goes"), [("", False), ("urgent ", True)])
async def test_who_is_told_something_sleeps_by_the_hours_of_the_flow_unless_it_is_urgent(
    tmp_path: Path, library: MakeLibrary, urgent: str, goes: bool
) -> None:
    async with world(tmp_path, library(TELLS.format(urgent))) as at:
        at.clock.move(LATE)
        await at.says("ALERT")
        await at.becomes("SELECT count(*) FROM mail WHERE done_at IS NULL", [(0,)])
        told = "SELECT status, not_before > :now FROM outbox WHERE session_id IS NULL"
        await at.becomes(told, [("sent", False) if goes else ("queued", True)], now=at.clock.now())


async def test_what_was_held_of_an_answer_holds_nothing_up(tmp_path: Path, library: MakeLibrary) -> None:
    """A question that is asked again at night waits; whoever writes then gets it, and the answer, at once."""
    async with world(tmp_path, library(PLAN)) as at:
        at.clock.move(LATE)
        await at.runtime.start_flow("plan", "moses", {}, "word-1", by="word")
        await at.becomes("SELECT status, class, not_before FROM outbox", [("queued", 1, MORNING)])
        await at.says("12")
        assert await at.gateway.has(2) == ["How many cases?", "Thank you."]
