"""Receipts: a status never moves back, and what comes too early is kept (I11)."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.exc import ProgrammingError

from engine.delivery import Receipt, Sent
from engine.library import Library
from engine.outbox import Manner
from engine.receipts import KEPT
from engine.store import StoreError
from engine.verdicts import HOLD
from tests.engine.motion import MakeLibrary, World, world

STATUS = "SELECT status FROM outbox ORDER BY out_id"


@pytest.fixture
def none(library: MakeLibrary) -> Library:
    return library()


async def one_message(at: World) -> str:
    """A message that was handed over; its name for receipts."""
    await at.says("HELP")
    await at.gateway.has(1)
    return at.gateway.messages[0].ref


@pytest.mark.parametrize(
    ("reported", "status"),
    [
        (["sent"], "sent"),
        (["sent", "delivered"], "delivered"),
        (["delivered", "sent"], "delivered"),
        (["delivered", "undelivered"], "delivered"),
        (["rejected", "delivered"], "rejected"),
        (["undelivered", "sent", "sent"], "undelivered"),
    ],
)
async def test_a_status_never_moves_back(tmp_path: Path, none: Library, reported: list[str], status: str) -> None:
    async with world(tmp_path, none) as at:
        ref = await one_message(at)
        await at.becomes(STATUS, [("sent",)])
        for each in reported:
            await at.runtime.receipt("sms", Receipt(each, ref))
        assert [tuple(row) for row in await at.rows(STATUS)] == [(status,)]


async def test_a_receipt_that_comes_before_the_outcome_holds(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none) as at:
        at.gateway.open.clear()
        ref = await one_message(at)
        await at.runtime.receipt("sms", Receipt("delivered", ref))
        at.gateway.open.set()
        await at.becomes("SELECT outcome, receipt FROM attempt", [("sent", "delivered")])
        assert [tuple(row) for row in await at.rows(STATUS)] == [("delivered",)]


async def test_a_receipt_that_names_only_the_providers_id_waits_for_it(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none) as at:
        at.gateway.open.clear()
        at.gateway.outcomes.append(Sent("abc"))
        await one_message(at)
        await at.runtime.receipt("sms", Receipt("delivered", "", "abc"))
        await at.runtime.receipt("other", Receipt("rejected", "", "abc"))
        assert len(await at.rows("SELECT * FROM early_receipt")) == 2
        at.gateway.open.set()
        await at.becomes(STATUS, [("delivered",)])
        await at.becomes("SELECT channel FROM early_receipt", [("other",)])
        await at.runtime.receipt("sms", Receipt("undelivered", "", "abc"))
        assert [tuple(row) for row in await at.rows(STATUS)] == [("delivered",)]


async def test_a_receipt_ends_what_was_not_known(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, manners={"sms": Manner(unknown=HOLD)}) as at:
        at.gateway.outcomes.append(ValueError("a fault"))
        ref = await one_message(at)
        await at.becomes(STATUS, [("unknown",)])
        await at.runtime.receipt("sms", Receipt("sent", ref))
        assert [tuple(row) for row in await at.rows(STATUS)] == [("sent",)]


async def test_what_was_delivered_is_not_sent_again(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none) as at:
        at.gateway.outcomes.append(ValueError("a fault"))
        ref = await one_message(at)
        await at.becomes(STATUS, [("queued",)])
        await at.runtime.receipt("sms", Receipt("delivered", ref))
        assert [tuple(row) for row in await at.rows(STATUS)] == [("delivered",)]


@pytest.mark.parametrize(
    "receipt",
    [Receipt("delivered", ""), Receipt("delivered", "x" * 24), Receipt("buffered", "x"), Receipt("sent", "A" * 24)],
)
async def test_a_receipt_of_nothing_of_ours_changes_nothing(tmp_path: Path, none: Library, receipt: Receipt) -> None:
    async with world(tmp_path, none) as at:
        await one_message(at)
        await at.runtime.receipt("sms", receipt)
        await at.becomes(STATUS, [("sent",)])


async def test_a_receipt_that_cannot_be_stored_is_not_taken(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none) as at:
        ref = await one_message(at)
        await at.becomes(STATUS, [("sent",)])
        await at.change("ALTER TABLE outbox RENAME TO away")
        with pytest.raises((StoreError, ProgrammingError)):
            await at.runtime.receipt("sms", Receipt("delivered", ref))
        await at.change("ALTER TABLE away RENAME TO outbox")
        await at.runtime.receipt("sms", Receipt("delivered", ref))
        assert [tuple(row) for row in await at.rows(STATUS)] == [("delivered",)]


async def test_what_waited_three_days_for_its_id_is_forgotten(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none) as at:
        await at.runtime.receipt("sms", Receipt("delivered", "", "old"))
        at.clock.move(KEPT + 1)
        await at.runtime.receipt("sms", Receipt("delivered", "", "new"))
        assert [tuple(row) for row in await at.rows("SELECT provider_id FROM early_receipt")] == [("new",)]
