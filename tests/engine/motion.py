"""An engine in motion over a database of its own: a clock that stands until it is moved, a gateway that obeys."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, text

from engine import borrowing
from engine.delivery import Message, Outcome, Sent
from engine.ids import Ids
from engine.inbox import Arrival
from engine.kit import Kit
from engine.leases import LEASE
from engine.library import Library
from engine.limits import DAY
from engine.opening import open_store
from engine.registry import Registry
from engine.runtime import Runtime, Setup
from engine.schema import metadata
from engine.store import Store
from engine.transcripts import ENGINE, Said, transcript
from engine.work import Accepted

MONDAY = 1_740_992_400_000
YEARS = 1_000 * DAY
"""Tests move the clock by days, and mean it."""
MOSES, FATOU, NOBODY = "+231770000001", "+231770000002", "+231770000009"
PEOPLE = [
    {"id": "moses", "name": "Moses Flomo", "phone": MOSES, "language": "en", "supervisor": "fatou", "pin": "4321"},
    {"id": "fatou", "name": "Fatou Kamara", "phone": FATOU, "language": "fr", "job": "pharmacist", "groups": "lab"},
]


def in_a_file(folder: Path) -> tuple[Path | str, Path]:
    """A SQLite database in this folder, and its key."""
    return folder / "test.sqlite", folder / "test.key"


place: Callable[[Path], tuple[Path | str, Path]] = in_a_file
"""Where the worlds of a test keep what they remember; tests/engine/conftest.py lets each run on PostgreSQL, too."""


class HandClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = MONDAY

    def now(self) -> int:
        return self.moment

    def move(self, ms: int) -> None:
        self.moment += ms


class Gateway:
    """Answers with `outcomes`, then with Sent; a message waits while `open` is not set."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.outcomes: deque[Outcome | Exception] = deque()
        self.open = asyncio.Event()
        self.open.set()
        self._arrived = asyncio.Condition()

    async def send(self, message: Message) -> Outcome:
        async with self._arrived:
            self.messages.append(message)
            self._arrived.notify_all()
        await self.open.wait()
        outcome = self.outcomes.popleft() if self.outcomes else Sent()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def has(self, count: int) -> list[str]:
        """The texts, once there are so many."""
        async with asyncio.timeout(10), self._arrived:
            await self._arrived.wait_for(lambda: len(self.messages) >= count)
        return self.texts

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages]


class World:
    """`store`, `registry`, `runtime`, `gateway` of the channel sms, `clock`."""

    def __init__(self, folder: Path, library: Library, **setup: Any) -> None:
        self.folder = folder
        self.library = library
        self.clock = HandClock()
        self.gateway = Gateway()
        setup = {"ahead": YEARS, "measure": lambda said: ("gsm7", 1 + len(said) // 160), **setup}
        self.setup = Setup({"sms": self.gateway}, **setup)
        self.open()

    def open(self) -> None:
        self.store: Store = open_store(*place(self.folder))
        self.ids = Ids(self.clock)
        self.registry = Registry(self.store, self.ids, self.clock)
        self.runtime = Runtime(self.store, self.registry, self.library, self.setup, self.ids, self.clock)

    async def crash(self) -> None:
        """The process ends in the middle: nothing is drained or settled, and another one begins.

        Where there may be others, it begins when the leases of the one that is gone have run out.
        """
        others = asyncio.all_tasks() - {asyncio.current_task()}
        tasks = {task for task in others if task.get_name() != borrowing.TASK}
        for task in tasks:
            task.cancel()
        if tasks:  # what they had open is let go of, as the system does when a process ends
            await asyncio.wait(tasks, timeout=5)
        await self.store.close()
        self.gateway.messages.clear()
        self.gateway.open.set()
        if self.store.shared:
            self.clock.move(LEASE)
        self.open()

    @property
    def kit(self) -> Kit:
        return self.runtime._kit

    async def says(self, said: str, number: str = MOSES, key: str | None = None) -> Accepted:
        """A message comes in; without a key it is a delivery of its own."""
        return await self.runtime.accept(Arrival("sms", key or str(self.ids.new()), number, said))

    async def rows(self, sql: str, **bound: Any) -> list[Any]:
        async with self.store.read() as connection:
            return list((await connection.execute(text(sql), bound)).all())

    async def change(self, sql: str, **bound: Any) -> None:
        def run(connection: Connection) -> None:
            connection.execute(text(sql), bound)

        await self.store.write(run)

    async def on_disk(self) -> bytes:
        """Every byte of the database's files; of a database server, every cell of its tables."""
        if not self.store.shared:
            return b"".join(file.read_bytes() for file in self.folder.glob("test.sqlite*"))
        async with self.store.read() as connection:
            rows = [row for table in metadata.sorted_tables for row in await connection.execute(select(table))]
        cells = (cell for row in rows for cell in row)
        return b"\n".join(cell if isinstance(cell, bytes) else str(cell).encode() for cell in cells)

    async def heard(self, number: str = MOSES) -> list[str]:
        """What the engine said on a line, in order."""
        return [said.text for said in await self.transcript(number) if said.who == ENGINE]

    async def transcript(self, number: str = MOSES) -> list[Said]:
        async with self.store.read() as connection:
            return await transcript(connection, self.store.vault, self.registry.addresses.of(number))

    async def becomes(self, sql: str, expected: list[Any], **bound: Any) -> None:
        """Wait until the rows are as expected: what is written by a task of the engine's own has no other sign."""
        found: list[Any] = []
        for _ in range(1000):
            found = [tuple(row) for row in await self.rows(sql, **bound)]
            if found == expected:
                return
            await asyncio.sleep(0.005)
        assert found == expected


@asynccontextmanager
async def world(folder: Path, library: Library, *, start: bool = True, **setup: Any) -> AsyncIterator[World]:
    """A world with Moses and Fatou in it, the flows of the library published, in motion unless `start` is false."""
    made = World(folder, library, **setup)
    await made.registry.put_workers(PEOPLE)
    for linked in library.flows():
        await made.runtime.publish(linked.program)
    if start:
        await made.runtime.start()
    try:
        yield made
    finally:
        await made.runtime.stop(1)
        await made.store.close()


@asynccontextmanager
async def beside(first: World, **setup: Any) -> AsyncIterator[World]:
    """Another process on the same database and by the same clock, in motion, with a gateway of its own."""
    second = World(first.folder, first.library, **setup)
    await second.store.close()
    second.clock = first.clock
    second.open()
    await second.runtime.start()
    try:
        yield second
    finally:
        await second.runtime.stop(1)
        await second.store.close()


MakeLibrary = Callable[..., Library]
