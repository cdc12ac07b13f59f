"""A database file goes into an empty PostgreSQL database, whole and proved, or not at all; nothing runs meanwhile.

The copy and, from then on, the file too are on hold: of the two only one may send, and a person says which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import msgspec
from sqlalchemy import Connection, Table, func, insert, inspect, select

from engine import audit, founding, held, schema
from engine.clock import Clock, SystemClock
from engine.opening import name_of, once
from engine.sets import AnyRow
from engine.sqlite import alone
from engine.store import StoreError
from engine.vault import Vault

Progress = Callable[[str, int, int], None]
"""The table, how many rows of all tables are done, and how many there are."""

SLICE = 1_000
"""Rows that one statement takes over."""


async def copy(
    source: Path, target: str, key: Path, actor: str, progress: Progress, clock: Clock | None = None
) -> dict[str, int]:
    """Copy all tables; returns the number of rows of each.  StoreError where it cannot be, and then nothing is there.

    `target`: the address of a PostgreSQL database without our tables.  `actor`: the account that does it.
    """
    now = (clock or SystemClock()).now()
    with alone(source) as old:
        vault = founding.check(old, str(source), key)
        name = name_of(target)

        def fill(new: Connection) -> dict[str, int]:
            _empty(new, name)
            schema.metadata.create_all(new)
            counts = _take_over(old, new, name, progress)
            _settle(new, vault, actor, f"This is a copy of {source}.", "copy", now)
            return counts

        counts = await once(target, fill)
        _settle(old, vault, actor, f"It was copied, and goes on elsewhere. {name} has all of it.", "copied", now)
    return counts


def _empty(new: Connection, name: str) -> None:
    there = set(inspect(new).get_table_names()) & set(schema.metadata.tables)
    if there:
        raise StoreError(f"{name} is not empty. Make a database of its own for Dundun, and name that.")


def _take_over(old: Connection, new: Connection, name: str, progress: Progress) -> dict[str, int]:
    tables = list(schema.metadata.tables.values())
    counts = {table.name: old.scalar(select(func.count()).select_from(table)) or 0 for table in tables}
    total, done = sum(counts.values()), 0
    for table in tables:
        sums = _Sum(), _Sum()
        for part in _slices(old, table):
            new.execute(insert(table), [dict(row._mapping) for row in part])  # noqa: SLF001  (its public name)
            sums[0].add(part)
            done += len(part)
            progress(table.name, done, total)
        for part in _slices(new, table):
            sums[1].add(part)
        if sums[0] != sums[1]:
            raise StoreError(f"Table {table.name} is not the same in {name}: {sums[1].rows} of {sums[0].rows} rows.")
    return counts


def _slices(connection: Connection, table: Table) -> Iterator[Sequence[AnyRow]]:
    yield from connection.execute(select(table), execution_options={"yield_per": SLICE}).partitions()


class _Sum(msgspec.Struct):
    """How many rows, and a sum of their digests, whatever their order."""

    rows: int = 0
    digests: int = 0

    def add(self, rows: Sequence[AnyRow]) -> None:
        for row in rows:
            digest = sha256(msgspec.msgpack.encode([_plain(cell) for cell in row])).digest()
            self.digests = (self.digests + int.from_bytes(digest[:16], "big")) % 2**128
        self.rows += len(rows)


def _plain(cell: object) -> object:
    return bytes(cell) if isinstance(cell, memoryview) else cell


def _settle(connection: Connection, vault: Vault, actor: str, reason: str, what: str, now: int) -> None:
    held.hold(connection, held.RESTORED, reason, now)
    audit.note(connection, vault, audit.Entry(actor, what, reason), now)
