"""A running server sends what it is asked to: the command sees how far it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from rich.console import Console

from commands import audiences, listening, neighbour, send
from commands.errors import CommandError
from console.sending import CANCEL, COUNT, FOLLOW, Cancel, Count, Follow
from engine import held
from engine.headcount import Share
from engine.orders import Order
from server import House

NURSES = audiences.read("workers where job is nurse")


@pytest.fixture
async def listened(house: House) -> AsyncIterator[House]:
    """A house whose socket is listened at."""
    ready, stop = asyncio.Event(), asyncio.Event()
    apps = {listening.beside(house.settings.socket): house.neighbours}
    serving = asyncio.create_task(listening.until(stop, apps, ready.set))
    await ready.wait()
    yield house
    stop.set()
    await serving


async def test_it_is_watched_to_its_end(listened: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send, "LOOK_EVERY", 0)
    console = Console(record=True, width=100)
    assert await send._send(listened.settings, Order(NURSES, "survey"), None, console) == 0
    assert "1 of 1 worker: their messages are on their way." in console.export_text()
    async with listened.store.read() as connection:
        rows = await connection.exec_driver_sql("SELECT actor FROM broadcast")
    assert rows.scalars().all() == [neighbour.account()]


async def test_what_is_on_hold_is_told_and_not_watched(listened: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await listened.store.write(lambda c: held.hold(c, held.RESTORED, "This was restored.", 1))
    console = Console(record=True, width=100)
    async with asyncio.timeout(10):
        assert await send._send(listened.settings, Order(NURSES, "survey"), None, console) == 1
    assert "It waits: this database is on hold." in console.export_text()


async def test_who_would_be_reached_is_counted_by_the_server(listened: House) -> None:
    async with neighbour.errands(listened.settings) as run:
        assert (await run(COUNT, Count(Order(NURSES, text="Hello.")))).shares == [Share("", "", 1)]


@pytest.mark.parametrize("flow", ["surwey", "result"])
async def test_what_cannot_be_sent_is_refused(listened: House, flow: str) -> None:
    async with neighbour.errands(listened.settings) as run:
        with pytest.raises(CommandError, match=r"There is no flow surwey|result needs lab_number, result"):
            await run(COUNT, Count(Order(NURSES, flow)))


@pytest.mark.parametrize("errand", [(FOLLOW, Follow(17)), (CANCEL, Cancel(17))], ids=["follow", "cancel"])
async def test_a_number_that_nobody_gave_is_refused(listened: House, errand: tuple[Any, Any]) -> None:
    async with neighbour.errands(listened.settings) as run:
        with pytest.raises(CommandError, match=r"There is no broadcast 17"):
            await run(*errand)
