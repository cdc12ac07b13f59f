"""A siege: workers who answer a survey through a gateway that stands outside, while servers die and come back.

The gateway brings every message until it gets a 200, as gateways do, and now and then once more; it notes all that it
is handed.  What it brought and was handed is compared with what the servers stored.
"""

from __future__ import annotations

import asyncio
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from aiohttp import web

from tests.servers import PATIENCE, free_port

DUNDUN = Path(sys.executable).with_name("dundun")
QUESTIONS = 5
LINES = 64
"""Messages that the gateway brings at once."""
REPEATED = 0.02
"""The part of the messages that it brings again though it got a 200."""
TOKEN = "t" * 16
FLOW = "\n".join(
    [
        "flow siege: Siege",
        "    languages: en",
        "    channels: sms",
        "    start on word SIEGE",
        *(
            f"ask a{n}: Question {n} of {QUESTIONS}?\n    answer: whole number from 0 to 99999"
            for n in range(1, QUESTIONS + 1)
        ),
        "say: Thank you.",
    ]
)
SETTINGS = """\
flows = "flows"
{database}
[listen]
port = {port}
[channels.line]
type = "http"
send_url = "http://127.0.0.1:{gateway}/"
token = "{token}"
at_once = 64
fields = {{ id = "id" }}
"""


def number(worker: int) -> str:
    """The worker's phone."""
    return f"+23177{worker:07}"


def said(worker: int, turn: int) -> str:
    """What the worker says: the start word, then an answer that nobody else gives to that question."""
    return "SIEGE" if turn == 0 else str(worker + turn * 17)


@dataclass
class Gateway:
    """Stands outside, and sees everything.  `handed`: (recipient, text) → how often it was handed over.

    `speaks`: while it is not set, it takes messages and does not say so.
    """

    port: int = field(default_factory=free_port)
    handed: Counter[tuple[str, str]] = field(default_factory=Counter)
    accepted: int = 0
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    speaks: asyncio.Event = field(default_factory=asyncio.Event)
    _runner: web.AppRunner | None = None

    async def open(self) -> None:
        self.speaks.set()
        app = web.Application()
        app.router.add_post("/", self._take)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def close(self) -> None:
        self.speaks.set()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        form = await request.post()
        self.handed[str(form["to"]), str(form["text"])] += 1
        await self.speaks.wait()
        return web.Response()

    async def bring(self, workers: range, ports: Sequence[int], chance: random.Random) -> None:
        """Everything that the workers say, each in order, until all of it was accepted."""
        waiting = iter(workers)
        connector = aiohttp.TCPConnector(limit=LINES)
        timeout = aiohttp.ClientTimeout(total=PATIENCE)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:

            async def line() -> None:
                for worker in waiting:
                    for turn in range(QUESTIONS + 1):
                        again = chance.random() < REPEATED
                        for _ in range(1 + again):
                            await self._deliver(session, worker, turn, ports, chance)
                        self.accepted += 1
                        self.moved.set()

            await asyncio.gather(*(line() for _ in range(LINES)))

    async def _deliver(
        self, session: aiohttp.ClientSession, worker: int, turn: int, ports: Sequence[int], chance: random.Random
    ) -> None:
        form = {"from": number(worker), "text": said(worker, turn), "id": f"{worker}.{turn}", "token": TOKEN}
        while True:
            try:
                url = f"http://127.0.0.1:{chance.choice(ports)}/channels/line/receive?token={TOKEN}"
                async with session.post(url, data=form) as answer:
                    if answer.status == 200:
                        return
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(0.05)

    async def has_accepted(self, count: int) -> None:
        """Wait until so many messages were."""
        while self.accepted < count:
            self.moved.clear()
            await self.moved.wait()


class Server:
    """`dundun serve` in a folder of its own, which can be killed and started again; `database`: a line of settings."""

    def __init__(self, folder: Path, gateway: Gateway, database: str = "") -> None:
        self.folder = folder
        self.port = free_port()
        self.deaths = 0
        self._process: asyncio.subprocess.Process | None = None
        (folder / "flows").mkdir(parents=True)
        (folder / "flows/siege.flow").write_text(FLOW)
        settings = SETTINGS.format(database=database, port=self.port, gateway=gateway.port, token=TOKEN)
        (folder / "dundun.toml").write_text(settings)

    async def start(self) -> None:
        """Begin; it may take a moment until it answers."""
        with (self.folder / "log.txt").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                str(DUNDUN), "serve", cwd=self.folder, stdout=log, stderr=log
            )

    async def ready(self) -> float:
        """Wait until it takes messages; returns when that was."""
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
            while True:
                assert self._process is not None
                assert self._process.returncode is None, self.said()[-3000:]
                try:
                    async with session.get(f"http://127.0.0.1:{self.port}/ready") as answer:
                        if answer.status == 200:
                            return time.monotonic()
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.02)

    async def kill(self) -> None:
        """Now, and not softly."""
        assert self._process is not None
        self._process.kill()
        assert await self._process.wait() == -signal.SIGKILL
        self.deaths += 1

    async def stop(self) -> float:
        """As a person would; the seconds that it took."""
        begun = time.monotonic()
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            assert await self._process.wait() == 0, self.said()[-3000:]
        return time.monotonic() - begun

    def said(self) -> str:
        """All that it wrote into its log."""
        return (self.folder / "log.txt").read_text(encoding="utf-8")

    async def run(self, *words: str) -> str:
        """A command of Dundun's in the folder; what it said."""
        process = await asyncio.create_subprocess_exec(
            str(DUNDUN), *words, cwd=self.folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        printed = (await process.communicate())[0].decode()
        assert process.returncode == 0, printed
        return printed

    async def enrol(self, workers: range) -> None:
        """The workers are known."""
        rows = "\n".join(f"w{n},Worker {n},{number(n)},en" for n in workers)
        (self.folder / "workers.csv").write_text(f"id,name,phone,language\n{rows}\n")
        await self.run("workers", "import", "workers.csv")


def expected_answers(workers: range) -> dict[str, list[str]]:
    """By worker: his answers, in order."""
    return {f"w{worker}": [said(worker, turn) for turn in range(1, QUESTIONS + 1)] for worker in workers}


def expected_prompts() -> list[str]:
    """What each worker is sent."""
    return [*(f"Question {n} of {QUESTIONS}?" for n in range(1, QUESTIONS + 1)), "Thank you."]
