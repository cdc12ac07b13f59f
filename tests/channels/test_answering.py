"""An adapter whose gateway waits for what the worker hears: each turn is a request, and its response is the reply."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from textwrap import dedent
from typing import Any
from urllib.parse import urlencode

import pytest

from channels.base import (
    Adapter,
    Answering,
    Event,
    Inbound,
    Message,
    Outcome,
    Refused,
    Reply,
    Request,
    Response,
    Settings,
)
from channels.base import Capabilities as Can
from channels.incoming import Incoming
from channels.link import Link
from channels.porter import Lodge, Porter, doors_first
from channels.webhooks import Webhooks
from engine.inbox import Arrival
from engine.library import Library
from engine.phrases import load
from engine.work import Accepted
from grammar.loader import load_text
from tests.asgi import ask
from tests.engine.motion import MOSES, World, world

STOCK = """
    flow stock: Stock
        languages: en
        channels: sms
        start on word STOCK
    ask act: How many ACT are left?
        answer: whole number from 0 to 500
    ask ors: How many ORS are left?
        answer: whole number from 0 to 500
    say: {act} and {ors}. Thank you.
"""
FORM = {"content-type": "application/x-www-form-urlencoded"}


class Menu:
    """A gateway of menus: CON, and the worker is asked; END, and the session is over."""

    type = "menu"
    Settings = Settings
    capabilities = Can(kind="ussd")

    def routes(self) -> Mapping[str, Sequence[str]]:
        return {"turn": ("POST",)}

    def verify(self, route: str, request: Request) -> bool:
        return True

    def parse(self, route: str, request: Request) -> Sequence[Event]:
        field = Incoming(request)
        key = f"{field.needed('session')} {field.needed('turn')}"
        return [Inbound(key, field.needed("phone"), "", field.text("text") or "")]

    def acknowledge(self, route: str, events: Sequence[Event]) -> Response:
        raise AssertionError("the worker would hear nothing")

    def answer(self, route: str, events: Sequence[Event], replies: Sequence[Reply | None]) -> Response:
        (reply,) = replies
        if reply is None:
            return Response(body=b"END Please try again.")
        said = "\n".join(reply.texts)
        return Response(body=f"{'CON' if reply.waits else 'END'} {said}".encode())

    async def send(self, message: Message) -> Outcome:
        return Refused("nobody is on the line")

    async def close(self) -> None: ...


@asynccontextmanager
async def beside(at: World, adapters: Mapping[str, Adapter]) -> AsyncIterator[Any]:
    """The doors, in the engine's process."""
    yield doors_first(Webhooks(adapters, accept_of(at), at.runtime.receipt), nobody)


@asynccontextmanager
async def apart(at: World, adapters: Mapping[str, Adapter]) -> AsyncIterator[Any]:
    """The doors, in a porter's process."""
    here, there = [Link(*await asyncio.open_connection(sock=each)) for each in socket.socketpair()]
    lodge = Lodge(accept_of(at), at.runtime.receipt, nobody)
    tasks = [asyncio.create_task(each.serve(lodge.answer)) for each in (here, there)]
    yield Porter(adapters, there, "").app
    for each in tasks:
        each.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def nobody(*_: Any) -> None:
    raise AssertionError("nothing else is asked for")


def accept_of(at: World) -> Any:
    async def accept(channel: str, inbound: Inbound) -> Accepted:
        return await at.runtime.accept(Arrival(channel, inbound.key, inbound.sender, inbound.text))

    return accept


@pytest.mark.parametrize("where", [beside, apart])
async def test_a_session_of_menus(tmp_path: Path, where: Any) -> None:
    library, loaded = Library(load()), load_text(dedent(STOCK), "stock.flow")
    assert loaded.compiled is not None
    library.publish(loaded.compiled.programs[0])
    turns = [
        ("1", "STOCK", "CON How many ACT are left?"),
        ("2", "20", "CON How many ORS are left?"),
        ("2", "20", "CON How many ORS are left?"),  # the gateway repeats its request
        ("3", "20", "END 20 and 20. Thank you."),
        ("3", "20", "END 20 and 20. Thank you."),
    ]
    menu = Menu()
    assert isinstance(menu, Answering)
    async with (
        world(tmp_path, library, answering=frozenset({"sms"})) as at,
        where(at, {"sms": menu}) as app,
    ):
        for turn, text, heard in turns:
            body = urlencode({"session": "s1", "turn": turn, "phone": MOSES, "text": text}).encode()
            response = await ask(app, "POST", "/channels/sms/turn", body, FORM)
            assert (response.status, response.body.decode()) == (200, heard)
        assert await at.rows("SELECT count(*) FROM session WHERE status = 'ended'") == [(1,)]
        assert at.gateway.messages == []


async def test_what_is_stored_and_not_stepped_yet_has_no_reply() -> None:
    async def accept(_channel: str, _inbound: Inbound) -> Accepted:
        return Accepted()

    app = doors_first(Webhooks({"sms": Menu()}, accept, nobody), nobody)
    body = urlencode({"session": "s1", "turn": "1", "phone": MOSES, "text": "STOCK"}).encode()
    assert (await ask(app, "POST", "/channels/sms/turn", body, FORM)).body == b"END Please try again."
