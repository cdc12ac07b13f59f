"""Whoever shares a phone shares its box, whichever it was in; a number that moves says nothing of its old owner's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from engine import invariants
from engine.delivery import Retry
from engine.facts import Record
from engine.inbox import Arrival
from engine.library import Library
from engine.limits import DAY, HOUR, MINUTE
from engine.recounting import recount
from engine.work import Fire, Item
from tests.engine.motion import FATOU, MOSES, NOBODY, MakeLibrary, World, world

SURVEY = """
    flow survey: Survey
        languages: en
        channels: sms
        start on word SURVEY
        give up after 1 day: stop as no_answer
    ask cases: How many cases?
        answer: whole number from 0 to 500
    ask problem: What is the problem?
        answer: text up to 300 letters
    say: Thank you, {worker.first_name}.
"""
CASES, PROBLEM = "How many cases?", "What is the problem?"
WHO = "Several people use this phone. Who is writing?\n1. Fatou Kamara\n2. Moses Flomo"
NEW = "+231770000077"


@pytest.fixture
def survey(library: MakeLibrary) -> Library:
    return library(SURVEY)


async def boxes(at: World, *numbers: str) -> list[int]:
    keys = [at.registry.addresses.of(number).key for number in numbers]
    rows = {row.address_key: row.box_id for row in await at.rows("SELECT address_key, box_id FROM line")}
    return [rows[key] for key in keys]


async def sessions(at: World) -> list[tuple[Any, ...]]:
    rows = await at.rows("SELECT worker_id, status, outcome FROM session ORDER BY session_id")
    return [tuple(row) for row in rows]


async def share(at: World, worker: str = "moses", *phones: str) -> None:
    await at.registry.put_workers([{"id": worker, "phones": [*(phones or (MOSES, FATOU))]}])


# ------------------------------------------------------------ boxes


async def test_a_list_that_ties_two_phones_makes_one_box_of_theirs(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey, start=False) as at:
        before = await boxes(at, MOSES, FATOU)
        await share(at)
        assert len(set(before)) == 2
        assert len(set(await boxes(at, MOSES, FATOU))) == 1
        gone = await at.rows("SELECT box_id, merged_into FROM box WHERE merged_into IS NOT NULL")
        assert {tuple(row) for row in gone} == {(old, new) for old, new in [before, before[::-1]] if old == gone[0][0]}


async def test_a_chain_of_phones_is_one_box(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        numbers = [f"+2317700000{i}" for i in range(20, 26)]
        for number in numbers:
            await at.says("hello", number)
        people: list[Record] = [{"id": each[0], "phones": [*each]} for each in pairwise(numbers)]
        await at.registry.put_workers(people)
        assert len(set(await boxes(at, *numbers))) == 1
        assert [len(await at.transcript(number)) for number in numbers] == [2] * 6


async def test_a_worker_and_his_new_phones_are_one_box_from_the_start(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey, start=False) as at:
        await share(at, "ama", NOBODY, NEW)
        assert len(set(await boxes(at, NOBODY, NEW))) == 1
        assert await at.rows("SELECT count(*) FROM box WHERE merged_into IS NOT NULL") == [(0,)]


# ------------------------------------------------------------ what a merged box still knows


async def test_conversations_go_on_in_the_merged_box(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        for number in (MOSES, FATOU):
            await at.says("SURVEY", number)
        await at.gateway.has(2)
        await share(at)
        await at.says("12", FATOU)
        await at.says("7", MOSES)
        assert await at.heard(FATOU) == [CASES, PROBLEM]
        assert (await at.heard(MOSES))[:2] == [CASES, PROBLEM]
        numbers = await at.rows("SELECT n FROM event ORDER BY n")
        assert [row.n for row in numbers] == list(range(1, len(numbers) + 1))


async def test_a_repeat_is_a_repeat_after_the_merge(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await at.says("SURVEY", MOSES, key="m")
        await at.says("SURVEY", FATOU, key="f")
        await share(at)
        again = [await at.says("SURVEY", number, key=key) for number, key in ((MOSES, "m"), (FATOU, "f"))]
        assert [each.repeat for each in again] == [True, True]
        seen = await at.rows(
            "SELECT s.event_n, e.n FROM seen s LEFT JOIN event e ON e.box_id = s.box_id AND e.n = s.event_n"
        )
        assert [row.event_n for row in seen] == [row.n for row in seen]


async def test_what_was_queued_and_what_was_said_can_be_read_after_the_merge(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey, start=False) as at:
        await at.runtime.inbox.start()
        for number in (MOSES, FATOU):
            await at.says("SURVEY", number)
            at.clock.move(MINUTE)
            await at.says("12", number)
        await share(at)
        for number in (MOSES, FATOU):
            assert [said.text for said in await at.transcript(number)] == ["SURVEY", CASES, "12", PROBLEM]
        await at.runtime.start()
        assert sorted(await at.gateway.has(4)) == sorted([CASES, CASES, PROBLEM, PROBLEM])


async def test_a_message_on_its_way_is_settled_in_the_merged_box(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        at.gateway.open.clear()
        for number in (MOSES, FATOU):
            await at.says("SURVEY", number)
        await at.gateway.has(2)
        await share(at)
        at.gateway.open.set()
        await at.becomes("SELECT status FROM outbox", [("sent",), ("sent",)])


async def test_the_clocks_run_on_in_the_merged_box(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        for number in (MOSES, FATOU):
            await at.says("SURVEY", number)
        await at.gateway.has(2)
        await at.becomes("SELECT count(*) FROM timer WHERE due_at < :soon", [(2,)], soon=at.clock.now() + DAY + HOUR)
        await share(at)
        at.clock.move(2 * DAY)
        await at.runtime.timers.fire_due()
        assert {row[1:] for row in await sessions(at)} == {("ended", "no_answer")}


async def test_work_that_was_found_before_the_merge_goes_to_the_merged_box(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey, start=False) as at:
        await at.runtime.inbox.start()
        for number in (MOSES, FATOU):
            await at.says("SURVEY", number)
        timers = await at.rows("SELECT bucket, box_id, session_id, guard FROM timer WHERE name = 'give_up'")
        await share(at)
        at.clock.move(9 * DAY)
        for row in timers:
            fire = Fire(row.session_id, "give_up", row.guard)
            await at.runtime.inbox.do(Item(fire, bucket=row.bucket, box_id=row.box_id))
        assert {row[1:] for row in await sessions(at)} == {("ended", "no_answer")}
        assert await at.rows("SELECT count(*) FROM timer") == [(0,)]


async def test_both_chains_tell_of_the_merge(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey, start=False) as at:
        await share(at)
        assert await at.rows("SELECT count(DISTINCT box_id) FROM audit WHERE what = 'merge'") == [(2,)]


# ------------------------------------------------------------ shared phones


async def test_a_phone_that_became_shared_asks_who_is_speaking(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await share(at)
        for said in ("SURVEY", "2", "12", "no soap"):
            await at.says(said, FATOU)
        assert await at.heard(FATOU) == [WHO, CASES, PROBLEM, "Thank you, Moses."]
        assert [worker for worker, *_ in await sessions(at)] == ["moses"]


async def test_who_speaks_is_asked_after_a_crash_too(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await share(at)
        await at.says("SURVEY", FATOU)
        await at.crash()
        await at.runtime.start()
        await at.says("2", FATOU)
        await at.becomes("SELECT worker_id, status FROM session", [("moses", "waiting")])


async def test_a_worker_answers_on_the_phone_that_he_wrote_from_last(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await share(at, "moses", MOSES, NEW)
        await at.says("SURVEY", NEW)
        await at.says("12", MOSES)
        assert (await at.heard(NEW), await at.heard(MOSES)) == ([CASES], [PROBLEM])
        at.clock.move(MINUTE)
        await at.says("HELP", NEW)
        await at.runtime.start_flow("survey", "moses", {}, "again", by="person")
        assert (await at.heard(NEW))[-1] == CASES


async def test_all_that_holds_of_a_box_holds_through_all_of_this(tmp_path: Path, survey: Library) -> None:
    """I1 to I8, over a merge with conversations under way, a shared phone, a number that moved, and STOP."""
    async with world(tmp_path, survey) as at:
        for number in (MOSES, FATOU, NOBODY):
            await at.says("SURVEY", number)
        assert await breaches(at) == []
        await share(at, "moses", MOSES, NEW, FATOU)
        assert await breaches(at) == []
        for said, number in (("12", MOSES), ("SURVEY", FATOU), ("2", FATOU), ("7", NEW), ("none", MOSES), ("3", FATOU)):
            at.clock.move(MINUTE)
            await at.says(said, number)
        assert await breaches(at) == []
        await at.says("SURVEY", MOSES)
        await at.registry.put_workers([{"id": "moses", "phone": NOBODY}, {"id": "ama", "name": "Ama", "phone": MOSES}])
        await at.runtime.timers.fire_due()
        await at.says("STOP", NOBODY)
        await at.runtime.accept(Arrival("sms", "k", FATOU, "hello", 1_740_000_000_000))
        assert await breaches(at) == []


async def breaches(at: World) -> list[str]:
    def find(connection: Connection) -> list[str]:
        found = [*invariants.breaches(connection), *recount(connection, at.store.vault, at.library).breaches]
        return [f"{breach.invariant}: {breach.sentence}" for breach in found]

    await at.becomes("SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending')", [(0,)])
    return await at.store.write(find)


# ------------------------------------------------------------ numbers that move


async def test_a_conversation_goes_along_to_a_new_number(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await at.says("SURVEY", MOSES)
        await at.gateway.has(1)
        await at.registry.put_workers([{"id": "moses", "phone": NEW}])
        await at.runtime.timers.fire_due()
        assert await at.heard(NEW) == [CASES]
        await at.says("12", NEW)
        assert await at.heard(NEW) == [CASES, PROBLEM]


async def test_who_has_no_number_any_more_cannot_be_reached(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await at.says("SURVEY", MOSES)
        await at.becomes("SELECT status FROM outbox", [("sent",)])  # else its box may be at work when the timer fires
        await at.registry.put_workers([{"id": "moses", "phone": "none"}, {"id": "ama", "name": "Ama", "phone": MOSES}])
        await at.runtime.timers.fire_due()
        assert await sessions(at) == [("moses", "ended", "unreachable")]
        await at.says("12", MOSES)
        assert PROBLEM not in await at.heard(MOSES)


async def test_what_was_queued_for_the_old_owner_does_not_reach_the_new_one(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey, start=False) as at:
        await at.runtime.inbox.start()
        await at.says("SURVEY", MOSES)
        await at.registry.put_workers([{"id": "moses", "phone": NEW}, {"id": "ama", "name": "Ama", "phone": MOSES}])
        await at.runtime.timers.fire_due()
        await at.runtime.start()
        await at.gateway.has(1)
        assert [(message.recipient, message.text) for message in at.gateway.messages] == [(NEW, CASES)]


async def test_two_workers_change_numbers_while_a_question_waits_for_each(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        for number in (MOSES, FATOU):
            await at.says("SURVEY", number)
        await at.gateway.has(2)
        await at.registry.put_workers([{"id": "moses", "phone": FATOU}, {"id": "fatou", "phone": MOSES}])
        await at.runtime.timers.fire_due()
        assert await at.rows("SELECT n FROM event WHERE state <> 1") == []
        for said, number in (("12", FATOU), ("none", FATOU), ("3", MOSES)):
            await at.says(said, number)
        assert (await at.heard(FATOU))[-1] == "Thank you, Moses."
        assert (await at.heard(MOSES))[-1] == PROBLEM
        assert await breaches(at) == []


async def test_the_last_words_of_a_conversation_do_not_reach_the_new_owner_either(
    tmp_path: Path, survey: Library
) -> None:
    async with world(tmp_path, survey, start=False) as at:
        await at.runtime.inbox.start()
        for said in ("SURVEY", "12", "none"):
            await at.says(said, MOSES)
        await at.registry.put_workers([{"id": "moses", "phone": NEW}, {"id": "ama", "name": "Ama", "phone": MOSES}])
        assert await left(at) == [("expired", None)] * 3


async def test_what_no_conversation_said_goes_only_where_somebody_has_the_phone_as_before(
    tmp_path: Path, survey: Library
) -> None:
    async with world(tmp_path, survey, start=False) as at:
        await at.runtime.inbox.start()
        await share(at)
        for number in (MOSES, FATOU):
            await at.says("HELP", number)
        await at.registry.put_workers([{"id": "moses", "phone": NEW}])
        assert await left(at) == [("expired", None), ("queued", None)]


async def test_of_what_may_have_been_sent_that_is_what_is_known(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey, start=False) as at:
        await at.runtime.inbox.start()
        await at.says("SURVEY", MOSES)
        await at.change("UPDATE outbox SET doubtful = TRUE")
        await at.registry.put_workers([{"id": "moses", "phone": NEW}])
        assert await left(at) == [("unknown", None)]


async def test_what_is_on_its_way_to_the_old_number_is_not_tried_again(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        at.gateway.outcomes.append(Retry("busy"))
        at.gateway.open.clear()
        await at.says("SURVEY", MOSES)
        await at.gateway.has(1)
        await at.registry.put_workers([{"id": "moses", "phone": "none"}])
        at.gateway.open.set()
        await at.becomes("SELECT status FROM outbox", [("expired",)])
        assert len(at.gateway.messages) == 1


async def left(at: World) -> list[tuple[Any, ...]]:
    rows = await at.rows("SELECT status, sent_at FROM outbox ORDER BY out_id")
    return [tuple(row) for row in rows]


async def test_a_list_without_phones_takes_none_away(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await at.registry.put_workers([{"id": "moses", "phone": "", "cadre": "nurse"}])
        await at.says("SURVEY", MOSES)
        assert await at.heard(MOSES) == [CASES]


async def test_the_new_owner_of_a_stopped_number_has_to_send_start(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await at.says("STOP", MOSES)
        await at.registry.put_workers([{"id": "moses", "phone": "none"}, {"id": "ama", "name": "Ama", "phone": MOSES}])
        await at.runtime.start_flow("survey", "ama", {}, "1")
        await at.says("START", MOSES)
        await at.runtime.start_flow("survey", "ama", {}, "2")
        assert (await at.heard(MOSES))[-1] == CASES
        assert len(await at.heard(MOSES)) == 3


async def test_who_sent_stop_stays_stopped_on_a_new_number(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await at.says("STOP", MOSES)
        await at.registry.put_workers([{"id": "moses", "phone": NEW}])
        await at.runtime.start_flow("survey", "moses", {}, "1")
        assert await at.heard(NEW) == []
        await at.says("START", NEW)
        await at.runtime.start_flow("survey", "moses", {}, "2")
        assert (await at.heard(NEW))[-1] == CASES


# ------------------------------------------------------------ boxes that stay one


async def parted(at: World) -> None:
    """Moses had Fatou's phone, too, by a mistake in a list; the next list mends it, and their box stays one."""
    await share(at)
    await share(at, "moses", MOSES)
    assert len(set(await boxes(at, MOSES, FATOU))) == 1


async def test_those_who_shared_a_phone_once_are_strangers_again(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await parted(at)
        for said, number in (("SURVEY", MOSES), ("SURVEY", FATOU), ("12", MOSES), ("7", FATOU), ("STOP", FATOU)):
            await at.says(said, number)
        await at.says("none", MOSES)
        assert await at.heard(MOSES) == [CASES, PROBLEM, "Thank you, Moses."]
        assert (await at.heard(FATOU))[:2] == [CASES, PROBLEM]
        assert await sessions(at) == [("moses", "ended", "completed"), ("fatou", "ended", "opted_out")]
        assert await breaches(at) == []


async def test_what_is_parked_there_holds_no_stranger(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await parted(at)
        await at.says("SURVEY", MOSES)
        await at.change("UPDATE session SET status = 'parked'")
        for said in ("SURVEY", "12", "no soap"):
            await at.says(said, FATOU)
        assert await at.heard(FATOU) == [CASES, PROBLEM, "Thank you, Fatou."]
        assert await at.heard(MOSES) == [CASES]


# ------------------------------------------------------------ beside a server


async def test_lists_and_messages_meet(tmp_path: Path, survey: Library, database: str) -> None:
    """Two processes on one database: what is written to a box while it is merged away is in the box that stays."""
    if database == "sqlite":
        pytest.skip("one process owns a SQLite file")
    async with two_processes(tmp_path, survey) as (first, second):
        numbers = [f"+2317700006{i:02}" for i in range(20)]
        people: list[Record] = [{"id": f"w{i}", "phones": [numbers[i], numbers[i + 1]]} for i in range(0, 20, 2)]
        said = (at.says("hello", number, key=f"{at is first} {number}") for number in numbers for at in (first, second))
        lists = (at.registry.put_workers(people[i::2]) for i, at in ((0, first), (1, second)))
        await asyncio.gather(*said, *lists)
        await first.becomes("SELECT count(*) FROM event WHERE state = 1", [(40,)])
        rows = await first.rows("SELECT e.box_id AS theirs, l.box_id FROM event e JOIN line l ON l.line_id = e.line_id")
        assert [row.theirs for row in rows] == [row.box_id for row in rows]
        pairs = [await boxes(first, numbers[i], numbers[i + 1]) for i in range(0, 20, 2)]
        assert [len(set(pair)) for pair in pairs] == [1] * 10


@asynccontextmanager
async def two_processes(folder: Path, library: Library) -> AsyncIterator[tuple[World, World]]:
    async with world(folder, library) as first:
        second = World(folder, library)
        await second.runtime.start()
        try:
            yield first, second
        finally:
            await second.runtime.stop(1)
            await second.store.close()


async def test_a_list_that_the_database_has_to_take_in_again_locks_anew(tmp_path: Path, library: MakeLibrary) -> None:
    """The first try is rolled back, and messages come in before the second: nothing of the first counts."""
    other = "+231770000055"
    async with world(tmp_path, library()) as at:
        await at.says("HELP")
        await at.says("HELP", other)
        real = at.store.write

        async def twice(work: Any, *rest: Any) -> Any:
            def undone(connection: Any) -> None:
                work(connection)
                raise ZeroDivisionError

            at.store.write = real  # type: ignore[method-assign]
            with pytest.raises(ZeroDivisionError):
                await real(undone, *rest)
            await at.says("HELP")
            await at.says("HELP", other)
            return await real(work, *rest)

        at.store.write = twice  # type: ignore[method-assign]
        await at.registry.put_workers([{"id": "moses", "phones": f"{MOSES}, {other}"}])
        at.store.write = real  # type: ignore[method-assign]
        assert not (await at.says("HELP")).repeat
        async with at.store.read() as connection:
            assert await connection.run_sync(invariants.breaches) == []
