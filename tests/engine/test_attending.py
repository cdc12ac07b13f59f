"""Silence ends a block with a sentence; work that takes long, an error and a cancellation are none."""

from __future__ import annotations

import asyncio
import time

import pytest

from engine import attending
from engine.attending import attended
from engine.store import StoreError


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attending, "EVERY", 0.01)
    monkeypatch.setattr(attending, "_SECOND", 0.02)


async def answer() -> None:
    await asyncio.sleep(0)


async def fail() -> None:
    raise OSError("too many connections")


class Silent:
    """It answers so many times, and then never."""

    def __init__(self, answers: int) -> None:
        self.left = answers

    async def __call__(self) -> None:
        self.left -= 1
        if self.left < 0:
            await asyncio.Event().wait()


async def test_silence_ends_what_waits() -> None:
    silent = Silent(2)
    with pytest.raises(StoreError, match=r"^It does not answer any more\. What was stored until now stays\. See to"):
        async with asyncio.timeout(5), attended("It", silent):
            await asyncio.Event().wait()
    assert silent.left == -1, "it was asked as long as it answered, and once more"


@pytest.mark.parametrize("ask", [answer, fail])
async def test_what_takes_long_goes_on_as_long_as_anything_is_answered(ask: Silent) -> None:
    async with attended("It", ask):
        await asyncio.sleep(0.5)


async def test_our_own_work_is_no_silence() -> None:
    async def slow() -> None:
        for _ in range(20):
            await asyncio.sleep(0)  # an answer has to come through many hands

    async with attended("It", slow):
        await asyncio.sleep(0)
        time.sleep(0.5)  # noqa: ASYNC251  (as a long calculation does)
        await asyncio.sleep(0.1)


async def test_whoever_is_told_to_stop_stops_and_other_errors_come_as_they_are() -> None:
    async def work() -> None:
        async with attended("It", answer):
            await asyncio.Event().wait()

    working = asyncio.create_task(work())
    await asyncio.sleep(0.05)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    for error in (TimeoutError("mine"), LookupError("mine")):
        with pytest.raises(type(error), match="mine"):
            async with attended("It", answer):
                raise error
    assert not [task for task in asyncio.all_tasks() if "still answer" in task.get_name() and not task.cancelling()]
