"""The web phone's gateway tells who looks at a line that there is news."""

from __future__ import annotations

import asyncio

from channels.base import Context, Sent
from channels.sandbox import Sandbox, SandboxSettings
from engine.delivery import Message


def message(recipient: str) -> Message:
    return Message("a17", recipient, "Hello")


async def test_a_listener_hears_of_its_own_line_only() -> None:
    sandbox = Sandbox(Context("web", ""), SandboxSettings())
    with sandbox.listen("+1") as one, sandbox.listen("+1") as same_line, sandbox.listen("+2") as other:
        waiting = asyncio.create_task(other.wait())
        assert await sandbox.send(message("+1")) == Sent()
        await one.wait()
        await same_line.wait()
        assert not waiting.done()
        await sandbox.send(message("+2"))
        await waiting


async def test_messages_before_a_look_are_one_piece_of_news() -> None:
    sandbox = Sandbox(Context("web", ""), SandboxSettings())
    with sandbox.listen("+1") as news:
        await sandbox.send(message("+1"))
        await sandbox.send(message("+1"))
        await news.wait()
        again = asyncio.create_task(news.wait())
        await asyncio.sleep(0)
        assert not again.done()
        await sandbox.send(message("+1"))
        await again


async def test_a_line_at_which_nobody_looks_is_no_fault() -> None:
    sandbox = Sandbox(Context("web", ""), SandboxSettings())
    with sandbox.listen("+1"):
        pass
    assert await sandbox.send(message("+1")) == Sent()
    assert sandbox.routes() == {}
