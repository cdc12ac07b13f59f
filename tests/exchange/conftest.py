"""A desk: a database in which workers have talked, through the same door that a gateway uses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from itertools import count
from pathlib import Path
from textwrap import dedent

import pytest
from aiohttp import web
from sqlalchemy import Connection, insert

from channels.gsm7 import measure
from engine import schema
from engine.facts import Record
from engine.ids import Ids
from engine.inbox import Arrival, Inbox
from engine.kit import Kit
from engine.library import Library
from engine.opening import open_store
from engine.phrases import load
from engine.registry import Registry
from engine.store import Store
from grammar.loader import load_text
from grammar.program import Program
from tests.servers import free_port

MONDAY = 1_772_442_000_000  # 2026-03-02T09:00:00Z
MINUTE = 60_000


class HandClock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.ms = MONDAY

    def now(self) -> int:
        return self.ms


class Desk:
    """Publishes flows, knows workers, and brings what they write."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = HandClock()
        self.registry = Registry(store, Ids(self.clock), self.clock)
        self._library = Library(load(["en", "fr"]))
        kit = Kit(store.vault, Ids(self.clock), self._library, measure, "sms", 1)
        self.inbox = Inbox(store, kit, self.clock, self.registry.addresses, lambda ring: None)
        self._keys = count()

    async def publish(self, text: str) -> Program:
        loaded = load_text(dedent(text), "test.flow")
        assert loaded.compiled is not None, loaded.findings
        program = loaded.compiled.programs[0]
        self._library.publish(program)
        row = {
            "hash": program.hash(),
            "flow": program.flow,
            "code": program.encode(),
            "published_at": self.clock.now(),
        }
        await self.store.write(partial(_keep, row=row))
        return program

    async def know(self, *workers: Record) -> None:
        await self.registry.put_facilities([{"code": "F1", "name": "Kolahun Clinic"}])
        imported = await self.registry.put_workers(workers)
        assert imported.problems == []

    async def hear(self, phone: str, *texts: str) -> None:
        for text in texts:
            self.clock.ms += MINUTE
            await self.inbox.accept(Arrival("sms", f"k{next(self._keys)}", phone, text))


def _keep(connection: Connection, row: dict[str, object]) -> None:
    connection.execute(insert(schema.program).prefix_with("OR IGNORE"), row)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    store = open_store(tmp_path / "desk.sqlite")
    made = Desk(store)
    await made.inbox.start()
    yield made
    await made.inbox.stop(1)
    await store.close()


class Office:
    """A system that answers as it is told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answer = web.Response()
        self.asked: list[object] = []

    async def take(self, request: web.Request) -> web.Response:
        self.asked.append(await request.json())
        return self.answer


@pytest.fixture
async def office() -> AsyncIterator[tuple[Office, str]]:
    """The office, and its address."""
    there, port = Office(), free_port()
    application = web.Application()
    application.router.add_post("/do", there.take)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield there, f"http://127.0.0.1:{port}/do"
    await runner.cleanup()
