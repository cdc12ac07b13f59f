"""A fault at every operation of the database, one after the other: afterwards all is as if there had been none.

Nothing is lost, nothing is there twice, and nothing was sent twice but what a row says may have gone through (I1, I2,
I10, I20).
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection

from engine import actions, inbox, loops, references
from engine.delivery import Receipt
from engine.invariants import breaches
from engine.recounting import recount
from engine.store import DoubtError, Store, StoreError
from tests.engine.motion import FATOU, MakeLibrary, World, world

T = TypeVar("T")
FLOW = """
    flow report: Report
        languages: en
        channels: sms
        start on word REPORT
    ask cases: How many cases?
        answer: whole number from 0 to 500
    tell supervisor: {cases} cases.
    do book_bed with cases = cases as booking
    ask problem: Bed {booking.number}. What is the problem?
        answer: text up to 300 letters
    say: Thank you.
"""
SAYINGS = ("REPORT", "12", "no soap")
SAID = ("How many cases?", "12 cases.", "Bed 7. What is the problem?", "Thank you.")


class Fault:
    """Makes an operation of a store fail: the one with this number, counted from `arm`."""

    def __init__(self, store: Store) -> None:
        self.left = 0
        self._write = store.write
        store.write = self.write  # type: ignore[method-assign]

    def arm(self, number: int) -> None:
        self.left = number

    @property
    def met(self) -> bool:
        return self.left <= 0

    async def write(self, work: Callable[[Connection], T], *rest: Any) -> T:
        self.left -= 1
        return await (self.fail(work, *rest) if self.left == 0 else self._write(work, *rest))

    async def fail(self, work: Callable[[Connection], T], *rest: Any) -> T:
        raise StoreError("The database cannot be written. Nothing was stored.")


class Full(Fault):
    """The disk is full when all has been written but the COMMIT."""

    async def fail(self, work: Callable[[Connection], T], *rest: Any) -> T:
        def run(connection: Connection) -> T:
            work(connection)
            raise StoreError("The disk is full. Nothing was stored.")

        return await self._write(run, *rest)


class Lost(Fault):
    """All is committed, and nobody hears of it."""

    async def fail(self, work: Callable[[Connection], T], *rest: Any) -> T:
        await self._write(work, *rest)
        raise DoubtError("The connection was lost. All of it was stored, or nothing.")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a fault it is tried again without a pause."""
    for module in (actions, inbox, loops):
        monkeypatch.setattr(module, "AGAIN", 0.001)


async def until_stored(act: Callable[[], Awaitable[object]]) -> None:
    """As a gateway does: again, until there is a yes."""
    while True:
        try:
            await act()
        except StoreError:
            await asyncio.sleep(0)
        else:
            return


async def converse(at: World, number: str) -> list[int]:
    """A worker's whole conversation, and a receipt for each message; the messages that were handed over."""
    for text in SAYINGS:
        await until_stored(partial(at.says, text, number, key=f"{number} {text}"))
        await at.becomes("SELECT count(*) FROM session WHERE status = 'acting'", [(0,)])
        await at.becomes("SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending')", [(0,)])
    await at.becomes("SELECT count(*) FROM mail WHERE done_at IS NULL", [(0,)])
    await at.becomes("SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending')", [(0,)])
    for message in list(at.gateway.messages):
        await until_stored(partial(at.runtime.receipt, "sms", Receipt("delivered", message.ref)))
    handed = [_out(message.ref) for message in at.gateway.messages]
    at.gateway.messages.clear()
    return handed


async def check(at: World, workers: list[str], sent: Counter[int]) -> None:
    """All is as without faults."""
    count = len(workers)
    ended = await at.rows("SELECT status, outcome, count(*) FROM session GROUP BY 1, 2")
    assert [tuple(row) for row in ended] == [("ended", "completed", count)]
    answers = await at.rows("SELECT question, count(*) FROM answer GROUP BY 1 ORDER BY 1")
    assert [tuple(row) for row in answers] == [("cases", count), ("problem", count)]
    assert [row[0] for row in await at.rows("SELECT count(*) FROM seen WHERE key LIKE 'sms %'")] == [3 * count]
    for number in workers:
        assert await at.heard(number) == [SAID[0], SAID[2], SAID[3]]
    assert await at.heard(FATOU) == [SAID[1]] * count
    statuses = await at.rows("SELECT status, count(*) FROM outbox WHERE parts > 0 GROUP BY status")
    assert [tuple(row) for row in statuses] == [("delivered", len(SAID) * count)]
    doubts = await at.rows("SELECT out_id, count(*) FROM attempt WHERE outcome = 'unknown' GROUP BY 1")
    unknown = {row[0]: row[1] for row in doubts}
    assert len(sent) == len(SAID) * count
    assert all(times <= 1 + unknown.get(out, 0) for out, times in sent.items())
    async with at.store.read() as connection:
        assert await connection.run_sync(breaches) == []
        assert (await connection.run_sync(recount, at.store.vault, at.library)).breaches == []


async def book(args: dict[str, Any]) -> dict[str, Any]:
    return {"number": 7}


@pytest.mark.parametrize("kind", [Fault, Full, Lost], ids=["error", "disk full", "answer lost"])
async def test_after_a_fault_anywhere_all_is_as_without(
    tmp_path: Path, library: MakeLibrary, kind: type[Fault]
) -> None:
    numbers = [f"+2317700007{number:02}" for number in range(100)]
    sent: Counter[int] = Counter()
    async with world(tmp_path, library(FLOW), actions={"book_bed": book}) as at:
        await at.registry.put_workers({"id": each, "phone": each, "supervisor": "fatou"} for each in numbers)
        fault = kind(at.store)
        for place, number in enumerate(numbers, 1):
            fault.arm(place)
            sent.update(await converse(at, number))
            if not fault.met:
                break
        assert not fault.met, "a conversation has fewer operations than there are workers"
        assert place > 15, "and more than these"
        await check(at, numbers[:place], sent)


def _out(ref: str) -> int:
    attempt = references.read(ref)
    assert attempt is not None
    return attempt.out_id
