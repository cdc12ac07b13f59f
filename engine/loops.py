"""A loop of the engine never ends by a fault: it is logged, and the loop goes on after a moment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from engine.store import StoreError

AGAIN = 1.0
"""Seconds after a fault, such as a disk that is full, until it is tried again."""

_log = structlog.get_logger(__name__)


def forever(name: str, turn: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
    """Run `turn` again and again, until the task is cancelled."""
    return asyncio.create_task(_run(name, turn), name=name)


async def end(task: asyncio.Task[Any] | None) -> None:
    """Cancel a task and wait until it is gone."""
    if task is not None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def tried(name: str, ending: Callable[[], Awaitable[None]], seconds: float) -> None:
    """Bring about one of several endings, so long at most; whatever goes wrong in it is logged, and the others come."""
    try:
        async with asyncio.timeout(seconds):
            await ending()
    except Exception as error:  # noqa: BLE001  (whatever it is, the rest has to end, too)
        _log.error("it could not be ended in good order", part=name, error=type(error).__name__)


async def told(event: asyncio.Event, seconds: float) -> None:
    """Until the event is set, or so many seconds have passed; the event is free to be set again."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
    finally:
        event.clear()


async def _run(name: str, turn: Callable[[], Awaitable[None]]) -> None:
    told = ""  # a disk may be full for hours: who reads the log hears of it once, until it is over
    while True:
        try:
            await turn()
            told = ""
        except Exception as error:  # noqa: BLE001  (whatever it is, what comes later must still be done)
            why = str(error) if isinstance(error, StoreError) else type(error).__name__
            if why != told:
                _log.error("a turn failed; it will be tried again each second", loop=name, why=why)
            told = why
            await asyncio.sleep(AGAIN)
