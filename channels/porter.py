"""A process that speaks HTTP with the world, so that the engine's need not: it keeps nothing and decides nothing.

What gateways bring is verified and parsed here, and acknowledged once the engine says that it is stored; all other
requests are the engine's, as they came.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from channels.base import Adapter, Inbound
from channels.link import Answer, Bring, Call, Done, Link, Page, Report, Stored, Visit
from channels.webhooks import Webhooks
from engine.delivery import Receipt
from engine.store import StoreError
from engine.work import Accepted

CHANNELS = "/channels"
LARGEST = 1024 * 1024
"""Bytes of a visitor's body; what it is for may allow less."""


class _TooLargeError(Exception):
    """A visitor brings more than anybody here reads."""


Accept = Callable[[str, Inbound], Awaitable[Accepted]]
TakeReceipt = Callable[[str, Receipt], Awaitable[object]]


def doors_first(doors: ASGIApp, rest: ASGIApp) -> ASGIApp:
    """What gateways bring goes straight to their doors: to find the way there took a tenth of a message's time."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(f"{CHANNELS}/"):
            await doors({**scope, "root_path": CHANNELS}, receive, send)
        else:
            await rest(scope, receive, send)

    return app


class Porter:
    """The porter's side: an ASGI app, over a link to the engine."""

    def __init__(self, adapters: Mapping[str, Adapter], link: Link, public_url: str) -> None:
        self._link = link
        self.app = doors_first(Webhooks(adapters, self._bring, self._report, public_url), self._visit)

    async def _bring(self, channel: str, inbound: Inbound) -> Accepted:
        answer = await self._link.ask(Bring(channel, inbound))
        return answer.accepted if isinstance(answer, Stored) else Accepted()

    async def _report(self, channel: str, receipt: Receipt) -> Answer:
        return await self._link.ask(Report(channel, receipt))

    async def _visit(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        response = await self._page(Request(scope, receive))
        await response(scope, receive, send)

    async def _page(self, request: Request) -> Response:
        try:
            page = await self._link.ask(await _visit(request))
        except _TooLargeError:
            return PlainTextResponse(f"That is more than {LARGEST} bytes.", 413)
        except StoreError as error:
            return PlainTextResponse(str(error), 503)
        if not isinstance(page, Page):
            return PlainTextResponse("The server's processes are of different versions.", 500)
        response = Response(page.body, page.status)
        response.raw_headers = page.headers
        return response


class Lodge:
    """The engine's side: what the porter's calls get."""

    def __init__(self, accept: Accept, receipt: TakeReceipt, rest: ASGIApp) -> None:
        self._accept = accept
        self._receipt = receipt
        self._rest = rest

    async def answer(self, call: Call) -> Answer:
        """One call's."""
        if isinstance(call, Bring):
            return Stored(await self._accept(call.channel, call.inbound))
        if isinstance(call, Visit):
            return await _received(self._rest, call)
        if isinstance(call, Report):
            await self._receipt(call.channel, call.receipt)
        return Done()


async def _visit(request: Request) -> Visit:
    scope = request.scope
    peer = request.client.host if request.client else ""
    headers = [(bytes(name), bytes(value)) for name, value in scope["headers"]]
    return Visit(request.method, scope["path"], scope["query_string"], headers, await _body(request), peer)


async def _body(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            raise _TooLargeError
    return body


async def _received(app: ASGIApp, visit: Visit) -> Page:
    """What an app answers to a visitor."""
    said: list[Message] = []
    body: list[Message] = [{"type": "http.request", "body": visit.body, "more_body": False}]

    async def receive() -> Message:
        return body.pop() if body else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        said.append(message)

    await app(_scope(visit), receive, send)
    begin, *parts = said
    return Page(begin["status"], list(begin.get("headers", ())), b"".join(part.get("body", b"") for part in parts))


def _scope(visit: Visit) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": visit.method,
        "scheme": "http",
        "path": visit.path,
        "raw_path": visit.path.encode(),
        "query_string": visit.query,
        "root_path": "",
        "headers": visit.headers,
        "client": (visit.peer, 0) if visit.peer else None,
        "server": None,
    }
