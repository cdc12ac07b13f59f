"""A database server: what is taken back is done again, what is in doubt is said to be, and nothing is half written."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import Connection, text
from structlog.testing import capture_logs

from engine.opening import open_reader, open_store
from engine.postgres import PostgresStore
from engine.store import DoubtError, StoreError
from engine.writer import INBOX
from tests.postgres import Postgres
from tests.servers import free_port

pytestmark = pytest.mark.real

_ADD = text("INSERT INTO meta (name, value) VALUES (:name, 'x')")
_CHANGE = text("UPDATE meta SET value = value || :by WHERE name = :name")
_COUNT = text("SELECT count(*) FROM meta WHERE name = :name")
_SERVER = tuple[Postgres, str, Path]


class Line:
    """A connection between the engine and the server that can be cut: before a COMMIT gets there, or after.

    While it is `stalled`, nothing gets there, and nothing breaks; `held`: something was to.
    """

    def __init__(self, port: int) -> None:
        self.port = free_port()
        self._to = port
        self.cut = ""
        self.cuts = 0
        self.stalled = False
        self.held = asyncio.Event()
        self._ends: list[asyncio.StreamWriter] = []

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        async with server:
            yield

    async def hang_up(self) -> None:
        """Every connection ends, at both ends."""
        for end in self._ends:
            end.close()
        await asyncio.gather(*(end.wait_closed() for end in self._ends), return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        self._ends += (writer, far_writer)
        back = asyncio.create_task(_carry(far_reader, writer))
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                if self.stalled:
                    self.held.set()
                    continue
                if self.cut and b"COMMIT" in data:
                    await self._cut_off(data, far_reader, far_writer, back)
                    break
                far_writer.write(data)
                await far_writer.drain()
        back.cancel()
        for each in (writer, far_writer):
            each.close()

    async def _cut_off(
        self,
        data: bytes,
        far_reader: asyncio.StreamReader,
        far_writer: asyncio.StreamWriter,
        back: asyncio.Task[None],
    ) -> None:
        when, self.cut = self.cut, ""
        self.cuts += 1
        back.cancel()
        await asyncio.gather(back, return_exceptions=True)
        if when == "after":
            far_writer.write(data)
            await far_reader.read(65536)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()


@asynccontextmanager
async def opened(postgres: _SERVER, folder: Path, port: int = 0) -> AsyncIterator[PostgresStore]:
    server, template, key = postgres
    url = server.database(template)
    shutil.copy(key, folder / "test.key")
    address = url.replace(str(server.port), str(port or server.port))
    store = await asyncio.to_thread(open_store, address, folder / "test.key")
    assert isinstance(store, PostgresStore)
    try:
        yield store
    finally:
        await store.close()
        server.drop(url)


def add(connection: Connection, name: str) -> None:
    connection.execute(_ADD, {"name": name})


async def count(store: PostgresStore, name: str) -> int:
    async with store.read() as connection:
        return int(await connection.scalar(_COUNT, {"name": name}) or 0)


async def test_what_raises_has_done_nothing(postgres: _SERVER, tmp_path: Path) -> None:
    def fail(connection: Connection) -> None:
        add(connection, "lost")
        raise LookupError("in the middle")

    async with opened(postgres, tmp_path) as store:
        with pytest.raises(LookupError):
            await store.write(fail)
        assert await count(store, "lost") == 0


async def test_who_waits_in_a_circle_is_helped_out(postgres: _SERVER, tmp_path: Path) -> None:
    """Two transactions that lock two rows in opposite order: the server takes one back, and it is done again."""
    async with opened(postgres, tmp_path) as store:
        await store.write(lambda c: [add(c, name) for name in ("a", "b")])
        tries: list[str] = []

        def change(connection: Connection, first: str, second: str) -> None:
            tries.append(first)
            for name in (first, second):
                connection.execute(
                    text("UPDATE meta SET value = value || :by WHERE name = :name"), {"name": name, "by": first}
                )
                connection.execute(text("SELECT pg_sleep(0.2)"))

        await asyncio.gather(
            store.write(lambda c: change(c, "a", "b"), INBOX), store.write(lambda c: change(c, "b", "a"), INBOX)
        )
        assert len(tries) > 2, "one was taken back"
        async with store.read() as connection:
            values = (await connection.scalars(text("SELECT value FROM meta WHERE name IN ('a', 'b')"))).all()
        assert [sorted(value) for value in values] == [["a", "b", "x"]] * 2, "each was done once"


@pytest.mark.parametrize(("when", "stored"), [("before", 0), ("after", 1)])
async def test_a_connection_lost_at_the_commit_leaves_a_doubt(
    postgres: _SERVER, tmp_path: Path, when: str, stored: int
) -> None:
    line = Line(postgres[0].port)
    async with line.open(), opened(postgres, tmp_path, line.port) as store:
        line.cut = when
        with pytest.raises(DoubtError, match="was lost while it stored"):
            await store.write(lambda c: add(c, "doubtful"))
        assert line.cuts == 1
        assert await count(store, "doubtful") == stored
        await store.write(lambda c: add(c, "next"))
        assert await count(store, "next") == 1


async def test_a_server_that_was_restarted_is_found_again(postgres: _SERVER, tmp_path: Path) -> None:
    async with opened(postgres, tmp_path) as store:
        await store.write(lambda c: add(c, "before"))
        await asyncio.to_thread(postgres[0].stop)
        with pytest.raises(StoreError, match="Nothing was stored"):
            await store.write(lambda c: add(c, "between"))
        with pytest.raises(StoreError, match="cannot be read"):
            await count(store, "between")
        postgres[0].start()  # from this thread: the server ends with the thread that began it
        await store.write(lambda c: add(c, "after"))
        assert [await count(store, name) for name in ("before", "between", "after")] == [1, 0, 1]


async def test_a_transaction_goes_on_when_its_caller_goes_away(postgres: _SERVER, tmp_path: Path) -> None:
    async with opened(postgres, tmp_path) as store:
        begun = asyncio.Event()

        def slow(connection: Connection) -> None:
            begun.set()
            connection.execute(text("SELECT pg_sleep(0.2)"))
            add(connection, "kept")

        caller = asyncio.create_task(store.write(slow))
        await begun.wait()
        caller.cancel()
        await asyncio.gather(caller, return_exceptions=True)
        await store.close()
        again = open_store(store.url, tmp_path / "test.key")
        assert isinstance(again, PostgresStore)
        assert await count(again, "kept") == 1
        await again.close()


async def test_a_server_that_hangs_keeps_nobody_from_stopping(postgres: _SERVER, tmp_path: Path) -> None:
    line = Line(postgres[0].port)
    async with line.open(), opened(postgres, tmp_path, line.port) as store:
        await asyncio.gather(*(store.write(partial(add, name=f"before {n}")) for n in range(3)))
        line.stalled = True
        before = asyncio.all_tasks()
        caller = asyncio.create_task(store.write(lambda c: add(c, "never"), INBOX))
        await line.held.wait()
        with capture_logs() as logs:
            async with asyncio.timeout(9):
                await store.close()
        assert "the database does not answer: transactions are left to it" in [each["event"] for each in logs]
        await line.hang_up()
        await asyncio.wait({caller, *asyncio.all_tasks()} - before)


async def test_many_begin_at_once_on_an_empty_database(postgres: _SERVER, tmp_path: Path) -> None:
    url = postgres[0].database()
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(lambda _: open_store(url, tmp_path / "new.key"), range(4)))
    assert sum(store.new_key is not None for store in stores) == 1, "one of them made the tables and the key"
    for store in stores:
        await store.close()
    postgres[0].drop(url)


async def test_another_program_s_database_is_left_as_it_is(postgres: _SERVER, tmp_path: Path) -> None:
    url = postgres[0].database()
    raw = await asyncpg.connect(url)
    await raw.execute("CREATE TABLE spatial_ref_sys (id int); ALTER EXTENSION plpgsql ADD TABLE spatial_ref_sys")
    await raw.execute("CREATE TABLE workers (id int)")
    with pytest.raises(StoreError, match=r"another program: it holds the tables workers\. Nothing was changed"):
        open_store(url, tmp_path / "new.key")
    await raw.execute("DROP TABLE workers")
    await open_store(url, tmp_path / "new.key").close()  # what extensions make is no other program's
    await raw.close()
    postgres[0].drop(url)


async def test_a_reader_writes_nothing(postgres: _SERVER, tmp_path: Path) -> None:
    async with (
        opened(postgres, tmp_path) as store,
        open_reader(store.url, tmp_path / "test.key") as reader,
        reader.read() as connection,
    ):
        with pytest.raises(Exception, match="read-only"):
            await connection.execute(_ADD, {"name": "x"})


async def test_an_address_where_nothing_is_says_so_without_the_password(postgres: _SERVER, tmp_path: Path) -> None:
    port = postgres[0].port
    for url, advice in (
        (f"postgresql://postgres:geheim@127.0.0.1:{free_port()}/x", "Does its server run"),
        (f"postgresql://postgres:geheim@127.0.0.1:{port}/no_such", "Make it there: createdb"),
    ):
        with pytest.raises(StoreError, match=f"cannot be opened.*{advice}") as told:
            open_store(url, tmp_path / "test.key")
        assert "geheim" not in str(told.value)


async def test_a_fault_does_not_tell_what_was_to_be_written(postgres: _SERVER, tmp_path: Path) -> None:
    async with opened(postgres, tmp_path) as store:
        with pytest.raises(Exception, match="nowhere") as told:
            await store.write(lambda c: c.execute(text("INSERT INTO nowhere VALUES (:x)"), {"x": "+231770000001"}))
        assert "+231770000001" not in str(told.value)
