"""Who writes for a command: the server that runs on this machine, or, where none does, the command itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import msgspec

from commands.errors import FOUND, CommandError
from console import local
from console.local import People, Taken
from engine.clock import SystemClock
from engine.ids import Ids
from engine.registry import Registry
from engine.store import open_store
from settings import Settings

TakeIn = Callable[[People], Awaitable[Taken]]


@asynccontextmanager
async def registry(known: Settings) -> AsyncIterator[TakeIn]:
    """What takes workers in.  StoreError where the database cannot be used; CommandError where the server refuses."""
    async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(known.socket))) as client:
        if await _answers(client):
            yield lambda people: _ask(client, people)
            return
    store = open_store(known.database, known.key_file)
    try:
        clock = SystemClock()
        own = Registry(store, Ids(clock), clock, known.country)
        yield lambda people: local.take_in(people, own)
    finally:
        await store.close()


async def _answers(client: aiohttp.ClientSession) -> bool:
    try:
        async with client.get("http://server/") as reply:
            return reply.status < 500
    except aiohttp.ClientConnectionError:
        return False


async def _ask(client: aiohttp.ClientSession, people: People) -> Taken:
    async with client.post("http://server/workers", data=msgspec.json.encode(people)) as reply:
        body = await reply.read()
        if reply.status != 200:
            raise CommandError(msgspec.json.decode(body, type=dict[str, str])["problem"], FOUND)
        return msgspec.json.decode(body, type=Taken)
