"""What a channel may send in a day: the last fifth is kept for answers, and nothing but consent goes beyond."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection

from engine.delivery import Down, Outcome, Refused, Retry, Sent, Unknown
from engine.library import Library
from engine.limits import DAY, HOUR
from engine.outbox import Manner
from engine.outgoing import CLASSES
from engine.spending import MILLION, Budget, Tariff, day, give_back
from engine.verdicts import HOLD
from tests.engine.motion import FATOU, MONDAY, MakeLibrary, world
from tests.engine.test_outbox import queue

SPENT = "SELECT parts, cost FROM spending"


@pytest.fixture
def none(library: MakeLibrary) -> Library:
    return library()


@pytest.mark.parametrize(
    ("tariff", "spent", "open_to"),
    [
        (Tariff(), 10**6, ["consent", "reply", "reminder", "bulk"]),
        (Tariff(daily_parts=10), 7, ["consent", "reply", "reminder", "bulk"]),
        (Tariff(daily_parts=10), 8, ["consent", "reply"]),
        (Tariff(daily_parts=10), 9, ["consent", "reply"]),
        (Tariff(daily_parts=10), 10, ["consent"]),
        (Tariff(2 * MILLION, daily_cost=20 * MILLION), 8, ["consent", "reply"]),
        (Tariff(2 * MILLION, daily_cost=20 * MILLION), 10, ["consent"]),
        (Tariff(2 * MILLION, daily_cost=20 * MILLION, daily_parts=5), 5, ["consent"]),
    ],
)
async def test_who_may_still_be_written_to(
    tmp_path: Path, none: Library, tariff: Tariff, spent: int, open_to: list[str]
) -> None:
    def allowed(connection: Connection) -> list[str]:
        budget = Budget(connection, "sms", tariff, MONDAY, "UTC")
        for _ in range(spent):
            budget.add(1)
        budget.keep(connection)
        again = Budget(connection, "sms", tariff, MONDAY, "UTC")
        return [kind for kind, rank in CLASSES.items() if again.allows(rank, 1)]

    async with world(tmp_path, none, start=False) as at:
        assert await at.store.write(allowed) == open_to


async def test_a_limit_holds_until_tomorrow_and_is_said(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, manners={"sms": Manner(tariff=Tariff(daily_parts=10))}, zone="UTC") as at:
        await queue(at, *(f"bulk {number}" for number in range(9)), kind="bulk")
        await at.becomes("SELECT count(*) FROM outbox WHERE status = 'sent'", [(8,)])
        await at.becomes("SELECT state FROM channel", [("limited",)])
        await queue(at, "answer 1", "answer 2", number=FATOU)
        await at.becomes("SELECT count(*) FROM outbox WHERE status = 'sent'", [(10,)])
        await queue(at, "answer 3", number=FATOU)
        await queue(at, "you are out", kind="consent")
        await at.becomes("SELECT count(*) FROM outbox WHERE status = 'sent'", [(11,)])
        reason = "SELECT reason FROM channel"
        all_waits = "The limit of the day is reached: all but the answers to STOP and START waits until tomorrow."
        await at.becomes(reason, [(all_waits,)])
        at.clock.move(DAY)
        at.runtime._owners["sms"].wake()
        assert (await at.gateway.has(13))[-2:] == ["answer 3", "bulk 8"]
        await at.becomes("SELECT state, reason FROM channel", [("up", "")])


@pytest.mark.parametrize(
    ("outcome", "spent"),
    [
        (Sent(), (1, 50_000)),
        (Unknown("reset"), (1, 50_000)),
        (Refused("blocked"), (0, 0)),
        (Retry("throttled"), (0, 0)),
        (Down("refused"), (0, 0)),
    ],
)
async def test_what_did_not_leave_costs_nothing(
    tmp_path: Path, none: Library, outcome: Outcome, spent: tuple[int, int]
) -> None:
    manner = Manner(unknown=HOLD, tariff=Tariff(50_000, daily_cost=MILLION))
    async with world(tmp_path, none, manners={"sms": manner}) as at:
        at.gateway.outcomes.append(outcome)
        await queue(at, "hello")
        await at.becomes("SELECT count(*) FROM attempt WHERE outcome IS NOT NULL", [(1,)])
        assert [tuple(row) for row in await at.rows(SPENT)] == [spent]
        assert [row.cost for row in await at.rows("SELECT cost FROM outbox")] == [spent[1]]


async def test_a_restart_is_not_a_new_day(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, manners={"sms": Manner(tariff=Tariff(daily_parts=2))}) as at:
        await queue(at, "one", "two", "three")
        await at.becomes("SELECT count(*) FROM outbox WHERE status = 'sent'", [(2,)])
        await at.crash()
        await at.runtime.start()
        await at.becomes("SELECT state FROM channel", [("limited",)])
        assert at.gateway.texts == []


@pytest.mark.parametrize(("zone", "expected"), [("UTC", "2025-03-03"), ("Pacific/Auckland", "2025-03-04")])
def test_the_day_is_that_of_the_deployment(zone: str, expected: str) -> None:
    assert day(MONDAY + 12 * HOUR, zone) == expected


TURNS = (("sms", MONDAY, 3), ("other", MONDAY, 2), ("sms", MONDAY + DAY, 1), ("sms", MONDAY, 4))
"""Channel, moment, and the parts that a transaction sends."""


async def test_each_channel_and_each_day_is_counted_alone(tmp_path: Path, none: Library) -> None:
    limited = Tariff(50_000, daily_cost=MILLION)

    def spend(connection: Connection) -> list[tuple[int, int]]:
        for channel, now, parts in TURNS:
            budget = Budget(connection, channel, limited, now, "UTC")
            budget.add(parts)
            budget.keep(connection)
        give_back(connection, "sms", limited, day(MONDAY, "UTC"), 1, 50_000)
        counted = [("sms", MONDAY), ("other", MONDAY), ("sms", MONDAY + DAY), ("other", MONDAY + DAY)]
        left = (Budget(connection, channel, limited, now, "UTC") for channel, now in counted)
        return [(each.parts, each.cost) for each in left]

    async with world(tmp_path, none, start=False) as at:
        assert await at.store.write(spend) == [(6, 300_000), (2, 100_000), (1, 50_000), (0, 0)]


@pytest.mark.parametrize(
    ("asked", "limit", "closed"),
    [
        (["bulk"], 0, "bulk"),
        (["bulk", "reply"], 0, "reply"),
        (["reply", "bulk"], 0, "reply"),
        (["bulk", "reply"], 1, "bulk"),
        (["bulk", "reply"], 9, None),
        (["consent"], 0, None),
    ],
)
async def test_the_most_urgent_that_has_to_wait_is_said(
    tmp_path: Path, none: Library, asked: list[str], limit: int, closed: str | None
) -> None:
    def ask(connection: Connection) -> int | None:
        budget = Budget(connection, "sms", Tariff(daily_parts=limit), MONDAY, "UTC")
        for kind in asked:
            budget.allows(CLASSES[kind], 1)
        return budget.closed

    async with world(tmp_path, none, start=False) as at:
        assert await at.store.write(ask) == (None if closed is None else CLASSES[closed])
