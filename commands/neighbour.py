"""Who runs a command's errand: the server on this machine, or, where none runs, the command itself.

A database server takes many writers: there the command always runs it itself.
"""

from __future__ import annotations

import asyncio
import getpass
import logging
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Protocol

import aiohttp
import msgspec
import structlog

from commands.errors import FOUND, CommandError
from console import local
from console.errands import Answer, Desk, Errand, RefusedError, Request
from engine.attending import attended
from engine.clock import SystemClock
from engine.ids import Ids
from engine.library import Library
from engine.opening import is_url, minded, open_reader, open_store
from engine.phrases import load
from engine.registry import Registry
from engine.store import StoreError, told
from engine.versions import Versions
from settings import Settings

ANSWERS_WITHIN = 10.0
"""Seconds.  A server that stores for others at this moment answers much sooner."""

_GONE = "The server stopped meanwhile. What it did until then is stored. Start it, and give the command again."
_SILENT = "A server runs here, and does not answer. Where it hangs, restart it, and give the command again."
_HANGS = (
    "The server does not answer any more. What it did until then is stored, and what it was asked for last may be. "
    "Where it hangs, restart it, and look before you give the command again."
)
_FAULT = "The server could not do it, and its log says why. Is all well there? dundun doctor"


class Runner(Protocol):
    """Runs errands; CommandError, a sentence, where one is refused."""

    async def __call__(self, errand: Errand[Request, Answer], request: Request) -> Answer:
        """Its answer."""
        ...


@asynccontextmanager
async def errands(known: Settings, *, first: bool = False) -> AsyncIterator[Runner]:
    """What runs errands.  StoreError where the database cannot be used, or, unless it may be the `first` to use it,
    where there is none: a wrong path shall not look like a pause that was pressed.
    """
    patient = aiohttp.ClientTimeout(total=None)  # a list of workers takes as long as it takes
    connector = aiohttp.UnixConnector(str(known.socket))
    async with aiohttp.ClientSession(connector=connector, timeout=patient) as client:
        if not is_url(known.database) and await _answers(client):
            yield _Asking(client)
            return
    if not first:
        async with open_reader(known.database, known.key_file):
            pass
    with _quiet():
        store = open_store(known.database, known.key_file)
        try:
            clock = SystemClock()
            ids = Ids(clock)
            versions = Versions(store, Library(load()), clock)
            own = Registry(store, ids, clock, known.country)
            with told(store.name):
                async with minded(known.database, store):
                    yield _Own(Desk(store, own, versions, ids, clock, known.zone, actor=account()))
        finally:
            await store.close()


@contextmanager
def _quiet() -> Iterator[None]:
    """A command says itself what it did; what a server would log of it is for its log."""
    before = structlog.get_config()
    level = structlog.make_filtering_bound_logger(logging.ERROR)
    structlog.configure(wrapper_class=level, logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    try:
        yield
    finally:
        structlog.configure(**before)


def account() -> str:
    """Who gives the command: the name of the account on this machine."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account without a name
        return str(os.getuid())


class _Own:
    """No server runs here."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, errand: Errand[Request, Answer], request: Request) -> Answer:
        try:
            return await errand.run(self._desk, request)
        except RefusedError as error:
            raise CommandError(str(error), FOUND) from None


class _Asking:
    """A server runs, and is asked."""

    def __init__(self, client: aiohttp.ClientSession) -> None:
        self._client = client

    async def __call__(self, errand: Errand[Request, Answer], request: Request) -> Answer:
        data, headers = msgspec.json.encode(request), {local.ACTOR: account()}
        try:
            async with (
                attended("The server", self._alive),
                self._client.post(f"http://server/{errand.name}", data=data, headers=headers) as reply,
            ):
                body = await reply.read()
        except aiohttp.ClientError:
            raise CommandError(_GONE, FOUND) from None
        except StoreError:
            raise CommandError(_HANGS, FOUND) from None
        if reply.status == 500:
            raise CommandError(_FAULT, FOUND)
        if reply.status == 404:
            raise CommandError("The command and the server are of different versions. Restart the server.", FOUND)
        if reply.status != 200:
            raise CommandError(msgspec.json.decode(body, type=dict[str, str])["problem"], FOUND)
        return msgspec.json.decode(body, type=errand.answer)

    async def _alive(self) -> None:
        """It answers while it works, too: an errand may take its time."""
        async with self._client.get("http://server/") as reply:
            await reply.read()


async def _answers(client: aiohttp.ClientSession) -> bool:
    try:
        async with asyncio.timeout(ANSWERS_WITHIN), client.get("http://server/") as reply:
            return reply.status < 500
    except TimeoutError:
        raise CommandError(_SILENT, FOUND) from None
    except aiohttp.ClientConnectionError:
        return False
