"""A server that is killed loses nothing that it said yes to, and does nothing twice unseen (I1, I2, I10)."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from tests.crash.engine_process import DEADLY, NUMBERS, WORKERS

SAYINGS = ("SURVEY", "12", "no soap")
MESSAGES = 4


class Server:
    """The engine's process; `yes` holds the keys that it committed."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.yes: set[str] = set()

    @classmethod
    async def start(cls, folder: Path) -> Server:
        command = (sys.executable, "-m", "tests.crash.engine_process", str(folder))
        return cls(await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE))

    async def bring(self, keys: list[str], until: int, sayings: tuple[str, ...] = SAYINGS) -> None:
        """Bring deliveries, until so many were accepted, or the end."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        for key in keys:
            worker, turn = map(int, key.split("."))
            self.process.stdin.write(f"{key} {NUMBERS[worker]} {sayings[turn]}\n".encode())
        while len(self.yes) < until and (line := await self.process.stdout.readline()):
            self.yes.add(line.decode().strip())

    async def kill(self) -> None:
        """Now, and not softly."""
        self.process.kill()
        assert self.process.stdout is not None
        rest = await self.process.stdout.read()
        self.yes |= set(rest.decode().splitlines())
        await self.process.wait()

    async def stop(self) -> None:
        """As a person would."""
        assert await self.end() == 0

    async def end(self) -> int:
        """As a person would; how it ended."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return await self.process.wait()


@pytest.mark.parametrize("seed", range(2))
async def test_every_answer_once_however_often_it_is_killed(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    yes: set[str] = set()
    for turn in range(len(SAYINGS)):
        keys = [f"{worker}.{turn}" for worker in range(WORKERS)]
        chance.shuffle(keys)
        server = await Server.start(tmp_path)
        await server.bring(keys, until=chance.randrange(1, WORKERS))
        await server.kill()
        yes |= server.yes
        assert stored(tmp_path) >= yes
        server = await Server.start(tmp_path)
        await server.bring(keys, WORKERS)
        await server.stop()
    check(tmp_path)


async def test_a_message_that_kills_every_process_is_parked_and_the_other_63_are_not(tmp_path: Path) -> None:
    """The gateway brings all 64 again and again, as long as it has no yes for them."""
    keys = [f"{worker}.0" for worker in range(WORKERS)] + [f"{worker}.1" for worker in range(23)]
    keys.insert(30, f"{WORKERS - 1}.2")
    deaths = 0
    while True:
        server = await Server.start(tmp_path)
        await server.bring(keys, len(keys), sayings=("SURVEY", "12", DEADLY))
        code = await server.end()
        if code == 0:
            break
        assert code == 9
        deaths += 1
        assert deaths <= 4, "once with the others, then three tries alone"
    assert rows(tmp_path, "SELECT state, tries FROM event WHERE state <> 1") == [(2, 3)]
    assert rows(tmp_path, "SELECT count(*) FROM event WHERE state = 1") == [(len(keys) - 1,)]
    assert rows(tmp_path, "SELECT count(*) FROM answer") == [(23,)]


def stored(folder: Path) -> set[str]:
    """The deliveries that are in the database, in the words of this test."""
    return {str(key).removeprefix("sms ") for (key,) in rows(folder, "SELECT key FROM seen")}


def check(folder: Path) -> None:
    assert rows(folder, "SELECT count(*), count(DISTINCT line_id) FROM session") == [(WORKERS, WORKERS)]
    assert rows(folder, "SELECT DISTINCT status, outcome FROM session") == [("ended", "completed")]
    assert rows(folder, "SELECT question, round, n, count(*) FROM answer GROUP BY 1, 2, 3 ORDER BY 3") == [
        ("cases", 1, 1, WORKERS),
        ("problem", 1, 2, WORKERS),
    ]
    assert rows(folder, "SELECT count(*) FROM outbox") == [(MESSAGES * WORKERS,)]
    assert rows(folder, "SELECT count(*) FROM event WHERE state <> 1") == [(0,)]
    handed = Counter(line.split()[0] for line in (folder / "sent").read_text().splitlines())
    assert set(handed.values()) == {1}, "an attempt is handed over once; a second try has a row of its own"
    assert rows(folder, "SELECT count(*) >= ? FROM attempt", len(handed)) == [(1,)]


def rows(folder: Path, sql: str, *bound: int) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"file:{folder / 'test.sqlite'}?mode=ro", uri=True)) as connection:
        return connection.execute(sql, bound).fetchall()
