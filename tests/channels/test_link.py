"""Two ends of a link: each call has its own answer, and whoever waits when the other is gone hears so."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from channels.base import Inbound
from channels.link import Answer, Bring, Call, Close, Done, Link, Page, Report, Stored, Visit
from engine.delivery import Receipt
from engine.store import StoreError
from engine.work import Accepted

MESSAGE = Bring("line", Inbound("k1", "+231770000001", "1234", "ሰላም", 1_700_000_000_000))
VISIT = Visit("POST", "/api/events/x", b"a=%00", [(b"x-a", b"\xff")], b"\x00" * 300_000, "10.0.0.1")


async def done(_call: Call) -> Answer:
    return Done()


@asynccontextmanager
async def linked(answer: Callable[[Any], Awaitable[Answer]]) -> AsyncIterator[tuple[Link, socket.socket]]:
    """The end that asks, and the socket of the other, which answers."""
    here, there = socket.socketpair()
    asking, answering = [Link(*await asyncio.open_connection(sock=each)) for each in (here, there)]
    async with asyncio.TaskGroup() as tasks:
        serving = [tasks.create_task(asking.serve(done)), tasks.create_task(answering.serve(answer))]
        yield asking, there
        for each in serving:
            each.cancel()


@pytest.mark.parametrize("call", [MESSAGE, VISIT, Report("line", Receipt("delivered", "1.2.3")), Close()])
@pytest.mark.parametrize(
    "answer", [Stored(Accepted(repeat=True, line_id=2**60)), Page(404, [(b"a", b"b")], b"\x00\xff"), Done()]
)
async def test_a_call_and_its_answer_arrive_as_they_were(call: Call, answer: Answer) -> None:
    heard: list[Call] = []

    async def given(call: Call) -> Answer:
        heard.append(call)
        return answer

    async with linked(given) as (link, _):
        assert await link.ask(call) == answer
    assert heard == [call]


async def test_each_call_has_its_own_answer_in_whatever_order() -> None:
    async def late(call: Visit) -> Answer:
        await asyncio.sleep((10 - call.body[0]) / 1000)
        return Page(200, [], call.body)

    async with linked(late) as (link, _):
        calls = [Visit("GET", "/", b"", [], bytes([n]), "") for n in range(10)]
        assert await asyncio.gather(*map(link.ask, calls)) == [Page(200, [], call.body) for call in calls]


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (StoreError("The disk is full."), "The disk is full."),
        (ValueError("+231770000001"), "ValueError"),  # what is in an unforeseen one may be somebody's words
    ],
)
async def test_who_asked_hears_that_it_failed(fault: Exception, sentence: str) -> None:
    async def failing(_call: Call) -> Answer:
        raise fault

    async with linked(failing) as (link, _):
        with pytest.raises(StoreError, match=f"^{sentence}$"):
            await link.ask(MESSAGE)


async def test_who_waits_when_the_other_end_goes_hears_so() -> None:
    asked = asyncio.Event()

    async def never(_call: Call) -> Answer:
        asked.set()
        await asyncio.Event().wait()
        return Done()

    async with linked(never) as (link, there):
        waiting = asyncio.create_task(link.ask(MESSAGE))
        await asked.wait()
        there.shutdown(socket.SHUT_RDWR)
        with pytest.raises(StoreError, match="gone"):
            await waiting
        with pytest.raises(StoreError, match="gone"):
            await link.ask(MESSAGE)
