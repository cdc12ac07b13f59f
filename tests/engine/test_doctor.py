"""The doctor: says nothing of a database that is well, while it works, and finds each thing that is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from engine import doctor, held
from engine.doctor import Finding
from engine.limits import DAY, HOUR, MINUTE
from tests.engine.motion import MakeLibrary, World, world

FLOW = """
    flow who: Who
        languages: en
        channels: sms
        start on word WHO
        remind after 4 hours: Please answer.
    ask name: What is your name?
        answer: text up to 40 letters
    ask old: How old are you?
        answer: whole number from 0 to 120
    say: Thank you, {name}.
"""


async def found(here: World, now: int | None = None) -> list[Finding]:
    """All that is found, but that a database server has a clock of its own, which does not stand still."""
    moment = here.clock.now() if now is None else now
    found = [each async for each in doctor.findings(here.store, moment, {})]
    return [each for each in found if "the database's says" not in each.what]


async def talked(here: World) -> None:
    await here.says("WHO")
    await here.gateway.has(1)
    await here.says("Moses")
    await here.gateway.has(2)
    await here.becomes("SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending')", [(0,)])


async def test_a_database_that_is_well(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        await talked(here)
        await here.says("STOP")
        await here.gateway.has(3)
        await here.becomes("SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending')", [(0,)])
        assert await found(here) == []


async def test_it_is_well_after_a_purge(tmp_path: Path, library: MakeLibrary) -> None:
    from engine.purging import Purge, Terms

    async with world(tmp_path, library(FLOW)) as here:
        await talked(here)
        await here.says("44")
        await here.gateway.has(3)
        await here.becomes("SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending')", [(0,)])
        later = here.clock.now() + 1
        await Purge(here.store, Terms(later, later, later)).all()
        assert await found(here) == []


ILLS = {
    "a channel that is down": (
        "UPDATE channel SET state = 'down', reason = 'connection refused', since = since - 7200000",
        "Channel sms is down for 2 hours: connection refused.",
        "Does the gateway run",
    ),
    "a pause that was forgotten": (
        "INSERT INTO pause (kind, name, at, actor, reason) VALUES ('flow', 'who', 0, 'grace', '')",
        "days: flow who.",
        "dundun unpause flow who",
    ),
    "parked work": ("UPDATE event SET state = 2 WHERE n = 2", "1 messages could not be applied.", "dundun dead list"),
    "work that nobody takes up": (
        "UPDATE event SET state = 0, at = at - 120000 WHERE n = 2",
        "1 messages are stored and not applied.",
        "Does a server run?",
    ),
    "an event that is gone": ("DELETE FROM event WHERE n = 2", "(I3)", "report it"),
    "a state that is another": (
        "UPDATE session SET seq = 1",
        "(I3)",
        "report it",
    ),
    "a version that is gone": ("DELETE FROM program", "(I4)", "report it"),
}


@pytest.mark.parametrize(("change", "what", "advice"), ILLS.values(), ids=ILLS)
async def test_each_ill_is_found_and_says_what_to_do(
    tmp_path: Path, library: MakeLibrary, change: str, what: str, advice: str
) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        await talked(here)
        await here.runtime.stop(1)
        await here.change(change)
        findings = await found(here)
        assert any(what in each.what and advice in each.advice for each in findings), findings


async def test_a_hold_is_told(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        await here.store.write(lambda c: held.hold(c, held.RESTORED, "It is a copy.", here.clock.now()))
        assert await found(here) == [
            Finding("On hold: It is a copy.", "See what would go out, and let it: dundun resume")
        ]


async def test_a_clock_that_was_set_back_is_told(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        await here.store.write(lambda c: held.store_clock(c, here.clock.now()))
        ills = await found(here, here.clock.now() - HOUR)
        assert ["it was 2025-03-03 09:00 UTC already" in each.what for each in ills][:1] == [True]


async def test_a_clock_that_is_not_the_databases_is_told(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        found = [each.what async for each in doctor.findings(here.store, here.clock.now(), {})]
        own = ["The clock says 2025-03-03 09:00 UTC, and the database's says" in each for each in found]
        assert own == ([True] if here.store.shared else [])


@pytest.mark.parametrize(("waits", "told"), [(doctor.LATE - MINUTE, False), (doctor.LATE + MINUTE, True)])
async def test_messages_that_wait_too_long_are_told(
    tmp_path: Path, library: MakeLibrary, waits: int, told: bool
) -> None:
    async with world(tmp_path, library(FLOW), start=False) as here:
        await here.runtime.inbox.start()
        await here.says("WHO")
        sentences = [each.what for each in await found(here, here.clock.now() + waits)]
        assert any(each.startswith("1 messages wait for channel sms") for each in sentences) is told


def test_lengths_are_said_in_words() -> None:
    assert [doctor._long(ms) for ms in (5_000, 2 * MINUTE, 3 * HOUR, 4 * DAY)] == [
        "5 seconds",
        "2 minutes",
        "3 hours",
        "4 days",
    ]


async def test_what_is_compared_is_of_one_moment(tmp_path: Path, library: MakeLibrary) -> None:
    count = text("SELECT count(*) FROM event")
    async with world(tmp_path, library(FLOW)) as here, here.store.snapshot() as moment:
        before = await moment.scalar(count)
        await here.says("WHO")
        assert (before, await moment.scalar(count)) == (0, 0)
        assert len(await here.rows("SELECT n FROM event")) == 1
