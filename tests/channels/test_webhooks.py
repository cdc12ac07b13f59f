"""The doors that providers knock at: what is let in, what is refused and how, and what is said about it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest
from structlog.testing import capture_logs

from channels.base import Context, Inbound, Receipt
from channels.catalogue import make
from channels.webhooks import LARGEST, Webhooks

TOKEN = "a-token-nobody-guesses"
KANNEL = {"send_url": "http://127.0.0.1:9/", "username": "u", "password": "p", "token": TOKEN}
HTTP = {"send_url": "http://127.0.0.1:9/", "token": TOKEN, "fields": {"id": "id"}}
FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/json"}
MO = f"token={TOKEN}&from=%2B231770000001&to=2312&text=cholera+%C3%A9&ts=1795374680&id=8a1e"


@dataclass(slots=True)
class Store:
    """Keeps what it is given, unless it is `broken`; `committed` is awaited before anything is kept."""

    broken: bool = False
    kept: list[tuple[str, Any]] = field(default_factory=list)
    committed: asyncio.Event | None = None

    async def take(self, channel: str, event: Inbound | Receipt) -> None:
        if self.committed:
            await self.committed.wait()
        if self.broken:
            raise OSError("disk full while storing +231770000001 cholera")
        self.kept.append((channel, event))


def doors(store: Store) -> Webhooks:
    adapters = {
        "lr": make("kannel", Context("lr", "https://sms.example.org", KANNEL)),
        "any": make("http", Context("any", "https://sms.example.org", HTTP)),
    }
    return Webhooks(adapters, store.take, store.take, "https://sms.example.org")


async def knock(
    app: Webhooks,
    method: str,
    path: str,
    query: str = "",
    body: bytes = b"",
    headers: dict[str, str] | None = None,
    pieces: int = 1,
) -> tuple[int, str]:
    """Status and body of the answer; the request's body arrives in so many pieces."""
    scope = {
        "type": "http",
        "method": method,
        "path": f"/channels{path}",
        "root_path": "/channels",
        "query_string": query.encode("latin-1"),
        "headers": [(name.encode(), value.encode()) for name, value in (headers or {}).items()],
        "client": ("127.0.0.1", 4711),
    }
    size = -(-len(body) // pieces) or 1
    parts = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start, content = sent
    assert dict(start["headers"])[b"content-length"] == str(len(content["body"])).encode()
    return start["status"], content["body"].decode()


async def test_a_message_is_stored_with_its_channel() -> None:
    store = Store()
    assert await knock(doors(store), "GET", "/lr/mo", MO) == (200, "")
    message = Inbound("8a1e", "+231770000001", "2312", "cholera é", 1_795_374_680_000)
    assert store.kept == [("lr", message)]


async def test_a_receipt_is_stored_too() -> None:
    store = Store()
    assert await knock(doors(store), "GET", "/lr/dlr", f"token={TOKEN}&ref=a17&status=1&id=") == (200, "")
    assert store.kept == [("lr", Receipt("delivered", "a17", "", "1"))]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (FORM, b"from=1&text=yes&id=a"),
        (FORM | {"content-type": "application/x-www-form-urlencoded; charset=UTF-8"}, b"from=1&text=yes&id=a"),
        (JSON, b'{"from": "1", "text": "yes", "id": "a"}'),
    ],
)
async def test_a_body_may_come_in_pieces(headers: dict[str, str], body: bytes) -> None:
    store = Store()
    assert (await knock(doors(store), "POST", f"/any/receive/{TOKEN}", body=body, headers=headers, pieces=7))[0] == 200
    assert store.kept == [("any", Inbound("a", "1", "", "yes"))]


REFUSED: list[tuple[str, str, str, bytes, dict[str, str], int]] = [
    ("GET", "/sl/mo", MO, b"", {}, 404),
    ("GET", "/lr/nothing", MO, b"", {}, 404),
    ("GET", "/lr", MO, b"", {}, 404),
    ("GET", "/", "", b"", {}, 404),
    ("POST", "/lr/mo", MO, b"", {}, 405),
    ("HEAD", "/lr/mo", MO, b"", {}, 405),
    ("POST", f"/any/receive/{TOKEN}", "", b"x" * (LARGEST + 1), FORM, 413),
    ("POST", f"/any/receive/{TOKEN}", "", b"from=\xff", FORM, 400),
    ("POST", f"/any/receive/{TOKEN}", "", b"from=%FF&text=1&id=1", FORM, 400),
    ("POST", f"/any/receive/{TOKEN}", "", b'{"from": "\xff"}', JSON, 400),
    ("GET", "/lr/mo", MO.replace("%C3%A9", "%E9"), b"", {}, 400),
    ("GET", "/lr/mo", MO + "\xff", b"", {}, 400),
    ("GET", "/lr/mo", "&a=1" * 101, b"", {}, 400),
    ("GET", "/lr/mo", MO.replace(TOKEN, TOKEN[:-1]), b"", {}, 403),
    ("GET", "/lr/mo", MO.replace("token", "t"), b"", {}, 403),
    ("GET", "/lr/mo", "", b"", {}, 403),
    ("GET", "/lr/mo", MO.replace("id=", "i="), b"", {}, 400),
    ("POST", f"/any/receive/{TOKEN}", "", b"{", JSON, 400),
    ("POST", f"/any/receive/{TOKEN}", "", b"[" * LARGEST, JSON, 400),
    ("POST", f"/any/receive/{TOKEN}", "", b'{"from": "\\ud800", "text": "", "id": "1"}', JSON, 400),
    ("POST", f"/any/receive/{TOKEN}", "", b"from=+231770000001&text=cholera", {"content-type": "text/plain"}, 400),
]


@pytest.mark.parametrize(("method", "path", "query", "body", "headers", "status"), REFUSED)
async def test_what_is_refused_reaches_nobody_and_is_logged_without_its_content(
    method: str, path: str, query: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    store = Store()
    with capture_logs() as logged:
        answer, sentence = await knock(doors(store), method, path, query, body, headers)
    assert answer == status
    assert sentence
    assert store.kept == []
    (line,) = logged
    assert line["status"] == status
    assert not any(private in repr(line) for private in ("231770000001", "cholera", TOKEN, "8a1e"))


async def test_as_many_bytes_as_allowed_are_taken() -> None:
    store = Store()
    body = b"from=1&id=a&text=".ljust(LARGEST, b"x")
    assert (await knock(doors(store), "POST", f"/any/receive/{TOKEN}", body=body, headers=FORM))[0] == 200
    assert len(store.kept[0][1].text) > 60_000


async def test_nothing_is_acknowledged_before_it_is_stored() -> None:
    store = Store(committed=asyncio.Event())
    assert store.committed
    answer = asyncio.create_task(knock(doors(store), "GET", "/lr/mo", MO))
    await asyncio.sleep(0)
    assert not answer.done()
    store.committed.set()
    assert await answer == (200, "")


async def test_a_store_that_fails_leaves_the_message_with_the_gateway() -> None:
    store = Store(broken=True)
    with capture_logs() as logged:
        status, sentence = await knock(doors(store), "GET", "/lr/mo", MO)
    assert status == 503
    assert "231770000001" not in sentence + repr(logged)
    assert logged[0]["log_level"] == "error"


async def test_a_gateway_that_hangs_up_in_the_middle_has_said_nothing() -> None:
    store = Store()
    parts: list[Any] = [
        {"type": "http.request", "body": b"from=1&text=1&id=a", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Any:
        return parts.pop(0)

    async def send(message: Any) -> None:
        pass

    scope = {
        "type": "http",
        "method": "POST",
        "path": f"/any/receive/{TOKEN}",
        "query_string": b"",
        "headers": [(b"content-type", FORM["content-type"].encode())],
        "client": None,
    }
    await doors(store)(scope, receive, send)
    assert store.kept == []
