"""`dundun serve` as a process of its own, in a folder of its own: started, killed without a warning, started again."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import aiohttp

DUNDUN = Path(sys.executable).with_name("dundun")
FLOWS = Path(__file__).parents[2] / "flows"


class Server:
    """`folder` holds dundun.toml, the database, and log.txt, to which every start adds."""

    def __init__(self, folder: Path, port: int, channel: str) -> None:
        self._folder = folder
        self._url = f"http://127.0.0.1:{port}"
        self._process: asyncio.subprocess.Process | None = None
        (folder / "dundun.toml").write_text(
            f'flows = "{FLOWS}"\n'
            f'public_url = "{self._url}"\n'
            'languages = ["en", "fr"]\n'
            f"[listen]\nport = {port}\n{channel}",
            encoding="utf-8",
        )

    @property
    def database(self) -> Path:
        """The server's file."""
        return self._folder / "dundun.sqlite"

    async def start(self) -> None:
        """Returns when it takes messages; TimeoutError after 30 s."""
        with (self._folder / "log.txt").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                str(DUNDUN), "serve", cwd=self._folder, stdout=log, stderr=log
            )
        async with asyncio.timeout(30):
            while not await self._is_ready():  # noqa: ASYNC110 - another process's state has no event
                await asyncio.sleep(0.05)

    async def _is_ready(self) -> bool:
        try:
            async with aiohttp.ClientSession() as session, session.get(f"{self._url}/ready") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def kill(self) -> None:
        """SIGKILL: it has no time for anything."""
        assert self._process is not None
        self._process.kill()
        assert await self._process.wait() == -signal.SIGKILL

    async def stop(self) -> None:
        """SIGTERM; it ends what it had begun."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()

    async def run(self, *words: str) -> str:
        """A command in the same folder; what it printed.  AssertionError with it, if it did not go well."""
        process = await asyncio.create_subprocess_exec(
            str(DUNDUN), *words, cwd=self._folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        printed = (await process.communicate())[0].decode()
        assert process.returncode == 0, printed
        return printed
