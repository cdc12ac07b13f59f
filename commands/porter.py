"""The process that speaks HTTP for a server on SQLite: it begins before the engine, and ends with it, however it ends.

One process may write the file, and its one thread has all that a processor can give; HTTP took a quarter of that.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from contextlib import suppress

import structlog

import server
from channels.link import Answer, Call, Close, Done, Link
from channels.porter import Lodge, Porter
from commands import listening
from settings import Settings

LAST_WORDS = 3.0
"""Seconds that the porter has to answer who is at the door, at the end: one more than it gives them."""

_log = structlog.get_logger(__name__)


def useful(known: Settings) -> bool:
    """Has the engine one process, and the machine a processor to spare?"""
    return isinstance(known.database, os.PathLike) and (os.cpu_count() or 1) > 1 and sys.platform == "linux"


def placed(world: socket.socket, known: Settings, file: str) -> socket.socket:
    """A porter at `world`: the socket to it.  Before any thread and any loop: the process is forked."""
    ours, theirs = socket.socketpair()
    if os.fork():
        theirs.close()
        return ours
    ours.close()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # they come to both processes; the engine tells the porter
    try:
        listening.run(_work(world, theirs, known, file))
    finally:
        os._exit(0)  # nothing of what the engine's process opened is this one's to end


async def attended(stop: asyncio.Event, link: socket.socket, lodge: Lodge) -> None:
    """Answer the porter until `stop`, and until it has ended; returns before that where it is gone."""
    talk = Link(*await asyncio.open_connection(sock=link))
    serving = asyncio.create_task(talk.serve(lodge.answer), name="porter")
    told = asyncio.create_task(stop.wait())
    await asyncio.wait((serving, told), return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if serving.done():
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(LAST_WORDS):
            await talk.ask(Close())
            await serving


async def _work(world: socket.socket, theirs: socket.socket, known: Settings, file: str) -> None:
    link = Link(*await asyncio.open_connection(sock=theirs))
    stop = asyncio.Event()

    async def answer(_call: Call) -> Answer:
        stop.set()
        return Done()

    talking = asyncio.create_task(link.serve(answer))
    talking.add_done_callback(lambda _: os._exit(0))  # the engine is gone: nobody stores what comes
    porter = Porter(server.gateways(known, file), link, known.public_url)
    listening.spare_memory()
    await listening.until(stop, {world: porter.app}, lambda: None)
