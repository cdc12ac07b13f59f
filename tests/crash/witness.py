"""What a siege left in the database is what the gateway brought and was handed: nothing lost, doubled or torn."""

from __future__ import annotations

import asyncio
import csv
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.crash.siege import QUESTIONS, Gateway, Server, expected_prompts, number
from tests.postgres import Postgres

Rows = Callable[[str], list[tuple[object, ...]]]
EMPTY = "SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending')"


def in_file(path: Path) -> Rows:
    """What the database file says, while a server writes it."""

    def rows(sql: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return connection.execute(sql).fetchall()

    return rows


def in_server(database: Postgres, url: str) -> Rows:
    """What the database on the server says."""

    def rows(sql: str) -> list[tuple[object, ...]]:
        return [tuple(map(_value, line.split("|"))) for line in database.sql(sql, url.rpartition("/")[2]).splitlines()]

    return rows


def _value(cell: str) -> int | str:
    return int(cell) if cell.lstrip("-").isdigit() else cell


async def drained(rows: Rows, seconds: float) -> None:
    """Wait until everything that was to be sent was handed over."""
    async with asyncio.timeout(seconds):
        while await asyncio.to_thread(rows, EMPTY) != [(0,)]:  # noqa: ASYNC110 - a database has no event
            await asyncio.sleep(0.5)


async def stored_answers(server: Server) -> dict[str, list[str]]:
    """By worker: his answers as the export has them."""
    await server.run("export", "siege", "-o", "out")
    with (server.folder / "out/siege.csv").open(encoding="utf-8-sig", newline="") as file:
        found: dict[str, list[str]] = {}
        for row in csv.DictReader(file):
            assert row["worker.id"] not in found, "one conversation each"
            found[row["worker.id"]] = [row[f"a{n}"] for n in range(1, QUESTIONS + 1)]
        return found


def check_messages(gateway: Gateway, rows: Rows, workers: range) -> int:
    """Every prompt was handed over; what came twice, or may not have come at all, has a row that says so.

    A prompt that may have gone through is not sent again to a worker who has answered since; these workers answer
    whether they were asked or not.  Returns how many came twice.
    """
    wanted = {(number(worker), text) for worker in workers for text in expected_prompts()}
    assert set(gateway.handed) <= wanted
    [(doubtful,)] = rows("SELECT count(*) FROM outbox WHERE status = 'unknown'")
    assert len(wanted) - len(gateway.handed) <= int(str(doubtful)), "a message was lost, and no row says so"
    twice = sum(gateway.handed.values()) - len(gateway.handed)
    [(unknown,)] = rows("SELECT count(*) FROM attempt WHERE outcome = 'unknown'")
    assert twice <= int(str(unknown)), "a message was handed over twice, and no row says that it may have been"
    return twice


def check_rows(rows: Rows, workers: int) -> None:
    """Conversations, events and answers have no gap and no twin."""
    assert rows("SELECT count(*), count(DISTINCT line_id) FROM session") == [(workers, workers)]
    assert rows("SELECT DISTINCT status, outcome FROM session") == [("ended", "completed")]
    torn = "SELECT count(*) FROM (SELECT session_id FROM {} GROUP BY session_id HAVING max({}) <> count(*)) AS torn"
    assert rows(torn.format("event WHERE session_id IS NOT NULL", "seq")) == [(0,)]
    assert rows(torn.format("answer", "n")) == [(0,)]
    assert rows("SELECT count(*) FROM answer") == [(workers * QUESTIONS,)]
    assert rows("SELECT count(*) FROM event WHERE state <> 1") == [(0,)]
    assert rows("SELECT count(*) FROM box WHERE accepted <> 0") == [(0,)]
    assert rows("SELECT count(*) FROM timer") == [(0,)]
