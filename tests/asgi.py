"""Requests to an ASGI app without a network: what it answers, as a browser would see it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec


class Reply(NamedTuple):
    """Status, headers by name in small letters, and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return msgspec.json.decode(self.body)


async def ask(app: Any, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Reply:
    """One request; `path` may have a query."""
    path, _, query = path.partition("?")
    given = {"host": "test", "content-length": str(len(body)), **(headers or {})}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        "client": ("127.0.0.1", 4321),
        "server": ("127.0.0.1", 80),
    }
    sent: list[dict[str, Any]] = []

    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop()

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Reply(sent[0]["status"], found, b"".join(part.get("body", b"") for part in sent[1:]))
