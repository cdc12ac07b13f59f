"""The workers, their lines, facilities and groups: a list is taken in whole slices, and a line keeps its box for good.

Records merge: a field that a list does not have stays as it was, and what cannot be taken in is named in a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import TypeVar

from sqlalchemy import BigInteger, Connection, Text, select

from engine import audit, crowds, schema
from engine.addresses import Address, Addresses
from engine.audit import Entry
from engine.clock import Clock
from engine.enrolment import Enrolment
from engine.facts import Record
from engine.ids import Ids
from engine.newcomers import Newcomer, read_record
from engine.people import EDITION, sealed, text_of
from engine.sets import each, listed, many, put
from engine.store import Store

T = TypeVar("T")

SLICE = 500
"""Rows that one transaction takes in, so that messages do not wait long behind a list."""


@dataclass(slots=True)
class Imported:
    """What came of a list: how many were taken in, and a sentence for each that was not."""

    taken: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reach:
    """The way to a worker: the first of his lines."""

    worker_id: str
    line_id: int
    bucket: int
    box_id: int


_ids = each("ids", {"worker_id": Text})
_line, _link = schema.line, schema.worker_line
_REACH = (
    select(_link.c.worker_id, _line.c.line_id, _line.c.bucket, _line.c.box_id)
    .join_from(_ids, _link, _link.c.worker_id == _ids.c.worker_id)
    .join(_line, _line.c.line_id == _link.c.line_id)
    .order_by(_link.c.rank.desc())
)
_lines = each("lines", {"line_id": BigInteger})
_SHARERS = select(_link.c.worker_id).join_from(_lines, _link, _link.c.line_id == _lines.c.line_id).distinct()
_PUT_META = put(schema.meta, ["name"], ["value"])
_PUT_FACILITY = put(schema.facility, ["code"], ["district", "zone", "record"])


class Registry:
    """Who the workers are.  `region`: the country (two letters) of numbers without a country code."""

    def __init__(self, store: Store, ids: Ids, clock: Clock, region: str = "LR") -> None:
        self.addresses = Addresses(store.vault, region)
        self._store = store
        self._ids = ids
        self._clock = clock

    async def put_facilities(self, facilities: Iterable[Record], by: str = "") -> Imported:
        """Take in facilities: `code` and whatever else is known of them; a known code is replaced.

        `by`: the account that brings them, for the audit.
        """
        result = Imported()
        for part in slices(facilities):
            rows = [self._facility(record) for record in part if text_of(record.get("code"))]
            if len(rows) < len(part):
                result.problems.append(
                    "A facility without a code cannot be kept: give every row a value in column code."
                )
            await self._write(partial(self._place, rows=rows), by, _counted(len(rows), "facility", "facilities"))
            result.taken += len(rows)
        return result

    async def put_workers(self, workers: Iterable[Record], by: str = "") -> Imported:
        """Take in workers.  `by`: the account that brings them, for the audit.

        `id` is needed; `name`, `phone` (or `phones`), `language`, `facility` (its code), `job`, `district`,
        `supervisor` (an id), `groups` (a list, or a text with commas), `pin`, and any field that flows read.
        """
        result = Imported()
        for part in slices(workers):
            found = [read_record(record, self.addresses) for record in part]
            known = {each.worker_id: each for each in found if isinstance(each, Newcomer)}
            newcomers = [known[worker] for worker in sorted(known)]  # sorted: two lists at once do not meet in a circle
            result.problems += (sentence for sentence in found if isinstance(sentence, str))
            phones = await self._crowded(newcomers)
            result.problems += (each for each in crowds.sentences(phones) if each not in result.problems)
            newcomers = [crowds.without(newcomer, phones) for newcomer in newcomers]
            what = _counted(len(newcomers), "worker", "workers")
            tying = await self._write(partial(self._enrol, newcomers=newcomers), by, what)
            result.problems += [crowds.slipped(tying)] if tying else []
            result.taken += len(newcomers)
        return result

    def _place(self, connection: Connection, rows: list[dict[str, str | bytes]]) -> None:
        many(connection, _PUT_FACILITY, rows)
        many(connection, _PUT_META, [{"name": EDITION, "value": str(self._ids.new())}])

    async def _crowded(self, newcomers: list[Newcomer]) -> set[Address]:
        async with self._store.read() as connection:
            return crowds.crowded(newcomers, await connection.run_sync(crowds.owners, newcomers))

    def _enrol(self, connection: Connection, newcomers: list[Newcomer]) -> list[str]:
        """Made anew each time: a transaction may be run again, and what an earlier try had locked is not locked now."""
        return Enrolment(self._store.vault, self._ids, self._clock.now()).run(connection, newcomers)

    async def _write(self, work: Callable[[Connection], T], by: str, what: str) -> T:
        def whole(connection: Connection) -> T:
            done = work(connection)
            if by:
                audit.note(connection, self._store.vault, Entry(by, "import", what), self._clock.now())
            return done

        return await self._store.write(whole)

    async def reach(self, worker_ids: Iterable[str]) -> dict[str, Reach]:
        """The way to each of these workers who has a phone."""
        keys = listed((worker,) for worker in worker_ids)
        async with self._store.read() as connection:
            rows = (await connection.execute(_REACH, {"ids": keys})).all()
        return {row.worker_id: Reach(*row) for row in rows}

    async def sharers(self, line_ids: Iterable[int]) -> set[str]:
        """All workers who have one of these lines, the first of theirs or another."""
        keys = listed((line,) for line in line_ids)
        async with self._store.read() as connection:
            return set(await connection.scalars(_SHARERS, {"lines": keys}))

    def _facility(self, record: Record) -> dict[str, str | bytes]:
        code = text_of(record.get("code"))
        body = sealed(self._store.vault, "facility", code, {"name": code, **record})
        plain = {name: text_of(record.get(name)) for name in ("district", "zone")}
        return {"code": code, **plain, "record": body}


def slices(records: Iterable[Record]) -> Iterator[list[Record]]:
    """The parts of a list, each taken in by one transaction."""
    rest = iter(records)
    while part := list(islice(rest, SLICE)):
        yield part


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
