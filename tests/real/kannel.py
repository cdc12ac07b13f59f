"""A real Kannel in a folder of its own, on free ports: bearerbox and smsbox run as long as the block lasts."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from tests.servers import free_port

FAKESMSC = Path("/usr/lib/kannel/test/fakesmsc")
PASSWORD = "kannel-password"
TOKEN = "kannel-token-nobody-guesses"
SHORT_CODE = "2312"

_TEMPLATE = Path(__file__).with_name("kannel.conf")
_SBIN = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"


def missing() -> str:
    """Why the tests with a real Kannel cannot run here; "" if they can."""
    lacking = [name for name in ("bearerbox", "smsbox") if not shutil.which(name, path=_SBIN)]
    if not FAKESMSC.exists():
        lacking.append("fakesmsc")
    return f"{', '.join(lacking)} is not installed: run make real" if lacking else ""


@dataclass(frozen=True, slots=True)
class Kannel:
    """Where it listens."""

    folder: Path
    smsc_port: int
    sendsms_port: int
    admin_port: int

    @property
    def send_url(self) -> str:
        """For the channel's setting of that name."""
        return f"http://127.0.0.1:{self.sendsms_port}/cgi-bin/sendsms"

    async def status(self) -> str:
        """What Kannel says of itself; "" while it does not answer."""
        url = f"http://127.0.0.1:{self.admin_port}/status.txt?password={PASSWORD}"
        try:
            async with aiohttp.ClientSession() as session, session.get(url) as answer:
                return await answer.text()
        except aiohttp.ClientError:
            return ""

    async def until(self, words: str) -> None:
        """Until its status says these words; TimeoutError after 30 s."""
        async with asyncio.timeout(30):
            while words not in await self.status():  # noqa: ASYNC110 - another program's state has no event
                await asyncio.sleep(0.05)


@asynccontextmanager
async def kannel(folder: Path, public_url: str, channel: str = "lr") -> AsyncIterator[Kannel]:
    """A Kannel that brings its messages to `channel` of the server at `public_url`."""
    made = Kannel(folder, free_port(), free_port(), free_port())
    (folder / "spool").mkdir(parents=True)
    config = folder / "kannel.conf"
    config.write_text(
        _TEMPLATE.read_text(encoding="utf-8").format(
            folder=folder,
            password=PASSWORD,
            admin_port=made.admin_port,
            smsbox_port=free_port(),
            smsc_port=made.smsc_port,
            sendsms_port=made.sendsms_port,
            get_url=f"{public_url}/channels/{channel}/mo?token={TOKEN}",
        ),
        encoding="utf-8",
    )
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(process("bearerbox", config))
        await made.until("Status: running")
        await stack.enter_async_context(process("smsbox", config))
        await made.until("smsbox:")
        yield made


@asynccontextmanager
async def process(program: str, config: Path) -> AsyncIterator[None]:
    """One of Kannel's programs; ended with the block, by force if it does not go."""
    path = shutil.which(program, path=_SBIN)
    assert path is not None
    running = await asyncio.create_subprocess_exec(
        path, str(config), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield
    finally:
        running.terminate()
        try:
            async with asyncio.timeout(5):
                await running.wait()
        except TimeoutError:
            running.kill()
            await running.wait()
