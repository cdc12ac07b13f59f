"""Receipts: a status never moves back, and what comes too early is kept (I11)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection

from engine import receipts
from engine.delivery import Receipt, Retry, Sent
from engine.expiry import SWEEP_EVERY
from engine.library import Library
from engine.outbox import Manner
from engine.postgres import PostgresStore
from engine.receipts import KEPT, match_early, purge_early
from engine.store import StoreError
from engine.verdicts import HOLD
from tests.engine.motion import FATOU, MakeLibrary, World, world
from tests.engine.test_outbox import queue

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
        (["buffered"], "sent"),
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


async def test_a_receipt_is_of_one_attempt_of_one_message(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none) as at:
        at.gateway.outcomes.append(Retry("throttled", 1))
        await queue(at, "one", "two")
        await at.becomes(STATUS, [("queued",), ("sent",)])
        at.clock.move(1000)
        at.runtime.wake()
        await at.gateway.has(3)
        await at.becomes(STATUS, [("sent",), ("sent",)])
        await at.runtime.receipt("sms", Receipt("delivered", at.gateway.messages[2].ref))
        assert [tuple(row) for row in await at.rows(STATUS)] == [("delivered",), ("sent",)]
        noted = await at.rows('SELECT "try", receipt FROM attempt ORDER BY out_id, "try"')
        assert [tuple(row) for row in noted] == [(1, ""), (2, "delivered"), (1, "")]


async def test_a_providers_id_is_one_of_its_channel(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none) as at:
        at.gateway.outcomes.append(Sent("abc"))
        await one_message(at)
        await at.change("INSERT INTO early_receipt (channel, provider_id, status, at) VALUES ('other', 'x', 'sent', 0)")
        await at.becomes(STATUS, [("sent",)])
        await at.runtime.receipt("other", Receipt("delivered", "", "abc"))
        assert [tuple(row) for row in await at.rows(STATUS)] == [("sent",)]
        kept = await at.rows("SELECT channel, provider_id FROM early_receipt ORDER BY provider_id")
        assert [tuple(row) for row in kept] == [("other", "abc"), ("other", "x")]


async def test_what_came_early_for_one_message_leaves_what_came_early_for_another(
    tmp_path: Path, none: Library
) -> None:
    async with world(tmp_path, none) as at:
        at.gateway.open.clear()
        at.gateway.outcomes.extend([Sent("abc"), Sent("def")])
        await one_message(at)
        for name, status in (("abc", "delivered"), ("def", "undelivered")):
            await at.runtime.receipt("sms", Receipt(status, "", name))
        at.gateway.open.set()
        await at.becomes(STATUS, [("delivered",)])
        assert [row.provider_id for row in await at.rows("SELECT provider_id FROM early_receipt")] == ["def"]
        await at.says("HELP", FATOU)
        await at.becomes(STATUS, [("delivered",), ("undelivered",)])
        assert await at.rows("SELECT * FROM early_receipt") == []


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
        await at.store.write(partial(purge_early, now=at.clock.now()))
        assert [tuple(row) for row in await at.rows("SELECT provider_id FROM early_receipt")] == [("new",)]


@pytest.mark.real
async def test_a_receipt_that_crosses_the_outcome_of_its_message_is_found_by_the_sweep(
    tmp_path: Path, none: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two connections: each of them writes before the other one has committed, and sees nothing of it."""
    async with world(tmp_path, none) as at:
        if not isinstance(at.store, PostgresStore):
            pytest.skip("one connection writes a SQLite file")
        at.gateway.open.clear()
        at.gateway.outcomes.append(Sent("abc"))
        await one_message(at)
        written, go_on = asyncio.Event(), asyncio.Event()
        commit: Callable[..., object] = PostgresStore._commit

        async def late(self: PostgresStore, connection: AsyncConnection) -> None:
            known = await connection.scalar(text("SELECT count(*) FROM attempt WHERE provider_id = 'abc'"))
            if known and not written.is_set():
                written.set()
                await go_on.wait()
            await commit(self, connection)  # type: ignore[misc]

        monkeypatch.setattr(PostgresStore, "_commit", late)
        at.gateway.open.set()
        await written.wait()
        await at.runtime.receipt("sms", Receipt("delivered", "", "abc"))
        go_on.set()
        await at.becomes(STATUS, [("sent",)])
        at.clock.move(SWEEP_EVERY)
        at.runtime.wake()
        await at.becomes(STATUS, [("delivered",)])
        assert await at.rows("SELECT * FROM early_receipt") == []


async def test_a_sweep_goes_on_behind_what_it_looked_at(
    tmp_path: Path, none: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipts, "SLICES", 1)
    monkeypatch.setattr(receipts, "_EARLY_IDS", receipts._EARLY_IDS.limit(2))
    monkeypatch.setattr(receipts, "SLICE", 2)
    async with world(tmp_path, none) as at:
        at.gateway.outcomes.append(Sent("c"))
        await one_message(at)
        await at.becomes(STATUS, [("sent",)])
        for name in "abcd":
            sql = "INSERT INTO early_receipt (channel, provider_id, status, at) VALUES ('sms', :id, 'delivered', 0)"
            await at.change(sql, id=name)
        behind = await match_early(at.store, "sms", "", at.clock.now())
        assert (behind, [tuple(row) for row in await at.rows(STATUS)]) == ("b", [("sent",)])
        behind = await match_early(at.store, "sms", behind, at.clock.now())
        assert (behind, [tuple(row) for row in await at.rows(STATUS)]) == ("d", [("delivered",)])
        assert await match_early(at.store, "sms", behind, at.clock.now()) == ""
