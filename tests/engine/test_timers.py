"""No timer fires early, none twice, and none for a wait that is over (I14); clocks begin when a question left (G1)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from engine.library import Library
from engine.limits import DAY, HOUR
from engine.outgoing import EXPIRES
from engine.work import Fire, Item
from tests.engine.motion import MONDAY, MakeLibrary, World, world

SURVEY = """
    flow survey: Survey
        languages: en
        channels: sms
        start on word SURVEY
        remind after 4 hours: Please answer.
        give up after 2 days: stop as no_answer
    ask cases: How many cases?
        answer: whole number from 0 to 500
    wait 1 day
    say: Good morning.
"""
TIMERS = "SELECT name, due_at FROM timer ORDER BY due_at, name"


@pytest.fixture
def survey(library: MakeLibrary) -> Library:
    return library(SURVEY)


async def asked(at: World) -> None:
    """The question has left, and its clocks run."""
    await at.says("SURVEY")
    await at.gateway.has(1)
    await at.becomes("SELECT min(due_at) FROM timer", [(MONDAY + 4 * HOUR,)])


async def test_until_the_question_has_left_its_clocks_stand(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        at.gateway.open.clear()
        await at.says("SURVEY")
        await at.gateway.has(1)
        held = [row.due_at for row in await at.rows(TIMERS)]
        assert held == [MONDAY + EXPIRES + 4 * HOUR, MONDAY + EXPIRES + 2 * DAY]
        at.clock.move(HOUR)
        at.gateway.open.set()
        await at.becomes("SELECT due_at FROM timer ORDER BY 1", [(MONDAY + 5 * HOUR,), (MONDAY + HOUR + 2 * DAY,)])


async def test_a_reminder_comes_when_it_is_due_and_once(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await asked(at)
        at.clock.move(4 * HOUR - 1)
        assert await at.runtime.timers.fire_due() == 0
        at.clock.move(1)
        await at.runtime.timers.fire_due()
        assert await at.runtime.timers.fire_due() == 0
        assert await at.heard() == ["How many cases?", "Please answer."]
        assert (await at.rows("SELECT class FROM outbox ORDER BY out_id"))[1] == (2,)


async def test_a_long_silence_gives_up_and_leaves_no_timer(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await asked(at)
        at.clock.move(2 * DAY)
        await at.runtime.timers.fire_due()
        assert (await at.rows("SELECT status, outcome FROM session"))[0] == ("ended", "no_answer")
        assert await at.rows(TIMERS) == []
        await at.says("12")
        assert (await at.heard())[-1] != "Good morning."


async def test_an_answer_ends_the_timers_of_its_question(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await asked(at)
        await at.says("12")
        timers = await at.rows(TIMERS)
        assert [row.due_at for row in timers] == [MONDAY + DAY]
        at.clock.move(DAY)
        await at.runtime.timers.fire_due()
        assert await at.heard() == ["How many cases?", "Good morning."]


async def test_timers_that_came_due_while_nothing_ran_fire_after_the_start(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await asked(at)
        await at.crash()
        at.clock.move(30 * DAY)
        await at.runtime.start()
        await at.becomes("SELECT status, outcome FROM session", [("ended", "no_answer")])


async def test_a_timer_that_was_moved_meanwhile_is_left_alone(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await asked(at)
        at.clock.move(4 * HOUR)
        row = (await at.rows("SELECT session_id, bucket, box_id, name, guard FROM timer ORDER BY due_at"))[0]
        await at.change("UPDATE timer SET due_at = due_at + 1")
        fire = Item(Fire(row.session_id, row.name, row.guard), bucket=row.bucket, box_id=row.box_id)
        await at.runtime.inbox.do(fire)
        assert await at.heard() == ["How many cases?"]
        assert len(await at.rows(TIMERS)) == 2


async def test_what_one_batch_begins_and_ends_leaves_no_timer(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await asyncio.gather(at.says("SURVEY"), at.says("12"), at.says("STOP"))
        assert await at.rows(TIMERS) == []
