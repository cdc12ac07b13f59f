"""The harness itself, with an application that only echoes: every message goes there and back through a real Kannel."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from channels.base import Context, Inbound, Receipt
from channels.catalogue import make
from channels.gsm7 import measure
from channels.webhooks import Webhooks
from engine.delivery import Message, Sent
from tests.real.kannel import PASSWORD, SHORT_CODE, TOKEN, Kannel, kannel, missing
from tests.real.phones import phones
from tests.servers import free_port

pytestmark = [pytest.mark.real, pytest.mark.skipif(bool(missing()), reason=missing())]

LONG = " ".join(f"number {number} [of 40]" for number in range(40))
TEXTS = [
    "Hello  world",
    "1",
    "two\nlines +231 100% a&b=c",
    "é [€]",
    "ça va ?",
    "ሰላም",
    LONG,
    "ሰላም ነው " * 15 + "!",
    "😀 ok",
]
"""Long ones, too: the fake SMSC takes those in pieces."""


class Echo:
    """Sends back what it gets."""

    def __init__(self, url: str, gateway: Kannel) -> None:
        self.adapter = make(
            "kannel",
            Context(
                "lr",
                url,
                {
                    "send_url": gateway.send_url,
                    "username": "dundun",
                    "password": PASSWORD,
                    "token": TOKEN,
                    "from_number": SHORT_CODE,
                    "allow": ["127.0.0.1"],
                },
            ),
        )
        self.inbound: list[Inbound] = []
        self.receipts: asyncio.Queue[Receipt] = asyncio.Queue()

    async def accept(self, channel: str, message: Inbound) -> None:
        self.inbound.append(message)
        encoding, parts = measure(message.text)
        reply = Message(f"to-{message.key}", message.sender, message.text, encoding, parts)
        assert await self.adapter.send(reply) == Sent()

    async def receipt(self, channel: str, receipt: Receipt) -> None:
        self.receipts.put_nowait(receipt)


@asynccontextmanager
async def serving(port: int, echo: Echo) -> AsyncIterator[None]:
    doors = Webhooks({"lr": echo.adapter}, echo.accept, echo.receipt)
    config = uvicorn.Config(Starlette(routes=[Mount("/channels", doors)]), port=port, log_level="warning")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started and not running.done():  # noqa: ASYNC110  (uvicorn tells nobody when it has started)
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        await running
        await echo.adapter.close()


async def test_every_text_goes_there_and_back_whole(tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    async with kannel(tmp_path / "kannel", url) as gateway:
        echo = Echo(url, gateway)
        async with serving(port, echo), phones(gateway.smsc_port, lambda number, text: None) as all_phones:
            for number, text in enumerate(TEXTS):
                all_phones.say(f"+23177000{number:04}", text)
            await all_phones.until(lambda now: len(now.heard) == len(TEXTS), 60)
            assert all_phones.heard == all_phones.said
            async with asyncio.timeout(20):
                expected = {f"to-{message.key}" for message in echo.inbound}
                while expected:
                    receipt = await echo.receipts.get()
                    assert receipt.status in {"sent", "delivered"}
                    expected -= {receipt.ref} if receipt.status == "delivered" else set()


async def test_two_hundred_phones_talk_at_once(tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"

    def count(number: str, text: str) -> str | None:
        return str(int(text) + 1) if int(text) < 10 else None

    async with kannel(tmp_path / "kannel", url) as gateway:
        echo = Echo(url, gateway)
        async with serving(port, echo), phones(gateway.smsc_port, count) as all_phones:
            for number in range(200):
                all_phones.say(f"+23177000{number:04}", "1")
            await all_phones.until(lambda now: sum(each[-1] == "10" for each in now.heard.values()) == 200, 60)
            assert all_phones.heard == all_phones.said
    assert len({message.key for message in echo.inbound}) == 2000
