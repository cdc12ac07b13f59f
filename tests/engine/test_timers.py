"""No timer fires early, none twice, and none for a wait that is over (I14); clocks begin when a question left (G1)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine import timers
from engine.delivery import Down, Outcome, Retry, Sent, Unknown
from engine.lanes import TIMERS as LANE  # the name of a statement here
from engine.library import Library
from engine.limits import DAY, HOUR
from engine.moments import to_ms
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


def ms(utc: str) -> int:
    return to_ms(datetime.fromisoformat(utc).replace(tzinfo=UTC))


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


async def test_of_several_that_are_due_the_oldest_comes_first(tmp_path: Path, survey: Library) -> None:
    """Else who was to be reminded and given up while nothing ran would be given up without a word."""
    async with world(tmp_path, survey) as at:
        await asked(at)
        at.clock.move(30 * DAY)
        assert await at.runtime.timers.fire_due() == 2
        assert [row.kind for row in await at.rows("SELECT kind, seq FROM event ORDER BY n")][1:] == ["timed_out"] * 2
        assert await at.heard() == ["How many cases?", "Please answer."]


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


@pytest.mark.parametrize("careful", [False, True])
async def test_a_timer_that_was_set_anew_meanwhile_and_is_due_again_counts_as_it_is_now(
    tmp_path: Path, survey: Library, careful: bool
) -> None:
    """Also where it is stored before it is stepped."""
    async with world(tmp_path, survey) as at:
        await asked(at)
        at.clock.move(4 * HOUR)
        row = (await at.rows("SELECT session_id, bucket, box_id, name, guard FROM timer ORDER BY due_at"))[0]
        if careful:
            at.runtime.inbox.be_careful()
        fire = Item(Fire(row.session_id, row.name, row.guard - 1), bucket=row.bucket, box_id=row.box_id)
        await at.runtime.inbox.do(fire)
        await at.becomes("SELECT count(*) FROM event WHERE kind = 'timed_out' AND state = 1", [(1,)])
        assert await at.heard() == ["How many cases?", "Please answer."]


async def test_one_batch_that_has_a_timer_twice_fires_it_once(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await asked(at)
        at.clock.move(4 * HOUR)
        row = (await at.rows("SELECT session_id, bucket, box_id, name, guard FROM timer ORDER BY due_at"))[0]
        work = Fire(row.session_id, row.name, row.guard)
        await at.runtime.inbox.put_all([Item(work, bucket=row.bucket, box_id=row.box_id) for _ in range(2)], LANE)
        assert await at.heard() == ["How many cases?", "Please answer."]


async def test_what_one_batch_begins_and_ends_leaves_no_timer(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await asyncio.gather(at.says("SURVEY"), at.says("12"), at.says("STOP"))
        assert await at.rows(TIMERS) == []


@pytest.mark.parametrize("outcome", [Sent(), Unknown("no answer")], ids=["sent", "unknown"])
async def test_a_message_that_may_have_left_begins_the_clocks(
    tmp_path: Path, survey: Library, outcome: Outcome
) -> None:
    async with world(tmp_path, survey) as at:
        at.gateway.outcomes.append(outcome)
        await asked(at)


@pytest.mark.parametrize("outcome", [Retry("busy"), Down("no way")], ids=lambda o: type(o).__name__)
async def test_a_message_that_has_not_left_begins_no_clock(tmp_path: Path, survey: Library, outcome: Outcome) -> None:
    async with world(tmp_path, survey) as at:
        at.gateway.outcomes.append(outcome)
        await at.says("SURVEY")
        await at.gateway.has(1)
        await at.becomes("SELECT count(*) FROM attempt WHERE outcome IS NOT NULL", [(1,)])
        [first, *_] = await at.rows(TIMERS)
        assert first.due_at > MONDAY + 4 * HOUR


AWAY = """
    flow away: Away
        languages: en
        channels: sms
        start on word AWAY
    wait {}
    say: Good morning.
"""


@pytest.mark.parametrize(
    ("wait", "zone", "begins", "wakes"),
    [
        # Lisbon puts its clocks on in the night to 29 March 2026, and back in the night to 25 October.
        ("1 day", "Europe/Lisbon", "2026-03-28 12:00", "2026-03-29 12:00"),
        ("1 day at 12:00", "Europe/Lisbon", "2026-03-28 12:00", "2026-03-29 11:00"),
        ("1 day at 01:30", "Europe/Lisbon", "2026-03-28 12:00", "2026-03-29 01:00"),
        ("1 day at 01:30", "Europe/Lisbon", "2026-10-24 12:00", "2026-10-25 00:30"),
        ("until Sunday at 08:00", "Europe/Lisbon", "2026-10-24 12:00", "2026-10-25 08:00"),
        ("1 day at 06:00", "Africa/Addis_Ababa", "2026-03-28 12:00", "2026-03-29 03:00"),
        ("1 day at 00:30", "Africa/Cairo", "2026-04-23 10:00", "2026-04-23 22:00"),
        ("1 month", "Africa/Monrovia", "2026-01-31 12:00", "2026-02-28 12:00"),
    ],
)
async def test_a_wait_ends_by_the_workers_clock(
    tmp_path: Path, library: MakeLibrary, wait: str, zone: str, begins: str, wakes: str
) -> None:
    async with world(tmp_path, library(AWAY.format(wait))) as at:
        at.clock.moment = ms(begins)
        await at.registry.put_workers([{"id": "moses", "zone": zone}])
        await at.says("AWAY")
        at.clock.moment = ms(wakes) - 1
        await at.runtime.timers.fire_due()
        assert await at.heard() == []
        at.clock.move(1)
        await at.runtime.timers.fire_due()
        await at.becomes("SELECT count(*) FROM outbox", [(1,)])


UNLESS = """
    flow sample: Sample
        languages: en
        channels: sms
        start on word SAMPLE
        give up after 3 days: stop
    ask ack: Did you receive it?
        answer: yes or no
    wait 2 days
    after 4 hours unless ack is yes:
        say: Please look for it.
"""


@pytest.mark.parametrize(("answer", "heard"), [("yes", False), ("no", True), (None, True)])
async def test_after_unless_is_decided_when_its_time_comes(
    tmp_path: Path, library: MakeLibrary, answer: str | None, heard: bool
) -> None:
    async with world(tmp_path, library(UNLESS)) as at:
        await at.says("SAMPLE")
        if answer:
            await at.says(answer)
        at.clock.move(4 * HOUR - 1)
        await at.runtime.timers.fire_due()
        assert "Please look for it." not in await at.heard()
        at.clock.move(1)
        await at.becomes("SELECT count(*) FROM timer WHERE name = 'after:0'", [(0,)])  # or the loop was quicker
        await at.runtime.timers.fire_due()
        assert (await at.heard()).count("Please look for it.") == heard


async def test_without_the_floor_the_clocks_of_a_question_stand_still(tmp_path: Path, library: MakeLibrary) -> None:
    other = "flow visit: Visit\n    languages: en\n    start on word VISIT\nask when: When?\n    answer: yes or no\n"
    async with world(tmp_path, library(SURVEY, other)) as at:
        await asked(at)
        await at.says("VISIT")
        at.clock.move(DAY)
        await at.runtime.timers.fire_due()
        assert "Please answer." not in await at.heard()
        await at.says("yes")
        await at.gateway.has(3)
        await at.becomes("SELECT due_at FROM timer WHERE name = 'remind:0'", [(MONDAY + DAY + 4 * HOUR,)])


async def test_two_who_look_at_once_fire_each_timer_once(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await asked(at)
        at.clock.move(4 * HOUR)
        await asyncio.gather(*(at.runtime.timers.fire_due() for _ in range(3)))
        await at.becomes("SELECT count(*) FROM timer WHERE name = 'remind:0'", [(0,)])
        assert await at.heard() == ["How many cases?", "Please answer."]


async def test_more_timers_than_one_look_takes_are_all_fired(
    tmp_path: Path, survey: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timers, "_DUE", timers._DUE.limit(3))
    people = [f"+2317740000{n:02}" for n in range(10)]
    async with world(tmp_path, survey) as at:
        await at.registry.put_workers([{"id": number, "phone": number} for number in people])
        for number in people:
            await at.says("SURVEY", number)
        await at.gateway.has(len(people))
        await at.becomes("SELECT count(*) FROM timer WHERE due_at = :due", [(10,)], due=MONDAY + 4 * HOUR)
        await at.runtime.timers.stop()  # nobody else looks meanwhile
        at.clock.move(4 * HOUR)
        assert [await at.runtime.timers.fire_due() for _ in range(5)] == [3, 3, 3, 1, 0]


async def test_one_that_another_process_fired_meanwhile_is_not_stored_to_be_fired_later(
    tmp_path: Path, survey: Library
) -> None:
    """Whoever is careful stores first and steps then: what he found due may be gone by now."""
    async with world(tmp_path, survey) as at:
        await asked(at)
        at.clock.move(4 * HOUR)
        timer = (await at.rows("SELECT bucket, box_id, session_id, name, guard FROM timer ORDER BY due_at"))[0]
        found = Item(Fire(timer.session_id, timer.name, timer.guard), bucket=timer.bucket, box_id=timer.box_id)
        assert await at.runtime.timers.fire_due() == 1
        at.runtime.inbox.be_careful()
        await at.runtime.inbox.do(found)
        await at.says("HELP")
        events = "SELECT count(*) FROM event WHERE kind IN ('timed_out', 'fire')"
        await at.becomes(events, [(1,)])
