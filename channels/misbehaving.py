"""A gateway on this machine that answers as a test tells it: it counts every call, and reaches nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Call:
    """What reached the gateway."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: str


@dataclass(slots=True)
class Gateway:
    """`status`, `body` and `headers`: its answer.  `fault`: "" for none, "reset" (hangs up unanswered), "silent"."""

    url: str = ""
    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""
    calls: list[Call] = field(default_factory=list)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One call."""
        body = await request.text()
        self.calls.append(Call(request.method, request.path, dict(request.query), dict(request.headers), body))
        if self.fault == "silent":
            await self.stopping.wait()
        if self.fault == "reset" and request.transport is not None:
            request.transport.abort()
        return web.Response(status=self.status, text=self.body, headers=self.headers)


@asynccontextmanager
async def gateway() -> AsyncIterator[Gateway]:
    """A gateway at `url`, on a free port of 127.0.0.1, as long as the block lasts."""
    made = Gateway()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", made.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    made.url = f"http://127.0.0.1:{port}/send"
    try:
        yield made
    finally:
        made.stopping.set()
        await runner.cleanup()
