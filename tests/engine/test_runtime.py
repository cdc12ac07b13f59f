"""The engine as a whole: what is pinned stays, what is published begins, and a stop is as good as a crash."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from engine.facts import Facts
from engine.library import Library
from engine.runtime import UnreachableError
from tests.engine.motion import MOSES, NOBODY, MakeLibrary, World, world

OLD = """
    flow survey: Survey
        languages: en
        channels: sms
        start on word SURVEY
        start on event survey_due
        inputs:
            place: text optional
    ask cases: How many cases?
        answer: whole number from 0 to 500
    say: Thank you.
"""
NEW = OLD.replace("Thank you.", "Many thanks.")
CLAIMS = """
    flow greet: Greet
        languages: en, fr
        channels: sms
        start on word GREET
    ask name: Who are you?
        answer: text up to 40 letters
    set worker.name to name
    set worker.cadre to "nurse"
    add worker to group greeted
    say: Thank you.
"""


@pytest.fixture
def survey(library: MakeLibrary) -> Library:
    return library(OLD)


async def test_an_event_begins_a_conversation_once(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        first = await at.runtime.start_flow("survey", "moses", {"place": "Ganta"}, "event-1")
        again = await at.runtime.start_flow("survey", "moses", {"place": "Ganta"}, "event-1")
        assert (first.repeat, again.repeat) == (False, True)
        assert first.session_id > 0
        assert await at.heard() == ["How many cases?"]
        assert (await at.rows("SELECT class FROM outbox"))[0] == (3,)


async def test_a_worker_can_be_named_by_phone(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        assert (await at.runtime.start_flow("survey", MOSES, {}, "event-1")).session_id > 0


@pytest.mark.parametrize("worker", ["nobody", ""])
async def test_who_cannot_be_reached_is_said(tmp_path: Path, survey: Library, worker: str) -> None:
    async with world(tmp_path, survey) as at:
        with pytest.raises(UnreachableError):
            await at.runtime.start_flow("survey", worker, {}, "event-1")


@pytest.mark.parametrize(("flow", "worker"), [("nothing", "moses"), ("survey", NOBODY)])
async def test_what_cannot_begin_is_recorded(tmp_path: Path, survey: Library, flow: str, worker: str) -> None:
    async with world(tmp_path, survey) as at:
        assert (await at.runtime.start_flow(flow, worker, {}, "event-1")).session_id == 0
        assert [row.kind for row in await at.rows("SELECT kind FROM event")] == ["begin"]
        assert (await at.runtime.start_flow(flow, worker, {}, "event-1")).repeat


async def test_a_running_conversation_keeps_its_version_over_a_restart(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(OLD)) as at:
        await at.says("SURVEY")
        await at.becomes("SELECT status FROM outbox", [("sent",)])
        at.library = library(NEW)
        await at.crash()
        await at.runtime.publish(at.library.flows()[0].program)
        await at.runtime.start()
        await at.says("3")
        await at.says("SURVEY")
        await at.says("4")
        assert await at.gateway.has(3) == ["Thank you.", "How many cases?", "Many thanks."]


async def test_what_is_claimed_is_on_the_record_at_once(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(CLAIMS)) as at:
        for said in ("GREET", "Moses K. Flomo"):
            await at.says(said)
        rows = await at.rows("SELECT field, state FROM claim ORDER BY claim_id")
        assert [tuple(row) for row in rows] == [("name", "applied"), ("cadre", "applied")]
        assert [tuple(row) for row in await at.rows("SELECT group_name FROM membership WHERE worker_id = 'moses'")] == [
            ("greeted",)
        ]
        await at.says("GREET")
        facts = await facts_of_last_event(at)
        assert (facts.worker["name"], facts.worker["cadre"]) == ("Moses K. Flomo", "nurse")
        assert facts.groups == ("greeted",)


async def test_stop_and_start_hold_for_all_lines_that_a_worker_has_alone(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await at.registry.put_workers([{"id": "moses", "phones": [MOSES, NOBODY]}])
        stopped = "SELECT count(*) FROM line WHERE stopped_at IS NOT NULL"
        await at.says("STOP")
        assert [tuple(row) for row in await at.rows(stopped)] == [(2,)]
        assert (await at.runtime.start_flow("survey", "moses", {}, "event-1")).session_id == 0
        await at.says("START", NOBODY)
        assert [tuple(row) for row in await at.rows(stopped)] == [(0,)]


async def test_a_stop_in_the_middle_of_the_rush_loses_and_doubles_nothing(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        numbers = [f"+2317700002{i:02}" for i in range(60)]
        await at.registry.put_workers({"id": number, "phone": number} for number in numbers)
        rush = asyncio.gather(*(at.says("SURVEY", number, key="1") for number in numbers), return_exceptions=True)
        await at.gateway.has(5)
        await at.runtime.stop(10)
        await rush
        await at.store.close()
        at.open()
        await at.runtime.start()
        for number in numbers:
            await at.says("SURVEY", number, key="1")
        await at.becomes("SELECT status, count(*) FROM outbox GROUP BY 1", [("sent", 60)])
        assert len(at.gateway.texts) == 60


async def test_a_crash_in_the_middle_of_the_rush_loses_nothing_and_shows_what_may_be_double(
    tmp_path: Path, survey: Library
) -> None:
    async with world(tmp_path, survey) as at:
        numbers = [f"+2317700002{i:02}" for i in range(60)]
        await at.registry.put_workers({"id": number, "phone": number} for number in numbers)
        rush = asyncio.gather(*(at.says("SURVEY", number, key="1") for number in numbers), return_exceptions=True)
        await at.gateway.has(5)
        await at.crash()
        await asyncio.gather(rush, return_exceptions=True)
        await at.runtime.start()
        for number in numbers:
            await at.says("SURVEY", number, key="1")
        assert (await at.rows("SELECT count(*), count(DISTINCT line_id) FROM session"))[0] == (60, 60)
        unknown = "SELECT count(*) FROM outbox WHERE status = 'queued' AND retries = 1"
        possible = (await at.rows(unknown))[0][0]
        await at.becomes("SELECT count(*) FROM outbox WHERE status = 'sent'", [(60 - possible,)])


async def facts_of_last_event(at: World) -> Facts:
    row = (await at.rows("SELECT box_id, n, facts FROM event ORDER BY at DESC, n DESC LIMIT 1"))[0]
    return msgspec.msgpack.decode(at.store.vault.open("event.facts", row.box_id, row.n, row.facts), type=Facts)


async def test_whatever_fails_at_the_end_all_the_rest_ends(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:

        async def fail(*_: object) -> None:
            raise ValueError("a fault")

        def fail_at_once(*_: object, **__: object) -> None:
            raise ValueError("a fault")

        at.runtime.timers.stop = fail  # type: ignore[method-assign]
        at.runtime.inbox.stop = fail  # type: ignore[assignment,method-assign]
        at.runtime._owners["sms"]._leave = fail_at_once  # type: ignore[method-assign]
        await at.runtime.stop(1)
        assert [row.stopped_at for row in await at.rows("SELECT stopped_at FROM process")] == [at.clock.now()]
