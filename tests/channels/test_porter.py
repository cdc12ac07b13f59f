"""The porter keeps nothing: a gateway hears what the engine says, and a visitor sees the engine's own pages."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import settings
from channels import catalogue, porter
from channels.base import Adapter, Context, Inbound
from channels.link import Link
from channels.porter import Lodge, Porter
from engine.delivery import Receipt
from engine.store import StoreError
from engine.work import Accepted
from tests.asgi import ask

TOKEN = "t" * 16
KEYS = {"send_url": "http://127.0.0.1:9/", "token": TOKEN, "fields": {"id": "id"}}
DOOR = f"/channels/line/receive?token={TOKEN}"
FORM = {"content-type": "application/x-www-form-urlencoded"}


class Engine:
    """What the engine's side is asked for; a `fault` is raised instead."""

    def __init__(self) -> None:
        self.brought: list[tuple[str, Inbound]] = []
        self.reported: list[tuple[str, Receipt]] = []
        self.fault: Exception | None = None

    async def accept(self, channel: str, inbound: Inbound) -> Accepted:
        self.brought.append((channel, inbound))
        if self.fault:
            raise self.fault
        return Accepted()

    async def receipt(self, channel: str, receipt: Receipt) -> None:
        self.reported.append((channel, receipt))


def adapter() -> Adapter:
    kind = catalogue.load("http")
    return kind(Context("line", "", KEYS), settings.read(kind.Settings, KEYS, ""))


async def mirror(request: Request) -> Response:
    """What came, as it came."""
    peer = request.client.host if request.client else ""
    seen = [request.method, request.url.path, request.url.query, request.headers["x-key"], peer]
    return JSONResponse([*seen, (await request.body()).decode()], 418, {"x-answer": "yes"})


@asynccontextmanager
async def portered(engine: Engine) -> AsyncIterator[Porter]:
    """A porter whose engine is at the other end of a socket."""
    here, there = [Link(*await asyncio.open_connection(sock=each)) for each in socket.socketpair()]
    lodge = Lodge(engine.accept, engine.receipt, Starlette(routes=[Route("/mirror", mirror, methods=["PUT"])]))
    line = adapter()
    tasks = [asyncio.create_task(here.serve(lodge.answer)), asyncio.create_task(there.serve(lodge.answer))]
    await asyncio.sleep(0)  # each has begun, so each will close its end
    yield Porter({"line": line}, there, "")
    for each in tasks:
        each.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await line.close()


async def test_a_gateways_message_is_acknowledged_once_the_engine_has_it() -> None:
    engine = Engine()
    async with portered(engine) as at:
        reply = await ask(at.app, "POST", DOOR, b"from=%2B231590000109&text=SURVEY&id=7", FORM)
    assert reply.status == 200
    assert [(channel, each.sender, each.text) for channel, each in engine.brought] == [
        ("line", "+231590000109", "SURVEY")
    ]


async def test_what_the_engine_could_not_store_the_gateway_keeps() -> None:
    engine = Engine()
    engine.fault = StoreError("The disk is full.")
    async with portered(engine) as at:
        reply = await ask(at.app, "POST", DOOR, b"from=%2B231590000109&text=SURVEY&id=7", FORM)
    assert (reply.status, len(engine.brought)) == (503, 1)


async def test_who_is_not_the_gateway_is_not_let_in() -> None:
    engine = Engine()
    async with portered(engine) as at:
        reply = await ask(at.app, "POST", "/channels/line/receive?token=wrong", b"from=1&text=a&id=7", FORM)
    assert (reply.status, engine.brought) == (403, [])


async def test_a_visitor_and_the_engines_page_pass_as_they_are() -> None:
    async with portered(Engine()) as at:
        reply = await ask(at.app, "PUT", "/mirror?a=1&b=%C3%A9", "é".encode(), {"x-key": "k"})
        missing = await ask(at.app, "GET", "/nowhere", headers={"x-key": "k"})
    assert reply.json == ["PUT", "/mirror", "a=1&b=%C3%A9", "k", "127.0.0.1", "é"]
    assert (reply.status, reply.headers["x-answer"], missing.status) == (418, "yes", 404)


async def test_a_visitor_with_too_much_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(porter, "LARGEST", 10)
    async with portered(Engine()) as at:
        reply = await ask(at.app, "PUT", "/mirror", b"0123456789A", {"x-key": "k"})
    assert (reply.status, reply.body) == (413, b"That is more than 10 bytes.")
