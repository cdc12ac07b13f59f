"""What the bare database does: as many rows as a message writes, inserted by the driver alone, in the same batches.

The ratio to it is fairer than a figure: both were measured on the same disk, in the same minute.
"""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path

from engine.inbox import BATCH
from engine.sqlite import PRAGMAS

ROWS = 9
"""Rows that a message writes: its key, event, session, answer, message, two timers, line and box."""

BYTES = 200
BATCHES = 200


def messages_per_second(folder: Path) -> float:
    """Messages' worth of rows a second, `synchronous=FULL`, one transaction for each batch."""
    connection = sqlite3.connect(folder / "raw.sqlite", isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    for table in range(ROWS):
        connection.execute(f"CREATE TABLE t{table} (bucket, box, n, body, PRIMARY KEY (bucket, box, n))")
    begun = time.perf_counter()
    for batch in range(BATCHES):
        _write(connection, batch)
    seconds = time.perf_counter() - begun
    connection.close()
    return BATCHES * BATCH / seconds


def _write(connection: sqlite3.Connection, batch: int) -> None:
    """The boxes are met in no order, as they are in earnest."""
    body = os.urandom(BYTES)
    boxes = [(batch * BATCH + number) * 2_654_435_761 % 2_000 for number in range(BATCH)]
    connection.execute("BEGIN IMMEDIATE")
    for table in range(ROWS):
        rows = ((box % 1024, box, batch, body) for box in boxes)
        connection.executemany(f"INSERT OR REPLACE INTO t{table} VALUES (?, ?, ?, ?)", rows)
    connection.execute("COMMIT")
