"""The web phone's gateway takes every message, and lets nobody else in."""

from __future__ import annotations

from channels.base import Context, Request, Sent
from channels.sandbox import Sandbox, SandboxSettings
from engine.delivery import Message


async def test_every_message_is_sent() -> None:
    sandbox = Sandbox(Context("web", ""), SandboxSettings())
    assert await sandbox.send(Message("a17", "+1", "Hello")) == Sent()


def test_nobody_can_call_it() -> None:
    sandbox = Sandbox(Context("web", ""), SandboxSettings())
    assert sandbox.routes() == {}
    assert not sandbox.verify("mo", Request("GET", "http://h/", "/", {}, [], [], b"", "127.0.0.1"))
