"""What is new is told apart under the lock of its box, and nothing overtakes what waits there (I2, I7)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection

from engine.admission import Admission, Fate
from engine.inbox import SWEEP_EVERY, Inbox
from engine.library import Library
from engine.locks import lock
from engine.work import Fire, Item, Message
from tests.engine.motion import MOSES, NOBODY, MakeLibrary, World, world

SURVEY = """
    flow survey: Survey
        languages: en
        channels: sms
        start on word SURVEY
    ask cases: How many cases?
        answer: whole number from 0 to 500
    ask problem: What is the problem?
        answer: text up to 300 letters
    say: Thank you.
"""
REMINDING = SURVEY.replace("start on word SURVEY", "start on word SURVEY\n        remind after 4 hours: Please answer.")
CASES, PROBLEM, THANKS = "How many cases?", "What is the problem?", "Thank you."


@pytest.fixture
def survey(library: MakeLibrary) -> Library:
    return library(SURVEY)


@pytest.fixture
def reminding(library: MakeLibrary) -> Library:
    return library(REMINDING)


async def _nothing(_: Inbox) -> None:
    """Whoever accepted it never comes to step it."""


async def left_behind(at: World, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message is accepted, and whoever did so is gone before he steps it."""
    with monkeypatch.context() as patch:
        patch.setattr(Inbox, "_treat", _nothing)
        at.runtime.inbox._careful = 1
        await at.says(said)
        at.runtime.inbox._kept.clear()


async def waiting(at: World) -> list[tuple[int, ...]]:
    rows = await at.rows("SELECT accepted FROM box WHERE accepted <> 0")
    return [tuple(row) for row in rows]


async def test_what_waits_in_a_box_comes_before_anything_newer(
    tmp_path: Path, survey: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path, survey) as at:
        await left_behind(at, "SURVEY", monkeypatch)
        assert await waiting(at) == [(1,)]
        await at.says("12")
        await at.becomes("SELECT count(*) FROM event WHERE state = 1", [(2,)])
        assert await at.heard() == [CASES, PROBLEM]
        assert await waiting(at) == []


async def test_what_nobody_steps_is_found(tmp_path: Path, survey: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    async with world(tmp_path, survey) as at:
        await left_behind(at, "SURVEY", monkeypatch)
        await at.runtime.inbox.sweep()
        assert await waiting(at) == [(1,)], "whoever accepted it may be at it just now"
        at.clock.move(SWEEP_EVERY)
        await at.runtime.inbox.sweep()
        await at.becomes("SELECT count(*) FROM event WHERE state = 1", [(1,)])
        assert await at.heard() == [CASES]


async def test_a_timer_of_a_box_where_something_waits_comes_again(
    tmp_path: Path, survey: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path, survey) as at:
        accepted = await at.says("SURVEY")
        await left_behind(at, "12", monkeypatch)
        box = (await at.rows("SELECT bucket, box_id FROM box WHERE accepted = 1"))[0]
        fire = Item(Fire(accepted.session_id, "give_up"), bucket=box.bucket, box_id=box.box_id)

        def judged(connection: Connection) -> list[Fate]:
            return Admission(connection, at.kit, [fire]).fates

        assert await at.store.write(judged) == [Fate.LEFT]


@pytest.mark.parametrize(
    ("change", "fate"),
    [
        ("UPDATE timer SET guard = guard", Fate.NEW),
        ("UPDATE timer SET guard = NULL", Fate.NEW),
        ("UPDATE timer SET guard = guard - 1", Fate.OVER),
        ("UPDATE session SET status = 'ended', ended_at = 0", Fate.OVER),
        ("DELETE FROM timer", Fate.OVER),
    ],
)
async def test_a_timer_that_nobody_waits_for_is_taken_off_and_says_nothing(
    tmp_path: Path, reminding: Library, change: str, fate: Fate
) -> None:
    async with world(tmp_path, reminding) as at:
        await at.says("SURVEY")
        await at.becomes("SELECT status FROM outbox", [("sent",)])  # so that nobody is at work in the box
        row = (await at.rows("SELECT bucket, box_id, session_id, name, guard FROM timer"))[0]
        await at.change(change)
        fire = Item(Fire(row.session_id, row.name, row.guard), bucket=row.bucket, box_id=row.box_id)
        assert await at.store.write(lambda c: Admission(c, at.kit, [fire]).fates) == [fate]
        if fate is Fate.OVER:
            await at.runtime.inbox.do(fire)
            assert row.name not in [left.name for left in await at.rows("SELECT name FROM timer")]
            assert await at.heard() == [CASES]


async def test_a_message_and_its_repeat_in_one_batch_are_one(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        items = [Item(Message("hello", "sms"), "sms 1", at.registry.addresses.of(MOSES)) for _ in range(2)]

        def judged(connection: Connection) -> list[Fate]:
            return Admission(connection, at.kit, items).fates

        assert await at.store.write(judged) == [Fate.NEW, Fate.REPEAT]


@asynccontextmanager
async def two_processes(folder: Path, library: Library, database: str) -> AsyncIterator[tuple[World, World]]:
    """Two engines on one database; only a database server can be shared."""
    if database == "sqlite":
        pytest.skip("one process owns a SQLite file")
    async with world(folder, library) as first:
        second = World(folder, library)
        await second.runtime.start()
        try:
            yield first, second
        finally:
            await second.runtime.stop(1)
            await second.store.close()


async def test_two_processes_meet_a_new_number_at_once(tmp_path: Path, survey: Library, database: str) -> None:
    async with two_processes(tmp_path, survey, database) as (first, second):
        numbers = [f"+2317700005{i:02}" for i in range(30)]
        await asyncio.gather(*(at.says("hello", number) for number in numbers for at in (first, second)))
        assert await first.rows("SELECT count(*), count(DISTINCT box_id) FROM line WHERE kind = 'phone'") == [(32, 32)]
        assert await first.rows("SELECT count(*) FROM event") == [(60,)]
        assert [len(await first.heard(number)) for number in numbers] == [1] * 30, "greeted once"


async def test_two_processes_take_one_delivery_once(tmp_path: Path, survey: Library, database: str) -> None:
    async with two_processes(tmp_path, survey, database) as (first, second):
        came = await asyncio.gather(*(at.says("SURVEY", key="a") for _ in range(5) for at in (first, second)))
        assert sum(not accepted.repeat for accepted in came) == 1
        assert await first.heard() == [CASES]


async def test_two_processes_fold_the_answers_of_one_worker(tmp_path: Path, survey: Library, database: str) -> None:
    async with two_processes(tmp_path, survey, database) as (first, second):
        for said, at in zip(("SURVEY", "12", "no soap"), (first, second, first), strict=True):
            await at.says(said)
        await first.becomes("SELECT count(*) FROM event WHERE state = 1", [(3,)])
        assert sorted(await second.heard()) == sorted([CASES, PROBLEM, THANKS])
        events = await first.rows("SELECT n, seq FROM event ORDER BY n")
        assert [tuple(row) for row in events] == [(1, 1), (2, 2), (3, 3)]


async def test_a_timer_of_a_box_at_work_elsewhere_is_left(tmp_path: Path, survey: Library, database: str) -> None:
    async with two_processes(tmp_path, survey, database) as (first, second):
        accepted = await first.says("SURVEY", NOBODY)
        await first.says("SURVEY")
        box = (await first.rows("SELECT bucket, box_id FROM session"))[0]
        fire = Item(Fire(accepted.session_id, "give_up"), bucket=box.bucket, box_id=box.box_id)
        held, done = asyncio.Event(), asyncio.Event()

        async def hold() -> None:
            async with second.store._pool._engine.begin() as connection:  # type: ignore[attr-defined]
                await connection.run_sync(lock, [box.box_id])
                held.set()
                await done.wait()

        holding = asyncio.create_task(hold())
        await held.wait()
        fates = await first.store.write(lambda c: Admission(c, first.kit, [fire]).fates)
        done.set()
        await holding
        assert fates == [Fate.LEFT]


async def test_what_begins_for_a_worker_begins_once_though_another_line_is_his_first_by_then(
    tmp_path: Path, survey: Library
) -> None:
    async with world(tmp_path, survey) as at:
        first = await at.runtime.start_flow("survey", "moses", {}, "e1")
        await at.registry.put_workers([{"id": "moses", "phones": f"{NOBODY}, {MOSES}"}])
        again = await at.runtime.start_flow("survey", "moses", {}, "e1")
        assert (first.repeat, again.repeat) == (False, True)
        await at.registry.put_workers([{"id": "ama", "phone": NOBODY}])
        other = await at.runtime.start_flow("survey", "ama", {}, "e1")
        assert not other.repeat, "the same key, for another worker of the box"
        assert len(await at.rows("SELECT 1 FROM session")) == 2
