"""A database that says nothing any more keeps no command waiting: it is asked now and then whether it still answers.

What takes long is no silence: a server that works for an hour still answers others at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from engine.store import StoreError

EVERY, WITHIN = 3.0, 8
"""Seconds between two questions, and for an answer.  Less than connecting may take, which ends in its own sentence."""

_SECOND = 1.0


@asynccontextmanager
async def attended(name: str, ask: Callable[[], Awaitable[object]]) -> AsyncIterator[None]:
    """StoreError in the block where nothing answers `ask`; an error is an answer.  `name`: the database's, as told."""
    attending = asyncio.create_task(_silence(ask), name="does it still answer?")
    try:
        async with asyncio.timeout(None) as limit:
            attending.add_done_callback(lambda done: None if done.cancelled() else limit.reschedule(0))
            yield
    except TimeoutError:
        if not limit.expired():
            raise
        raise StoreError(
            f"{name} does not answer any more. What was stored until now stays. See to its server, or to the line "
            "between, and give the command again."
        ) from None
    finally:
        attending.cancel()


async def _silence(ask: Callable[[], Awaitable[object]]) -> None:
    """Returns when there is no answer any more."""
    while await _answered(ask):  # noqa: ASYNC110  (who falls silent sets no event)
        await asyncio.sleep(EVERY)


async def _answered(ask: Callable[[], Awaitable[object]]) -> bool:
    asking = asyncio.ensure_future(ask())
    try:
        # Second by second: while our own work keeps the loop busy nothing is heard, and that counts as one of them.
        for _second in range(WITHIN):
            done, _ = await asyncio.wait({asking}, timeout=_SECOND)
            if done:
                asking.exception()  # an error is an answer; whoever works hears of it himself
                return True
        return False
    finally:
        asking.cancel()
