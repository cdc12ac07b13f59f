"""A server that is told to stop is gone within ten seconds, whatever hangs; nothing is lost or doubled by it (I21)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.crash.siege import QUESTIONS, Gateway, Server, expected_answers
from tests.crash.witness import Rows, check_messages, check_rows, drained, in_file, in_server, stored_answers
from tests.postgres import Postgres

pytestmark = pytest.mark.real

TEN_SECONDS = 10.0
WORKERS = range(400)
STOPS = 2
LAST = "stopped: everything is stored"


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    made = Gateway()
    await made.open()
    yield made
    await made.close()


@pytest.fixture
def database() -> Iterator[Postgres]:
    server = Postgres(durable=True)
    yield server
    server.close()


@asynccontextmanager
async def under_load(server: Server, gateway: Gateway, rows: Rows) -> AsyncIterator[None]:
    """The server has all it can do; after the block it ends that, and all is there once."""
    chance = random.Random(20261124)
    await server.start()
    await server.ready()
    await server.enrol(WORKERS)
    bringing = asyncio.create_task(gateway.bring(WORKERS, [server.port], chance))
    yield
    await bringing
    await drained(rows, 300)
    await server.stop()
    assert await stored_answers(server) == expected_answers(WORKERS)
    check_rows(rows, len(WORKERS))
    check_messages(gateway, rows, WORKERS)


def moments() -> Iterator[int]:
    """How many messages were accepted when each stop comes."""
    total = len(WORKERS) * (QUESTIONS + 1)
    return (total * n // (STOPS + 1) for n in range(1, STOPS + 1))


async def test_a_file_under_load(tmp_path: Path, gateway: Gateway) -> None:
    server = Server(tmp_path / "server", gateway)
    async with under_load(server, gateway, in_file(server.folder / "dundun.sqlite")):
        for accepted in moments():
            await gateway.has_accepted(accepted)
            assert await server.stop() < TEN_SECONDS
            await server.start()
            await server.ready()
    assert server.said().count(LAST) == STOPS + 1


async def test_a_file_under_load_while_the_gateway_takes_messages_and_never_says_so(
    tmp_path: Path, gateway: Gateway
) -> None:
    server = Server(tmp_path / "server", gateway)
    async with under_load(server, gateway, in_file(server.folder / "dundun.sqlite")):
        for accepted in moments():
            gateway.speaks.clear()
            await gateway.has_accepted(accepted)
            assert await server.stop() < TEN_SECONDS
            gateway.speaks.set()
            await server.start()
            await server.ready()


@pytest.mark.parametrize("seconds", [0, 12])
async def test_a_database_server_that_hangs(
    tmp_path: Path, gateway: Gateway, database: Postgres, seconds: float
) -> None:
    """`seconds`: for so long it hangs when the stop comes; transactions and connections of all ages wait for it."""
    url = database.database()
    server = Server(tmp_path / "server", gateway, f'database = "{url}"\nkey = "dundun.key"')
    async with under_load(server, gateway, in_server(database, url)):
        for accepted in moments():
            await gateway.has_accepted(accepted)
            database.hang()
            await asyncio.sleep(seconds)
            before = len(server.said())
            assert await server.stop() < TEN_SECONDS
            assert "the database does not answer" in server.said()[before:]
            database.go_on()
            await server.start()
            await server.ready()
    assert "deadlock detected" not in database.log.read_text()
