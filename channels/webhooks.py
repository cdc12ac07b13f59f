"""The doors that providers knock at, `/channels/NAME/ROUTE`: nothing is acknowledged before it is stored.

What is too large, not UTF-8, not the provider's or of the wrong shape gets a 4xx and reaches nobody; a store that is
not there gets a 503, so that the gateway keeps the message.  Logs hold neither contents nor numbers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl

import structlog
from starlette.types import Message, Receive, Scope, Send

from channels.base import Adapter, Answering, Event, Inbound, MalformedError, Reply, Request, Response
from engine.delivery import Receipt
from engine.work import Accepted

LARGEST = 64 * 1024
"""Bytes of a body, the most that any provider's message needs."""

_MOST_FIELDS = 100

Accept = Callable[[str, Inbound], Awaitable[Accepted | None]]
TakeReceipt = Callable[[str, Receipt], Awaitable[object]]

_log = structlog.get_logger("channels.webhooks")


class _Door(NamedTuple):
    """One route of one channel.  `answering`: its adapter, where the worker hears the reply in the response."""

    channel: str
    route: str
    methods: Sequence[str]
    adapter: Adapter
    answering: Answering | None


class _RefusedError(Exception):
    """What the provider gets instead of a 200; `reason` goes into the log, so it quotes no content."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class Webhooks:
    """The ASGI app of all channels: `Mount("/channels", Webhooks(…))`.

    `accept` and `receipt` return once the event is committed, and raise if it cannot be.
    """

    def __init__(
        self, adapters: Mapping[str, Adapter], accept: Accept, receipt: TakeReceipt, public_url: str = ""
    ) -> None:
        self._doors = {
            f"{name}/{route}": _Door(name, route, methods, adapter, adapter if isinstance(adapter, Answering) else None)
            for name, adapter in adapters.items()
            for route, methods in adapter.routes().items()
        }
        self._accept = accept
        self._receipt = receipt
        self._public_url = public_url.rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        response = await self._answer(scope, receive)
        headers = [
            (b"content-type", response.content_type.encode("latin-1")),
            (b"content-length", str(len(response.body)).encode()),
        ]
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": response.body})

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        name, _, rest = path.lstrip("/").partition("/")
        door = self._doors.get(f"{name}/{rest.partition('/')[0]}")
        try:
            if door is None:
                raise _RefusedError(404, "there is no such channel or route")
            events = await self._events(door, path, scope, receive)
            replies = await self._store(door, events)
        except _RefusedError as refused:
            _log_refusal(door, refused)
            return Response(refused.status, refused.reason.encode())
        if door.answering is not None:
            return door.answering.answer(door.route, events, replies)
        return door.adapter.acknowledge(door.route, events)

    async def _events(self, door: _Door, path: str, scope: Scope, receive: Receive) -> Sequence[Event]:
        if scope["method"] not in door.methods:
            raise _RefusedError(405, f"only {' and '.join(door.methods)} here")
        body = await _read(receive)
        request = _request(scope, path, body, self._public_url)
        if not door.adapter.verify(door.route, request):
            raise _RefusedError(403, "the signature, the token or the address is not the gateway's")
        try:
            return door.adapter.parse(door.route, request)
        except MalformedError as fault:
            raise _RefusedError(400, str(fault)) from None
        except ValueError:
            raise _RefusedError(400, "the request has not the shape that this route expects") from None

    async def _store(self, door: _Door, events: Sequence[Event]) -> list[Reply | None]:
        """What each message is answered with, if it is at once."""
        replies: list[Reply | None] = []
        try:
            for event in events:
                if isinstance(event, Inbound):
                    accepted = await self._accept(door.channel, event)
                    replies.append(accepted.reply if accepted else None)
                else:
                    await self._receipt(door.channel, event)
        except Exception as fault:  # noqa: BLE001 - whatever failed, the gateway must keep the message
            raise _RefusedError(503, f"it could not be stored now ({type(fault).__name__})") from None
        return replies


def _log_refusal(door: _Door | None, refused: _RefusedError) -> None:
    where = {"channel": door.channel, "route": door.route} if door else {}
    level = _log.error if refused.status >= 500 else _log.warning
    level("webhook refused", status=refused.status, reason=refused.reason, **where)


async def _read(receive: Receive) -> bytes:
    """The whole body, as soon as it is here."""
    message: Message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body", False) and len(body) <= LARGEST:
        message = await receive()
        body += message.get("body", b"")
    if message["type"] == "http.disconnect":
        raise _RefusedError(400, "the gateway hung up before its request was whole")
    if len(body) > LARGEST:
        raise _RefusedError(413, f"more than {LARGEST} bytes")
    return body


def _request(scope: Scope, path: str, body: bytes, public_url: str) -> Request:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    is_form = headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    raw_query: bytes = scope["query_string"]
    try:
        query = raw_query.decode()
        text = body.decode()
        fields = _fields(query)
        form = _fields(text) if is_form else []
    except UnicodeDecodeError:
        raise _RefusedError(400, "it is not UTF-8") from None
    except ValueError:
        raise _RefusedError(400, f"it has more than {_MOST_FIELDS} fields") from None
    url = f"{public_url}/channels{path}?{query}" if query else f"{public_url}/channels{path}"
    peer = scope["client"][0] if scope.get("client") else ""
    return Request(scope["method"], url, path, headers, fields, form, body, peer)


def _fields(text: str) -> list[tuple[str, str]]:
    return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS) if text else []
