"""Servers die in the middle, databases restart under load: no answer is lost, doubled or torn (I1, I2, I3, I10)."""

from __future__ import annotations

import asyncio
import random
import shutil
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from statistics import median

import pytest

from tests.crash.pace import Pace
from tests.crash.siege import QUESTIONS, Gateway, Server, expected_answers
from tests.crash.witness import check_messages, check_rows, drained, in_file, in_server, stored_answers
from tests.postgres import Postgres

pytestmark = pytest.mark.real

SESSIONS, KILLS = 10_000, 200
CHAOS_SESSIONS = 2_000
"""Six messages each."""


async def test_a_server_killed_two_hundred_times(
    tmp_path: Path, gateway: Gateway, capsys: pytest.CaptureFixture[str]
) -> None:
    chance, workers = random.Random(20261122), range(SESSIONS)
    server = Server(tmp_path / "server", gateway)

    rows = in_file(server.folder / "dundun.sqlite")
    await server.start()
    await server.ready()
    await server.enrol(workers)
    bringing = asyncio.create_task(gateway.bring(workers, [server.port], chance))
    back: list[float] = []
    pace, ready = Pace(gateway), time.monotonic()
    watching = asyncio.create_task(pace.watch())
    # Kills are aimed at some more than wanted, for a fast server has accepted others by the time it dies.
    between = SESSIONS * (QUESTIONS + 1) // (KILLS + 100)
    while not bringing.done():
        more = asyncio.create_task(gateway.has_accepted(gateway.accepted + chance.randint(1, 2 * between)))
        await asyncio.wait({more, bringing}, return_when=asyncio.FIRST_COMPLETED)
        more.cancel()
        if not bringing.done():
            before = time.monotonic()
            pace.lives.append((ready, before))
            await server.kill()
            await server.start()
            ready = await server.ready()
            back.append(ready - before)
    await bringing
    watching.cancel()
    pace.lives.append((ready, time.monotonic()))
    await drained(rows, 900)
    await server.stop()
    assert server.deaths >= KILLS
    assert await stored_answers(server) == expected_answers(workers)
    check_rows(rows, SESSIONS)
    twice = check_messages(gateway, rows, workers)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{server.deaths} kills under {SESSIONS * (QUESTIONS + 1):,} messages: answers lost 0, doubled 0, "
            f"torn 0; {twice} messages may have come twice, and rows say so; after a kill ready again within "
            f"{median(back):.2f} s (median), {max(back):.2f} s (slowest); {pace.said()}.\n"
        )


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    """It stands outside, from the beginning to the end."""
    made = Gateway()
    await made.open()
    yield made
    await made.close()


@pytest.fixture
def database() -> Iterator[Postgres]:
    """A server that waits for the disk, as in earnest."""
    server = Postgres(durable=True)
    yield server
    server.close()


async def test_a_database_server_that_restarts_under_two_processes(
    tmp_path: Path, gateway: Gateway, database: Postgres, capsys: pytest.CaptureFixture[str]
) -> None:
    chance, workers = random.Random(20261123), range(CHAOS_SESSIONS)
    url = database.database()
    address = f'database = "{url}"\nkey = "dundun.key"'
    servers = [Server(tmp_path / name, gateway, address) for name in ("one", "two")]
    rows = in_server(database, url)
    await servers[0].start()
    await servers[0].ready()
    shutil.copy(servers[0].folder / "dundun.key", servers[1].folder / "dundun.key")
    await servers[1].start()
    await servers[1].ready()
    await servers[0].enrol(workers)
    bringing = asyncio.create_task(gateway.bring(workers, [server.port for server in servers], chance))
    restarts = 0
    while not bringing.done():
        await asyncio.wait({bringing}, timeout=chance.uniform(0.4, 1.4))
        if not bringing.done():
            database.stop(chance.choice(["fast", "immediate"]))
            database.start()
            restarts += 1
    await bringing
    await drained(rows, 900)
    for server in servers:
        await server.stop()
    assert restarts >= 3
    assert await stored_answers(servers[0]) == expected_answers(workers)
    check_rows(rows, CHAOS_SESSIONS)
    twice = check_messages(gateway, rows, workers)
    assert "deadlock detected" not in database.log.read_text()
    with capsys.disabled():
        sys.stdout.write(
            f"\n{restarts} restarts of the database under {CHAOS_SESSIONS * (QUESTIONS + 1):,} messages and two "
            f"processes: answers lost 0, doubled 0, no deadlock; {twice} messages may have come twice, and rows say "
            "so.\n"
        )
