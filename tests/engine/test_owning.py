"""What the owner of a channel knows when he begins, after a doubt, and after he lost it (I9, I10)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from engine.delivery import Down, Sent
from engine.library import Library
from engine.limits import MINUTE
from engine.settling import left_over
from tests.engine.motion import FATOU, world
from tests.engine.test_outbox import OUTBOX, none, queue

__all__ = ["none"]
"""The fixture, for pytest."""


async def test_after_a_doubt_only_what_nobody_here_knows_of_may_have_gone_through(
    tmp_path: Path, none: Library
) -> None:
    """Else what is under way, or came back while another outcome was written, would be sent a second time."""
    async with world(tmp_path, none) as at:
        at.gateway.open.clear()
        await queue(at, "one", "two")
        await at.gateway.has(2)
        owner = at.runtime._owners["sms"]
        lease = owner._lease
        assert lease is not None

        async def left(is_mine: Callable[[int, int], bool]) -> int:
            return len(await at.store.write(lambda c: left_over(c, lease, owner._ways, is_mine)))

        async with owner._turning:
            assert await left(lambda *_: False) == 2
            assert await left(owner._is_under_way) == 0, "they are under way"
            at.gateway.open.set()
            await asyncio.wait(owner._under_way.values())
            assert len(owner._settled) == 2
            assert await left(owner._is_under_way) == 0, "they came back, and that is not written yet"
        await at.becomes("SELECT DISTINCT status, tries FROM outbox", [("sent", 1)])


async def test_whoever_takes_a_channel_that_was_down_tries_it_with_one_message(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none) as at:
        at.gateway.outcomes.append(Down("refused"))
        await queue(at, "hello")
        await at.becomes("SELECT state FROM channel", [("down",)])
        await queue(at, "more", number=FATOU)
        await at.crash()
        at.gateway.open.clear()
        await at.runtime.start()
        at.clock.move(MINUTE)
        at.runtime._owners["sms"].wake()
        assert await at.gateway.has(1) == ["hello"]
        await asyncio.sleep(0.2)
        assert at.gateway.texts == ["hello"], "the others wait until it went through"
        at.gateway.open.set()
        assert await at.gateway.has(2) == ["hello", "more"]


async def test_a_receipt_that_came_while_its_message_was_written_is_matched_before_the_next_round(
    tmp_path: Path, none: Library
) -> None:
    async with world(tmp_path, none) as at:
        at.gateway.outcomes.append(Sent("id-1"))
        await queue(at, "hello")
        await at.becomes(OUTBOX, [("sent", 1, 0)])
        await at.change(
            "INSERT INTO early_receipt (channel, provider_id, status, at) VALUES ('sms', 'id-1', 'delivered', :now)",
            now=at.clock.now(),
        )
        at.clock.move(2 * MINUTE)
        at.runtime._owners["sms"].wake()
        await at.becomes(OUTBOX, [("delivered", 1, 0)])
