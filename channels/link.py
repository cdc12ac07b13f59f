"""What two processes of one server say to each other over a socket: each call has one answer, in whatever order.

What is said within one turn of the loop leaves together, in one frame: four bytes of length, then a list.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from itertools import count
from typing import Any

import msgspec
import structlog

from channels.base import Inbound
from engine.delivery import Receipt
from engine.store import StoreError
from engine.work import Accepted

GONE = "The other process of the server is gone."

_LENGTH = 4

_log = structlog.get_logger(__name__)


class Bring(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """A worker's message; answered by `Accepted`, once it is stored."""

    channel: str
    inbound: Inbound


class Report(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """A provider's receipt; answered by `Done`, once it is stored."""

    channel: str
    receipt: Receipt


class Visit(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """Any other request; answered by a `Page`.  `peer`: the caller's address."""

    method: str
    path: str
    query: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes
    peer: str


class Close(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """The other end should come to its end; answered by `Done` at once."""


class Stored(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """What became of a message."""

    accepted: Accepted


class Page(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """What a visitor gets."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Done(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """It was done."""


class Failed(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """It was not; a sentence without content."""

    sentence: str


Call = Bring | Report | Visit | Close
Answer = Stored | Page | Done | Failed


class _Asked(msgspec.Struct, frozen=True, tag=True, array_like=True):
    n: int
    call: Call


class _Answered(msgspec.Struct, frozen=True, tag=True, array_like=True):
    n: int
    answer: Answer


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[_Asked | _Answered]).decode


class Link:
    """One end, on an open connection.  `serve`: what calls of the other end get; it returns when that is gone."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._numbers = count()
        self._asked: dict[int, asyncio.Future[Answer]] = {}
        self._said: list[_Asked | _Answered] = []
        self._work: set[asyncio.Future[Answer]] = set()
        self._gone = False

    async def ask(self, call: Call) -> Answer:
        """The other end's answer; StoreError, where it fails or goes away."""
        if self._gone:
            raise StoreError(GONE)
        n = next(self._numbers)
        self._asked[n] = asyncio.get_running_loop().create_future()
        self._say(_Asked(n, call))
        answer = await self._asked[n]
        if isinstance(answer, Failed):
            raise StoreError(answer.sentence)
        return answer

    async def serve(self, answer: Callable[[Any], Awaitable[Answer]]) -> None:
        """Answer calls, and take answers, until the other end is gone; who waits for one then gets a StoreError."""
        try:
            while True:
                length = int.from_bytes(await self._reader.readexactly(_LENGTH))
                self._take(_decode(await self._reader.readexactly(length)), answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            self._gone = True
            self._writer.close()
            for waiting in self._asked.values():
                if not waiting.done():
                    waiting.set_result(Failed(GONE))

    def _take(self, said: Sequence[_Asked | _Answered], answer: Callable[[Any], Awaitable[Answer]]) -> None:
        for each in said:
            if isinstance(each, _Asked):
                task = asyncio.ensure_future(answer(each.call))
                self._work.add(task)
                task.add_done_callback(partial(self._reply, each.n))
            elif (waiting := self._asked.pop(each.n, None)) is not None and not waiting.done():
                waiting.set_result(each.answer)

    def _reply(self, n: int, done: asyncio.Future[Answer]) -> None:
        self._work.discard(done)
        if not done.cancelled():
            error = done.exception()
            self._say(_Answered(n, done.result() if error is None else Failed(_sentence(error))))

    def _say(self, what: _Asked | _Answered) -> None:
        if not self._said:
            asyncio.get_running_loop().call_soon(self._flush)
        self._said.append(what)

    def _flush(self) -> None:
        frame = _encode(self._said)
        self._said.clear()
        if not self._writer.is_closing():
            self._writer.write(len(frame).to_bytes(_LENGTH) + frame)


def _sentence(error: BaseException) -> str:
    if isinstance(error, StoreError):
        return str(error)
    _log.error("a call of the other process failed", error=type(error).__name__)
    return type(error).__name__
