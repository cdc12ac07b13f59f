"""What can no longer be sent is an event of its conversation: nobody waits for an answer to what never left."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.delivery import Down, Outcome, Refused, Retry, Sent, Unknown
from engine.limits import DAY, MINUTE
from engine.outbox import Manner
from engine.verdicts import HOLD
from tests.engine.motion import FATOU, MakeLibrary, World, world

ASK = """
    flow survey: Survey
        languages: en
        channels: sms
        start on word SURVEY
    say: Hello.
    ask cases: How many cases?
        answer: whole number from 0 to 500
    say: Thank you.
"""
GIVES_UP = """
    flow survey: Survey
        languages: en
        channels: sms
        start on word SURVEY
    say: Hello.
    ask cases: How many cases?
        answer: whole number from 0 to 500
        give up after 2 days:
            tell supervisor: {worker.name} cannot be asked.
"""
ENDED = "SELECT status, outcome FROM session"


async def refused(at: World, *outcomes: Outcome) -> None:
    """Hello is sent, and this is what the gateway says of the question."""
    at.gateway.outcomes.extend([Sent(), *outcomes])
    await at.says("SURVEY")
    await at.gateway.has(2)
    await at.becomes("SELECT count(*) FROM attempt WHERE outcome IS NULL", [(0,)])


@pytest.mark.parametrize(
    ("outcome", "ended"),
    [
        (Refused("no such number"), ("ended", "unreachable")),
        (Unknown("reset"), ("waiting", "")),
        (Retry("throttled"), ("waiting", "")),
        (Sent(), ("waiting", "")),
    ],
)
async def test_a_conversation_whose_question_is_refused_ends(
    tmp_path: Path, library: MakeLibrary, outcome: Outcome, ended: tuple[str, str]
) -> None:
    async with world(tmp_path, library(ASK), manners={"sms": Manner(unknown=HOLD)}) as at:
        await refused(at, outcome)
        await at.runtime.timers.fire_due()
        await at.becomes(ENDED, [ended])


async def test_it_gives_up_at_once_where_it_says_how(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(GIVES_UP)) as at:
        await refused(at, Refused("no such number"))
        await at.runtime.timers.fire_due()
        await at.becomes(ENDED, [("ended", "no_answer")])
        assert (await at.gateway.has(3))[2:] == ["Moses Flomo cannot be asked."]
        assert await at.rows("SELECT * FROM timer") == []


async def test_what_failed_three_times_is_one_too(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(ASK)) as at:
        await refused(at, Retry("busy"), Retry("busy"), Retry("busy"))
        for count in (3, 4):
            at.clock.move(10 * MINUTE)
            at.runtime._owners["sms"].wake()
            await at.gateway.has(count)
            await at.becomes("SELECT count(*) FROM attempt WHERE outcome = 'retry'", [(count - 1,)])
        await at.runtime.timers.fire_due()
        await at.becomes(ENDED, [("ended", "unreachable")])


async def test_what_expired_is_one_too(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(ASK)) as at:
        at.gateway.outcomes.append(Down("refused"))
        await at.says("SURVEY")
        await at.becomes("SELECT state FROM channel", [("down",)])
        at.clock.move(7 * DAY)
        at.runtime._owners["sms"].wake()
        await at.becomes("SELECT DISTINCT status FROM outbox", [("expired",)])
        await at.runtime.timers.fire_due()
        await at.becomes(ENDED, [("ended", "unreachable")])


async def test_no_crash_loses_it(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(ASK)) as at:
        await at.runtime.timers.stop()
        await refused(at, Refused("no such number"))
        await at.becomes("SELECT name FROM timer WHERE name = 'unreachable'", [("unreachable",)])
        await at.crash()
        await at.runtime.start()
        await at.becomes(ENDED, [("ended", "unreachable")])


async def test_a_wait_that_is_over_hears_nothing(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(ASK)) as at:
        await at.runtime.timers.stop()
        at.gateway.outcomes.append(Sent())
        await at.says("SURVEY")
        await at.gateway.has(1)
        at.gateway.open.clear()
        at.gateway.outcomes.append(Refused("no such number"))
        await at.gateway.has(2)
        await at.says("12")
        at.gateway.open.set()
        await at.becomes("SELECT status FROM outbox ORDER BY out_id", [("sent",), ("refused",), ("sent",)])
        assert await at.rows("SELECT * FROM timer") == []
        await at.becomes(ENDED, [("ended", "completed")])


async def test_others_on_the_way_are_not_touched(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(ASK)) as at:
        await refused(at, Refused("no such number"))
        await at.says("SURVEY", FATOU)
        await at.runtime.timers.fire_due()
        await at.becomes(
            "SELECT status, outcome FROM session ORDER BY session_id", [("ended", "unreachable"), ("waiting", "")]
        )
