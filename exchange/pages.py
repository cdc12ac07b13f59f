"""A flow's sessions with their answers, a page at a time: each page is one short reading, each session comes once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

import msgspec
from sqlalchemy import BigInteger, Connection, Text, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from engine import people, schema
from engine.facts import Record
from engine.session import Session
from engine.session import decode as decode_session
from engine.sets import BOX, AnyRow, each, listed
from engine.values import Value, unpack
from engine.vault import Vault
from grammar.program import Program, decode

PAGE = 500
"""Sessions that one reading takes; a longer one would keep the database's log from being emptied."""


class Source(Protocol):
    """A database to read: the running server's, or one that is only read."""

    vault: Vault

    def read(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection that reads."""
        ...


class Given(NamedTuple):
    """One answer; `current`: not put aside by going back, nor replaced by a later one."""

    n: int
    question: str
    turn: str
    round: int
    value: Value
    label: str
    raw: str
    at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class Talk:
    """One session: `about` has the values of `columns.SESSION`; sensitive answers are not among `answers`."""

    about: Sequence[Value]
    answers: list[Given] = field(default_factory=list)


_session, _answer, _program, _facility = schema.session, schema.answer, schema.program, schema.facility
_keys = each("keys", {**BOX, "session_id": BigInteger})
_codes = each("codes", {"code": Text})
_FLOWS = select(_program.c.flow).distinct().order_by(_program.c.flow)
_VERSIONS = select(_program.c.hash, _program.c.code).order_by(_program.c.published_at.desc(), _program.c.hash)
_COUNT = select(func.count()).select_from(_session)
_SESSIONS = select(_session).order_by(_session.c.started_at, _session.c.session_id)
_ANSWERS = (
    select(_answer)
    .join_from(
        _keys,
        _answer,
        (_answer.c.bucket == _keys.c.bucket)
        & (_answer.c.box_id == _keys.c.box_id)
        & (_answer.c.session_id == _keys.c.session_id),
    )
    .where(~_answer.c.sensitive)
    .order_by(_answer.c.session_id, _answer.c.n)
)
_FACILITIES = select(_facility).join_from(_codes, _facility, _facility.c.code == _codes.c.code)
_PACKED = msgspec.msgpack.Decoder()


async def flows(source: Source) -> list[str]:
    """The flows that the database knows."""
    async with source.read() as connection:
        return list(await connection.scalars(_FLOWS))


async def versions(source: Source, flow: str) -> dict[str, Program]:
    """Every version of the flow by hash, the newest first."""
    async with source.read() as connection:
        rows = await connection.execute(_VERSIONS.where(_program.c.flow == flow))
        return {row.hash: decode(row.code) for row in rows}


async def count(source: Source, hashes: Sequence[str], since: int) -> int:
    """How many sessions of these versions began at `since` (ms UTC) or later."""
    began = _COUNT.where(_session.c.program.in_(hashes), _session.c.started_at >= since)
    async with source.read() as connection:
        return await connection.scalar(began) or 0


async def pages(source: Source, program: str, since: int) -> AsyncIterator[list[Talk]]:
    """The sessions of one version that began at `since` (ms UTC) or later, in the order in which they began."""
    after, last = since, -1
    while True:
        async with source.read() as connection:
            rows = (await connection.execute(_after(program, after, last).limit(PAGE))).all()
            if not rows:
                return
            talks = await connection.run_sync(_Page(source.vault, rows).talks)
        yield talks
        after, last = rows[-1].started_at, rows[-1].session_id


def _after(program: str, started_at: int, session_id: int) -> Any:  # noqa: ANN401  (a statement's type is its columns')
    return _SESSIONS.where(
        _session.c.program == program,
        _session.c.started_at >= started_at,
        (_session.c.started_at > started_at) | (_session.c.session_id > session_id),
    )


class _Page:
    """The rows of one page of sessions, and all that belongs to them."""

    def __init__(self, vault: Vault, rows: Sequence[AnyRow]) -> None:
        self._vault = vault
        self._rows = rows

    def talks(self, connection: Connection) -> list[Talk]:
        answers = self._answers(connection)
        workers = people.records(connection, self._vault, {row.worker_id for row in self._rows if row.worker_id})
        facilities = self._facilities(connection, workers.values())
        return [
            Talk(self._about(row, workers.get(row.worker_id, {}), facilities), answers.get(row.session_id, []))
            for row in self._rows
        ]

    def _answers(self, connection: Connection) -> dict[int, list[Given]]:
        keys = listed((row.bucket, row.box_id, row.session_id) for row in self._rows)
        rows: dict[int, list[AnyRow]] = {}
        for row in connection.execute(_ANSWERS, {"keys": keys}):
            rows.setdefault(row.session_id, []).append(row)
        return {session_id: self._given(of_session) for session_id, of_session in rows.items()}

    def _given(self, rows: Sequence[AnyRow]) -> list[Given]:
        last = {(row.question, row.turn): row.n for row in rows if not row.aside}
        return [self._one(row, last.get((row.question, row.turn)) == row.n) for row in rows]

    def _one(self, row: AnyRow, current: bool) -> Given:
        place = f"{row.session_id}.{row.n}"
        sealed, typed = row.value, row.raw  # empty where their time is over
        value = unpack(_PACKED.decode(self._vault.open("answer", row.box_id, place, sealed))) if sealed else None
        raw = self._vault.open("answer.raw", row.box_id, place, typed).decode() if typed else ""
        return Given(row.n, row.question, row.turn, row.round, value, row.label, raw, _moment(row.at), current)

    def _facilities(self, connection: Connection, workers: Any) -> dict[str, Record]:  # noqa: ANN401
        codes = {people.text_of(worker.get("facility")) for worker in workers} - {""}
        rows = connection.execute(_FACILITIES, {"codes": listed((code,) for code in codes)})
        return {row.code: people.opened(self._vault, "facility", row.code, row.record) for row in rows}

    def _state(self, row: AnyRow) -> Session | None:
        """What the conversation knows; None where its time is over."""
        return decode_session(self._vault.open("session", row.box_id, row.session_id, row.state)) if row.state else None

    def _about(self, row: AnyRow, worker: Record, facilities: dict[str, Record]) -> Sequence[Value]:
        state = self._state(row)
        code = people.text_of(worker.get("facility"))
        return (
            name_of(row.session_id),
            _moment(row.started_at),
            None if row.ended_at is None else _moment(row.ended_at),
            row.status,
            row.outcome or None,
            state.channel if state else None,
            (state.language or None) if state else None,
            row.program[:12],
            row.worker_id,
            people.text_of(worker.get("name")) or None,
            code or None,
            people.text_of(facilities.get(code, {}).get("name")) or None,
        )


def name_of(session_id: int) -> str:
    """A session's id as a text that no spreadsheet takes for a number."""
    return f"s{session_id:016x}"


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
