"""What was sent and what it cost: a part counts where it left, or may have."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from console.ledger import Entry, Key, amount, ledger
from engine.delivery import Receipt, Refused, Sent, Unknown
from engine.library import Library
from engine.limits import DAY, HOUR
from engine.outbox import Manner
from engine.phrases import load
from engine.spending import Tariff
from engine.verdicts import HOLD
from tests.engine.motion import MONDAY, World, world
from tests.engine.test_outbox import queue

TARIFF = Manner(at_once=1, unknown=HOLD, tariff=Tariff(per_part=12_500))


async def lines(at: World, since: int = 0, zone: str = "UTC") -> dict[Key, Entry]:
    async with at.store.read() as connection:
        return await ledger(connection, since, zone)


async def sent(at: World, count: int) -> None:
    await at.becomes("SELECT count(*) FROM attempt WHERE outcome IS NOT NULL", [(count,)])


async def test_estimates_and_reports_stand_side_by_side(tmp_path: Path) -> None:
    async with world(tmp_path, Library(load()), manners={"sms": TARIFF}) as at:
        at.gateway.outcomes.extend([Sent("a", "KES 0.8000"), Sent("b"), Unknown("reset"), Refused("blocked")])
        await queue(at, "one", "two" * 60, "three", "four")
        await sent(at, 4)
        await at.runtime.receipt("sms", Receipt("delivered", at.gateway.messages[1].ref, cost="-0.0075 USD"))
        expected = Entry(3, 4, Decimal("0.05"), {"KES": Decimal("0.8"), "USD": Decimal("0.0075")})
        assert await lines(at) == {Key("2025-03-03", "sms", ""): expected}


@pytest.mark.parametrize(
    ("zone", "days"),
    [("UTC", ["2025-03-03", "2025-03-04"]), ("Pacific/Auckland", ["2025-03-03", "2025-03-04", "2025-03-05"])],
)
async def test_days_are_those_of_the_zone(tmp_path: Path, zone: str, days: list[str]) -> None:
    async with world(tmp_path, Library(load()), manners={"sms": TARIFF}) as at:
        for count, moment in enumerate((MONDAY, MONDAY + 12 * HOUR, MONDAY + DAY + 12 * HOUR), 1):
            at.clock.moment = moment
            await queue(at, "hello")
            await sent(at, count)
        assert [key.day for key in await lines(at, zone=zone)] == days
        assert len(await lines(at, since=MONDAY + DAY, zone=zone)) == 1


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("KES 0.8000", ("KES", Decimal("0.8"))),
        ("0.02", ("", Decimal("0.02"))),
        ("-0.0075", ("", Decimal("0.0075"))),
        ("0,35 EUR", ("EUR", Decimal("0.35"))),
        ("", None),
        ("free", None),
    ],
)
def test_what_providers_write(said: str, found: tuple[str, Decimal] | None) -> None:
    assert amount(said) == found
