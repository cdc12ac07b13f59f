"""Simulated workers on the fake SMSC: each reads what is sent to his number and answers as a person would.

The program takes a message in pieces and says of each when it has sent it: what is written ahead of that it may lose,
and the rest of a long line stays with it until more comes; empty lines it passes over.  It prints a message's lines one
after the other, and marks no end: the next message, or a short silence, is the end.
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import quote_from_bytes, unquote_to_bytes

from tests.real.kannel import FAKESMSC, SHORT_CODE

Reply = Callable[[str, str], str | None]
"""(number, text) → what the worker answers, None for nothing."""

SILENCE = 0.02
PIECE = 255
"""Bytes of a line that the program takes at once."""

_GOT = re.compile(r"Got message \d+: <(.*)>$", re.DOTALL)
_FIRST_LINE = re.compile(r"\S+ (?P<to>\+\d+) (?:udh (?P<udh>\S+) )?(?P<kind>text|data|ucs-2) (?P<text>.*)")


class Phones:
    """`heard` and `said`: by number, in order, whole messages."""

    def __init__(self, program: asyncio.subprocess.Process, reply: Reply) -> None:
        self._program = program
        self._reply = reply
        self._sent = asyncio.Semaphore(0)
        self._news = asyncio.Event()
        self._outbox: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self._parts: dict[tuple[str, int], dict[int, bytes]] = defaultdict(dict)
        self._open: tuple[str, list[str]] | None = None
        self._end: asyncio.TimerHandle | None = None
        self.heard: dict[str, list[str]] = defaultdict(list)
        self.said: dict[str, list[str]] = defaultdict(list)

    def say(self, number: str, text: str) -> None:
        """The worker writes this; it leaves when what was said before has left."""
        self.said[number].append(text)
        self._outbox.put_nowait((number, text))

    async def until(self, condition: Callable[[Phones], bool], seconds: float) -> None:
        """Until the condition holds, looked at whenever a message was heard; TimeoutError."""
        async with asyncio.timeout(seconds):
            while not condition(self):
                self._news.clear()
                await self._news.wait()

    async def write(self) -> None:
        """Hands what is said to the program, one message at a time; runs until cancelled."""
        assert self._program.stdin is not None
        while True:
            number, text = await self._outbox.get()
            line = f"{number} {SHORT_CODE} {_written(text)}\n".encode()
            self._program.stdin.write(line)
            await self._program.stdin.drain()
            for _ in range(0, len(line), PIECE):
                while not await self._has_sent():
                    self._program.stdin.write(b"\n")

    async def _has_sent(self) -> bool:
        """A piece, within a short time."""
        try:
            async with asyncio.timeout(SILENCE):
                return await self._sent.acquire()
        except TimeoutError:
            return False

    async def read(self) -> None:
        """Takes in what the program prints; runs until it ends."""
        assert self._program.stderr is not None
        async for raw in self._program.stderr:
            line = raw.decode("utf-8", "replace").rstrip("\n")
            if "fakesmsc: sent message" in line:
                self._sent.release()
            elif got := _GOT.search(line):
                self._take(got[1])

    def _take(self, line: str) -> None:
        """A message's first line, or one more of the message that is open."""
        first = _FIRST_LINE.fullmatch(line)
        if first is None:
            if self._open:
                self._open[1].append(line)
            return
        self._close()
        if first["udh"]:
            self._take_part(first["to"], unquote_to_bytes(first["udh"]), _unquoted(first["text"]))
        elif first["kind"] == "ucs-2":
            self._hear(first["to"], _unquoted(first["text"]).decode("utf-16-be"))
        else:
            self._open = (first["to"], [first["text"]])
            self._end = asyncio.get_running_loop().call_later(SILENCE, self._close)

    def _close(self) -> None:
        """The open message is whole."""
        if self._end:
            self._end.cancel()
        if self._open:
            (number, lines), self._open = self._open, None
            self._hear(number, "\n".join(lines))

    def _take_part(self, number: str, header: bytes, text: bytes) -> None:
        """The header of a part is 05 00 03, a reference, how many parts, and which of them."""
        reference, total, part = header[3:6]
        parts = self._parts[number, reference]
        parts[part] = text
        if len(parts) == total:
            del self._parts[number, reference]
            whole = b"".join(parts[each] for each in sorted(parts))
            self._hear(number, whole.decode("utf-16-be" if b"\0" in whole else "utf-8"))

    def _hear(self, number: str, text: str) -> None:
        self.heard[number].append(text)
        answer = self._reply(number, text)
        if answer is not None:
            self.say(number, answer)
        self._news.set()


def _unquoted(text: str) -> bytes:
    return unquote_to_bytes(text.replace("+", "%20"))


def _written(text: str) -> str:
    """The program's own form: kind and text."""
    if text.isascii() and "\n" not in text:
        return f"text {text}"
    return f"ucs2 {quote_from_bytes(text.encode('utf-16-be'))}"


@asynccontextmanager
async def phones(smsc_port: int, reply: Reply) -> AsyncIterator[Phones]:
    """Phones on the fake SMSC of this port, as long as the block lasts."""
    program = await asyncio.create_subprocess_exec(
        str(FAKESMSC),
        *("-H", "127.0.0.1", "-r", str(smsc_port), "-i", "0.0001"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        limit=2**20,
    )
    made = Phones(program, reply)
    tasks = [asyncio.create_task(made.read()), asyncio.create_task(made.write())]
    try:
        yield made
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        program.kill()
        await program.communicate()
