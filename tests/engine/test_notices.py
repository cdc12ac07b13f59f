"""What can no longer be sent is an event of its conversation: nobody waits for an answer to what never left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from engine import schema
from engine.delivery import Down, Outcome, Refused, Retry, Sent, Unknown
from engine.events import NOT_TAKEN, UNREACHABLE
from engine.limits import DAY, MINUTE
from engine.notices import Notice, NotTaken, notice, notice_not_taken
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


HERE = {"bucket": 1, "box_id": 2, "session_id": 3}
TOLD = {"name": UNREACHABLE, "guard": 4, "after": None, "due_at": 9}
NOT_SENT = {"name": f"{NOT_TAKEN}:4", "guard": None, "after": None, "due_at": 9}


@pytest.mark.parametrize(
    ("conversation", "unreachable", "not_taken"),
    [
        ({"status": "waiting", "wait": 4}, [TOLD], [NOT_SENT]),
        ({"status": "suspended", "wait": 4}, [TOLD], [NOT_SENT]),
        ({"status": "waiting", "wait": 5}, [], [NOT_SENT]),
        ({"status": "waiting", "wait": 3}, [], [NOT_SENT]),
        ({"status": "ended", "wait": 4}, [], []),
        ({"status": "waiting", "wait": 4, "session_id": 7}, [], []),
    ],
)
async def test_who_waits_for_what_never_left_is_told_and_nobody_else(
    tmp_path: Path,
    library: MakeLibrary,
    conversation: dict[str, Any],
    unreachable: list[dict[str, Any]],
    not_taken: list[dict[str, Any]],
) -> None:
    """The question of wait 4 never left; of the values at position 4 is told as long as the conversation lasts."""
    row = {**HERE, "program": "p", "seq": 1, "line_id": 1, "state": b"", "started_at": 1, "changed_at": 1}

    async def timers(at: World, tell: Callable[[Connection], None]) -> list[dict[str, Any]]:
        def work(connection: Connection) -> list[dict[str, Any]]:
            connection.execute(schema.timer.delete())
            tell(connection)
            tell(connection)
            return [dict(each._mapping) for each in connection.execute(select(schema.timer))]

        return await at.store.write(work)

    async with world(tmp_path, library(), start=False) as at:
        await at.store.write(
            lambda connection: connection.execute(schema.session.insert(), row | conversation) and None
        )
        asked = await timers(at, lambda connection: notice(connection, [Notice(1, 2, 3, 4)] * 2, 9))
        sent = await timers(at, lambda connection: notice_not_taken(connection, [NotTaken(1, 2, 3, 4)] * 2, 9))
        assert asked == [HERE | each for each in unreachable]
        assert sent == [HERE | each for each in not_taken]
