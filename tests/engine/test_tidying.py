"""Who stopped a line, or took it away, need not know of its conversations: they see to it by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.delivery import Refused, Retry
from engine.library import Library
from engine.limits import DAY, HOUR
from engine.recounting import recount
from tests.engine.motion import FATOU, MOSES, MakeLibrary, World, world

SURVEY = """
    flow survey: Survey
        languages: en
        channels: sms
        start on word SURVEY
        start on event due
    ask cases: How many cases?
        answer: whole number from 0 to 500
    say: Thank you.
"""


@pytest.fixture
def survey(library: MakeLibrary) -> Library:
    return library(SURVEY)


async def states(at: World) -> list[tuple[str, ...]]:
    return [tuple(row) for row in await at.rows("SELECT status, outcome FROM session ORDER BY session_id")]


async def test_a_conversation_ends_where_the_gateway_says_that_its_number_opted_out(
    tmp_path: Path, survey: Library
) -> None:
    async with world(tmp_path, survey) as at:
        at.gateway.outcomes.append(Refused("opted out", opted_out=True))
        await at.says("SURVEY")
        await at.becomes("SELECT name FROM timer WHERE name = 'tidy'", [("tidy",)])
        await at.runtime.timers.fire_due()
        assert await states(at) == [("ended", "opted_out")]
        assert (await at.runtime.start_flow("survey", "moses", {}, "1")).session_id == 0
        assert await at.rows("SELECT actor, what FROM audit WHERE what = 'stop'") == [("gateway", "stop")]


async def test_what_is_still_to_be_looked_after_is_no_fault(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await at.says("SURVEY")
        await at.runtime.timers.stop()
        await at.registry.put_workers([{"id": "moses", "phone": "none"}])
        assert await at.rows("SELECT name FROM timer WHERE name = 'tidy'")
        async with at.store.read() as connection:
            page = await connection.run_sync(recount, at.store.vault, at.library)
        assert page.breaches == []


async def test_what_was_queued_on_a_shared_phone_is_not_sent_to_a_worker_who_stopped_on_his_own(
    tmp_path: Path, survey: Library
) -> None:
    async with world(tmp_path, survey, start=False) as at:
        await at.runtime.inbox.start()
        await at.registry.put_workers([{"id": "moses", "phones": [FATOU, MOSES]}])
        await at.runtime.start_flow("survey", "moses", {}, "1")
        await at.says("STOP", MOSES)
        await at.runtime.start()
        assert await at.gateway.has(1) == (await at.heard(MOSES))[-1:]
        assert await states(at) == [("ended", "opted_out")]
        assert [said.status for said in await at.transcript(FATOU)] == ["expired"]


async def test_a_try_that_failed_is_not_repeated_after_stop(tmp_path: Path, survey: Library) -> None:
    """I12: nothing is picked after the commit of a STOP, not even what was on its way then."""
    async with world(tmp_path, survey) as at:
        at.gateway.open.clear()
        await at.says("SURVEY")
        await at.gateway.has(1)
        await at.says("STOP")
        at.gateway.outcomes.append(Retry("throttled"))
        at.gateway.open.set()
        await at.becomes("SELECT count(*) FROM attempt WHERE outcome IS NOT NULL", [(2,)])
        at.clock.move(DAY)
        at.runtime._owners["sms"].wake()
        await at.becomes("SELECT status FROM outbox ORDER BY out_id", [("stopped",), ("sent",)])
        assert len(at.gateway.texts) == 2


async def test_what_was_on_its_way_to_a_shared_phone_is_not_tried_again(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await at.registry.put_workers([{"id": "moses", "phones": [FATOU, MOSES]}])
        at.gateway.open.clear()
        await at.runtime.start_flow("survey", "moses", {}, "1")
        await at.gateway.has(1)
        await at.says("STOP", MOSES)
        at.gateway.outcomes.append(Retry("throttled"))
        at.gateway.open.set()
        await at.becomes("SELECT count(*) FROM attempt WHERE outcome IS NOT NULL", [(2,)])
        at.clock.move(HOUR)
        at.runtime._owners["sms"].wake()
        await at.becomes("SELECT status FROM outbox ORDER BY out_id", [("expired",), ("sent",)])


async def test_stop_and_start_are_audited(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        for said in ("STOP", "START"):
            await at.says(said)
        rows = await at.rows("SELECT actor, what FROM audit WHERE what IN ('stop', 'start') ORDER BY n")
        assert [tuple(row) for row in rows] == [("worker", "stop"), ("worker", "start")]


async def test_stop_is_heard_though_a_conversation_cannot_be_read_any_more(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await at.says("SURVEY")
        await at.change("UPDATE session SET state = substr(state, 2)")
        await at.says("STOP")
        assert await states(at) == [("ended", "opted_out")]
        assert len(await at.heard()) == 2


async def test_on_a_shared_phone_each_message_of_the_worker_is_told_once(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await at.registry.put_workers([{"id": "moses", "phones": [MOSES, FATOU]}])
        for said in ("SURVEY", "2", "7"):
            await at.says(said, FATOU)
        assert [said.text for said in await at.transcript(FATOU) if said.who == "worker"] == ["SURVEY", "2", "7"]
