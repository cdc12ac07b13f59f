"""An action comes back to its conversation once, done or failed (K4)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from engine.library import Library
from engine.limits import MINUTE
from engine.values import Packed
from tests.engine.motion import MakeLibrary, World, world

BOOK = """
    flow book: Book
        languages: en
        channels: sms
        start on word BOOK
    ask bed: Which bed?
        answer: whole number from 1 to 9
    do book_bed with bed = bed as booking
        if failed:
            say: No bed could be booked.
            stop as no_bed
    say: Bed {booking.number} is yours.
"""


class Beds:
    """Fails as often as it is told, then books."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.calls: list[dict[str, Packed]] = []
        self.called = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self, args: dict[str, Packed]) -> dict[str, Packed]:
        self.calls.append(args)
        self.called.set()
        await self.open.wait()
        if len(self.calls) <= self.failures:
            raise ConnectionError("nobody there")
        return {"number": f"B{args['bed']}"}


@pytest.fixture
def book(library: MakeLibrary) -> Library:
    return library(BOOK)


async def test_an_action_gives_its_results_to_the_conversation(tmp_path: Path, book: Library) -> None:
    beds = Beds()
    async with world(tmp_path, book, actions={"book_bed": beds}) as at:
        await at.says("BOOK")
        await at.says("4")
        assert (await at.gateway.has(2))[1] == "Bed B4 is yours."
        assert beds.calls == [{"bed": 4}]
        await at.becomes("SELECT status FROM outbox WHERE channel = 'do:book_bed'", [("sent",)])


async def test_an_action_that_fails_is_tried_again(tmp_path: Path, book: Library) -> None:
    beds = Beds(failures=2)
    async with world(tmp_path, book, actions={"book_bed": beds}) as at:
        await at.says("BOOK")
        await at.says("4")
        for count, wait in ((1, 5 * MINUTE), (2, 10 * MINUTE)):
            await at.becomes("SELECT status, retries FROM outbox WHERE channel LIKE 'do:%'", [("queued", count)])
            at.clock.move(wait)
            at.runtime._owners["do:book_bed"].wake()
        assert (await at.gateway.has(2))[1] == "Bed B4 is yours."


async def test_after_three_tries_its_conversation_hears_that_it_failed(tmp_path: Path, book: Library) -> None:
    beds = Beds(failures=9)
    async with world(tmp_path, book, actions={"book_bed": beds}) as at:
        await at.says("BOOK")
        await at.says("4")
        for count, wait in ((1, 5 * MINUTE), (2, 10 * MINUTE)):
            await at.becomes("SELECT status, retries FROM outbox WHERE channel LIKE 'do:%'", [("queued", count)])
            at.clock.move(wait)
            at.runtime._owners["do:book_bed"].wake()
        assert (await at.gateway.has(2))[1] == "No bed could be booked."
        await at.becomes("SELECT status, outcome FROM session", [("ended", "no_bed")])
        assert len(beds.calls) == 3


async def test_an_action_that_nobody_knows_has_failed(tmp_path: Path, book: Library) -> None:
    async with world(tmp_path, book) as at:
        await at.says("BOOK")
        await at.says("4")
        assert (await at.gateway.has(2))[1] == "No bed could be booked."


async def test_an_action_that_waited_is_performed_after_the_start(tmp_path: Path, book: Library) -> None:
    beds = Beds(failures=1)
    async with world(tmp_path, book, actions={"book_bed": beds}) as at:
        await at.says("BOOK")
        await at.says("4")
        await at.becomes("SELECT status, retries FROM outbox WHERE channel LIKE 'do:%'", [("queued", 1)])
        await at.crash()
        at.clock.move(5 * MINUTE)
        await at.runtime.start()
        assert (await at.gateway.has(1))[-1] == "Bed B4 is yours."


async def cut_off(at: World, beds: Beds) -> None:
    """The server ends while the action is performed, and begins again."""
    beds.open.clear()
    await at.says("BOOK")
    await at.says("4")
    await beds.called.wait()
    await at.crash()
    beds.open.set()
    await at.runtime.start()


@pytest.mark.parametrize("meanwhile", ["", "hello?"], ids=["in silence", "while the worker speaks"])
async def test_an_action_that_was_cut_off_is_performed_after_the_start(
    tmp_path: Path, book: Library, meanwhile: str
) -> None:
    beds = Beds()
    async with world(tmp_path, book, actions={"book_bed": beds}) as at:
        await cut_off(at, beds)
        if meanwhile:
            await at.says(meanwhile)
        at.clock.move(MINUTE)
        at.runtime._owners["do:book_bed"].wake()
        await at.becomes("SELECT status, outcome FROM session", [("ended", "completed")])
        assert len(beds.calls) == 2


async def test_an_action_that_is_cut_off_each_time_has_failed(tmp_path: Path, book: Library) -> None:
    beds = Beds()
    async with world(tmp_path, book, actions={"book_bed": beds}) as at:
        await cut_off(at, beds)
        for _ in range(2):
            beds.called.clear()
            beds.open.clear()
            at.clock.move(6 * MINUTE)
            at.runtime._owners["do:book_bed"].wake()
            await beds.called.wait()
            await at.crash()
            beds.open.set()
            await at.runtime.start()
        await at.runtime.timers.fire_due()
        await at.becomes("SELECT status, outcome FROM session", [("ended", "no_bed")])
        assert len(beds.calls) == 3


async def test_a_stop_keeps_back_messages_and_no_report_that_was_given(tmp_path: Path, library: MakeLibrary) -> None:
    flow = BOOK.replace("    say: Bed", '    submit to dhis2 with dataset = "beds"\n    say: Bed')
    beds = Beds()
    async with world(tmp_path, library(flow), actions={"book_bed": beds}) as at:
        at.gateway.open.clear()
        await at.says("BOOK")
        await at.says("4")
        await at.becomes("SELECT count(*) FROM outbox WHERE channel = 'submit:dhis2'", [(1,)])
        await at.says("STOP")
        at.gateway.open.set()
        await at.becomes("SELECT status FROM outbox WHERE channel = 'submit:dhis2'", [("queued",)])
        assert "stopped" in {row.status for row in await at.rows("SELECT status FROM outbox")}
