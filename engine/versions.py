"""Which version of each flow is the current one: the database says, and every process comes to agree with it.

Publishing changes no conversation that runs (I17).  What the flows folder says counts when it says something new: so a
version that was rolled back from stays out over every start, until its file changes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Connection, Executable, Text, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from engine import audit, schema
from engine.audit import Entry
from engine.clock import Clock
from engine.library import Library
from engine.loops import end, forever
from engine.sets import each, listed, put
from engine.store import Store
from grammar.program import Program, decode

LOOK_EVERY = 2.0
"""Seconds until what another process published is current here, too."""

FOLDER = "the flows folder"
"""Who publishes, in the audit, where nobody gave a command: whoever changed a file there."""

_log = structlog.get_logger(__name__)
_program, _current, _session = schema.program, schema.current, schema.session
_hashes = each("hashes", {"hash": Text})
_PUT_PROGRAM = put(_program, ["hash"])
_PUT_CURRENT = put(_current, ["flow"], ["hash", "filed", "at"])
_TURN_BACK = put(_current, ["flow"], ["hash", "at"])
_ONE = select(_current.c.hash, _current.c.filed).where(_current.c.flow == bindparam("flow", type_=Text))
_ALL = select(_current.c.flow, _current.c.hash)
_CODES = select(_program.c.code).join_from(_hashes, _program, _program.c.hash == _hashes.c.hash)
_OPEN = (
    select(_session.c.program, func.count().label("open"))
    .where(_session.c.status != literal_column("'ended'"))
    .group_by(_session.c.program)
    .subquery()
)
_VERSIONS = (
    select(_program.c.flow, _program.c.hash, _program.c.published_at, func.coalesce(_OPEN.c.open, 0).label("open"))
    .outerjoin(_OPEN, _OPEN.c.program == _program.c.hash)
    .order_by(_program.c.flow, _program.c.published_at.desc(), _program.c.hash)
)


class NoVersionError(Exception):
    """A sentence: there is no such version to go back to."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a flow that was published.  `open`: the conversations that run it."""

    flow: str
    hash: str
    published_at: int
    open: int
    current: bool


def fetch(connection: Connection, library: Library, hashes: Iterable[str]) -> None:
    """Take up the programs of sessions that another process began, where this one does not know them yet."""
    missing = [(key,) for key in set(hashes) if not library.knows(key)]
    if missing:
        for code in connection.scalars(_CODES, {"hashes": listed(missing)}):
            library.keep(decode(code))


async def known(connection: AsyncConnection) -> list[Version]:
    """Every version that was published, by flow, the newest first."""
    current = {row.flow: row.hash for row in await connection.execute(_ALL)}
    rows = (await connection.execute(_VERSIONS)).all()
    return [Version(*row, current=current.get(row.flow) == row.hash) for row in rows]


class Versions:
    """Publishes from here, and looks for what others published from `start` to `stop`."""

    def __init__(self, store: Store, library: Library, clock: Clock) -> None:
        self._store = store
        self._library = library
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Agree with the database, then go on looking."""
        await self.agree()
        self._task = forever("versions", self._turn)

    async def stop(self) -> None:
        """Look no more."""
        await end(self._task)

    async def publish(self, program: Program) -> str:
        """New conversations of the flow run this version, if the folder says so anew; returns the one that they run."""
        key, now = program.hash(), self._clock.now()
        self._library.keep(program)
        row = {"hash": key, "flow": program.flow, "code": program.encode(), "published_at": now}
        current, is_new = await self._store.write(lambda c: self._put(c, row))
        if current == key:
            self._library.publish(program)
        else:
            await self.agree()
        if is_new:
            _log.info("flow published", flow=program.flow, version=key[:12])
        elif current != key:
            _log.warning("rolled back from: it stays out until its file changes", flow=program.flow, version=key[:12])
        return current

    async def withdraw(self, flow: str) -> None:
        """No new conversation of the flow begins, in any process."""
        row = {"flow": flow, "hash": "", "filed": "", "at": self._clock.now()}
        await self._store.write(lambda c: self._turn_to(c, _PUT_CURRENT, row, FOLDER, "withdraw"))
        self._library.withdraw(flow)

    async def keep_only(self, flows: Iterable[str]) -> None:
        """Withdraw every other flow: its file went while no server ran."""
        kept = set(flows)
        async with self._store.read() as connection:
            others = [row.flow for row in await connection.execute(_ALL) if row.hash and row.flow not in kept]
        for flow in others:
            await self.withdraw(flow)
            _log.info("flow withdrawn", flow=flow)

    async def roll_back(self, flow: str, to: str = "", actor: str = FOLDER) -> Version:
        """Make an earlier version current: the one whose hash begins so, else the one before.  NoVersionError.

        `actor`: the account that does it.
        """
        async with self._store.read() as connection:
            of_flow = [each for each in await known(connection) if each.flow == flow]
        others = [each for each in of_flow if not each.current and each.hash.startswith(to)]
        if not others or (to and len(others) > 1):
            raise NoVersionError(_why_not(flow, to, of_flow, others))
        row = {"flow": flow, "hash": others[0].hash, "at": self._clock.now()}
        await self._store.write(lambda c: self._turn_to(c, _TURN_BACK, row, actor, "roll back"))
        await self.agree()
        return others[0]

    async def agree(self) -> None:
        """Make current here what the database says is current."""
        async with self._store.read() as connection:
            rows = (await connection.execute(_ALL)).all()
            changed = [(row.flow, row.hash) for row in rows if row.hash != self._here(row.flow)]
            await connection.run_sync(fetch, self._library, [key for _, key in changed if key])
        for flow, key in changed:
            if key:
                self._library.publish(self._library.of(key).program)
            else:
                self._library.withdraw(flow)

    def _put(self, connection: Connection, row: dict[str, Any]) -> tuple[str, bool]:
        """What is current then, and whether the folder said something new."""
        connection.execute(_PUT_PROGRAM, row)
        now = connection.execute(_ONE, {"flow": row["flow"]}).one_or_none()
        if now is not None and now.filed == row["hash"]:
            return str(now.hash), False
        key = str(row["hash"])
        turned = {"flow": row["flow"], "hash": key, "filed": key, "at": row["published_at"]}
        self._turn_to(connection, _PUT_CURRENT, turned, FOLDER, "publish")
        return key, True

    def _turn_to(self, connection: Connection, how: Executable, row: dict[str, Any], actor: str, what: str) -> None:
        connection.execute(how, row)
        entry = Entry(actor, what, f"{row['flow']} {row['hash'][:12]}".strip())
        audit.note(connection, self._store.vault, entry, row["at"])

    def _here(self, flow: str) -> str:
        linked = self._library.current(flow)
        return linked.hash if linked else ""

    async def _turn(self) -> None:
        await asyncio.sleep(LOOK_EVERY)
        await self.agree()


def _why_not(flow: str, to: str, of_flow: list[Version], others: list[Version]) -> str:
    if not of_flow:
        return f"No flow {flow} was ever published here. `dundun versions` lists those that were."
    if len(others) > 1:
        return f"{len(others)} versions of {flow} begin with {to}: give more of its letters."
    if to:
        return f"{flow} has no other version that begins with {to}. `dundun versions` lists them."
    return f"{flow} has only one version, so there is none to go back to."
