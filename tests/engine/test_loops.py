"""A loop goes on after a fault; who reads the log hears of it once, until it is over."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from engine import loops
from engine.store import StoreError

FULL = "The disk is full. Make room."


async def test_a_fault_that_lasts_is_told_once_and_one_that_comes_back_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "AGAIN", 0)
    over = asyncio.Event()
    turns: Iterator[Exception | None] = iter(
        [StoreError(FULL), StoreError(FULL), None, StoreError(FULL), LookupError("a name"), LookupError("a name")]
    )

    async def turn() -> None:
        fault = next(turns, over)
        if fault is over:
            over.set()
            await asyncio.Event().wait()
        elif isinstance(fault, Exception):
            raise fault

    with capture_logs() as log:
        task = loops.forever("outbox", turn)
        await over.wait()
        await loops.end(task)
    assert [line["why"] for line in log] == [FULL, FULL, "LookupError"]
