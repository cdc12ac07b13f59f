"""A flow begins others: with each of them once, and whoever waits hears whether it began with anybody (K6)."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import mail
from engine.invariants import breaches
from engine.limits import CHAIN, MINUTE
from engine.recounting import recount
from tests.engine.motion import FATOU, MOSES, MakeLibrary, World, world

VISIT = """
    flow visit: Visit
        languages: en, fr
        channels: sms
        inputs:
            place: text
    ask can: Can you go to {place}?
        answer: yes or no
        fr: Pouvez-vous aller à {place} ?
    say: Noted.
        fr: Noté.
"""
ENGLISH, FRENCH = "Can you go to Ganta?", "Pouvez-vous aller à Ganta ?"


def alert(line: str = 'start flow visit for supervisor with place = "Ganta"') -> str:
    return f"""
    flow alert: Alert
        languages: en
        channels: sms
        start on word ALERT
    {line}
    say: Somebody goes.
    """


WAITS = alert(
    """start flow visit for supervisor with place = "Ganta"
        if failed:
            say: Nobody can go.
            stop as alone"""
)


async def rest(at: World) -> None:
    await at.becomes("SELECT count(*) FROM mail WHERE done_at IS NULL", [(0,)])
    await at.becomes("SELECT count(*) FROM event WHERE state = 0", [(0,)])
    await at.becomes("SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending')", [(0,)])
    async with at.store.read() as connection:
        page = await connection.run_sync(recount, at.store.vault, at.library)
        assert [*await connection.run_sync(breaches), *page.breaches] == []


async def alerts(at: World) -> None:
    """Once more, and not so soon that it were a double send."""
    at.clock.move(MINUTE)
    await at.says("ALERT")
    await rest(at)


async def test_it_begins_with_somebody_else_in_his_language(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(VISIT + alert())) as at:
        await at.says("ALERT")
        assert await at.gateway.has(2)
        await rest(at)
        assert (await at.heard(FATOU), await at.heard()) == ([FRENCH], ["Somebody goes."])
        await at.says("oui", FATOU)
        assert (await at.gateway.has(3))[-1] == "Noté."


async def test_it_begins_with_everybody_in_a_group_though_in_slices(
    tmp_path: Path, library: MakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "SLICE", 2)
    numbers = [f"+2317700007{i:02}" for i in range(5)]
    flow = alert('start flow visit for group staff with place = "Ganta"')
    async with world(tmp_path, library(VISIT + flow)) as at:
        await at.registry.put_workers(
            {"id": f"s{i}", "phone": number, "groups": "staff"} for i, number in enumerate(numbers)
        )
        await at.says("ALERT")
        await rest(at)
        assert [await at.heard(number) for number in numbers] == [[ENGLISH]] * 5
        assert [tuple(row) for row in await at.rows("SELECT reached FROM mail")] == [(5,)]


async def test_what_begins_is_published_at_that_moment_and_what_runs_is_of_the_start(
    tmp_path: Path, library: MakeLibrary
) -> None:
    """RULES K1."""
    flow = alert('start flow visit for supervisor with place = "Ganta"\n    run visit with place = "Ganta"')
    flow = flow.replace("    start flow", "    ask sure: Sure?\n        answer: yes or no\n    start flow")
    newer = VISIT.replace("Pouvez-vous aller", "Irez-vous").replace("Can you go", "Will you go")
    async with world(tmp_path, library(VISIT + flow)) as at:
        await at.says("ALERT")
        await rest(at)
        await at.runtime.publish(library(newer).flows()[0].program)
        at.clock.move(MINUTE)
        await at.says("yes")
        await rest(at)
        assert await at.heard(FATOU) == ["Irez-vous à Ganta ?"]
        assert await at.heard() == ["Sure?", ENGLISH]


async def test_two_who_share_a_phone_have_a_conversation_each(tmp_path: Path, library: MakeLibrary) -> None:
    flow = alert('start flow visit for group lab with place = "Ganta"')
    async with world(tmp_path, library(VISIT + flow)) as at:
        await at.registry.put_workers([{"id": "may", "phone": FATOU, "groups": "lab"}])
        await at.says("ALERT")
        await at.becomes(
            "SELECT s.worker_id, s.outcome FROM session s WHERE s.worker_id <> 'moses' ORDER BY 1",
            [("fatou", ""), ("may", "")],
        )


async def test_not_twice_while_it_is_open(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(VISIT + alert())) as at:
        for _ in range(2):
            await alerts(at)
        assert await at.heard(FATOU) == [FRENCH]
        await at.says("oui", FATOU)
        await alerts(at)
        assert await at.heard(FATOU) == [FRENCH, "Noté.", FRENCH]


async def test_a_crash_between_the_start_and_its_note_begins_nothing_twice(
    tmp_path: Path, library: MakeLibrary
) -> None:
    async with world(tmp_path, library(VISIT + WAITS)) as at:
        await at.says("ALERT")
        await rest(at)
        await at.says("oui", FATOU)
        await at.change("UPDATE mail SET done_at = NULL, reached = 0, cursor = ''")
        assert await at.runtime.mail.deliver_due() == 1
        assert (await at.heard(FATOU), await at.heard()) == ([FRENCH, "Noté."], ["Somebody goes."])


async def test_what_was_not_begun_before_a_crash_begins_after_it(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(VISIT + WAITS)) as at:
        await at.runtime.mail.stop()
        await at.says("ALERT")
        await at.crash()
        await at.runtime.start()
        await rest(at)
        assert (await at.heard(FATOU), await at.heard()) == ([FRENCH], ["Somebody goes."])


async def test_who_waits_hears_that_it_began_or_is_open_already(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(VISIT + WAITS)) as at:
        for _ in range(2):
            await alerts(at)
        assert await at.heard() == ["Somebody goes."] * 2


@pytest.mark.parametrize("why", ["stopped", "no phone", "no such person", "no such flow"])
async def test_who_waits_hears_that_it_began_with_nobody(tmp_path: Path, library: MakeLibrary, why: str) -> None:
    async with world(tmp_path, library(VISIT + WAITS)) as at:
        if why == "stopped":
            await at.says("STOP", FATOU)
        if why == "no phone":
            await at.registry.put_workers([{"id": "boss", "name": "Boss"}, {"id": "moses", "supervisor": "boss"}])
        if why == "no such person":
            await at.registry.put_workers([{"id": "moses", "supervisor": "ghost"}])
        if why == "no such flow":
            await at.runtime.versions.withdraw("visit")
        await at.says("ALERT")
        await rest(at)
        assert (await at.heard(), FRENCH in await at.heard(FATOU)) == (["Nobody can go."], False)


async def test_flows_that_start_each_other_stop_in_the_end(tmp_path: Path, library: MakeLibrary) -> None:
    ping = """
    flow {0}: {0}
        languages: en
        channels: sms
        start on word {0}
    say: {0}
    start flow {1} for supervisor
    """
    async with world(tmp_path, library(ping.format("ping", "pong") + ping.format("pong", "ping"))) as at:
        await at.registry.put_workers([{"id": "fatou", "supervisor": "moses"}])
        await at.says("ping")
        await rest(at)
        assert [len(await at.heard(number)) for number in (MOSES, FATOU)] == [3, 3]
        assert (await at.rows("SELECT count(*) FROM session"))[0][0] == 1 + CHAIN
