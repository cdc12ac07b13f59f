"""The pause buttons: what is paused waits, uncounted, until a person lets it go on, or until it expires.

The buttons are rows, so that every process sees the same.  A message of a flow or a broadcast that is paused is put
off until it expires when its turn comes, so that it is looked at once; `unpause` gives it its place again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from sqlalchemy import BigInteger, Connection, Select, bindparam, delete, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from engine import schema
from engine.clock import Clock
from engine.locks import lock
from engine.sets import AnyRow, many, put
from engine.store import Store

ALL, CHANNEL, FLOW, BROADCAST = KINDS = ("all", "channel", "flow", "broadcast")
SLICE = 500
"""Messages that get their places again in one transaction."""

_pause, _out = schema.pause, schema.outbox
_READ = select(_pause.c.kind, _pause.c.name)
_LIST = select(_pause).order_by(_pause.c.kind, _pause.c.name)
_PUT = put(_pause, ["kind", "name"], ["at", "actor", "reason"])
_END = delete(_pause).where(_pause.c.kind == bindparam("of_kind"), _pause.c.name == bindparam("of_name"))
_FLOWS = select(schema.program.c.flow).distinct()
_BROADCASTS = select(schema.broadcast.c.broadcast_id)
_THIS = (
    _out.c.bucket == bindparam("in_bucket"),
    _out.c.box_id == bindparam("in_box"),
    _out.c.out_id == bindparam("this"),
    _out.c.status == literal_column("'queued'"),
    _out.c.not_before == _out.c.expires_at,
)
_PUT_BACK = update(_out).where(*_THIS).values(not_before=_out.c.queued_at)


def _put_off(of: str) -> Select[tuple[int, int, int]]:
    """The messages of one flow or broadcast that were put off, in their order."""
    return (
        select(_out.c.bucket, _out.c.box_id, _out.c.out_id)
        .where(
            _out.c.status == literal_column("'queued'"),
            _out.c.not_before == _out.c.expires_at,
            _out.c.doubtful.is_(False),
            _out.c[of] == bindparam("which", type_=_out.c[of].type),
            _out.c.out_id > bindparam("behind", type_=BigInteger),
        )
        .order_by(_out.c.out_id)
        .limit(SLICE)
    )


_PUT_OFF = {FLOW: _put_off(FLOW), BROADCAST: _put_off(BROADCAST)}


class UnknownError(Exception):
    """A sentence: there is no such thing to pause."""


@dataclass(frozen=True, slots=True)
class Paused:
    """What is paused just now."""

    everything: bool = False
    channels: frozenset[str] = frozenset()
    flows: frozenset[str] = frozenset()
    broadcasts: frozenset[str] = frozenset()

    def channel(self, name: str) -> bool:
        """Does this channel send nothing?"""
        return self.everything or name in self.channels

    def message(self, flow: str, broadcast: int | None) -> bool:
        """Does a message of this flow and this broadcast wait?"""
        return flow in self.flows or (broadcast is not None and str(broadcast) in self.broadcasts)


def paused(connection: Connection) -> Paused:
    """For whoever sends, in the transaction in which he does."""
    return _paused(connection.execute(_READ))


async def read_paused(connection: AsyncConnection) -> Paused:
    """The same, over a connection that reads."""
    return _paused(await connection.execute(_READ))


async def read_list(connection: AsyncConnection) -> list[AnyRow]:
    """Every button that is pressed: kind, name, at, actor, reason."""
    return list(await connection.execute(_LIST))


class Pauses:
    """Presses the buttons, and lets them go."""

    def __init__(self, store: Store, clock: Clock, channels: Iterable[str]) -> None:
        self._store = store
        self._clock = clock
        self._channels = frozenset(channels)

    async def pause(self, kind: str, name: str, actor: str, reason: str) -> None:
        """From now on nothing of it is handed over.  UnknownError where there is no such thing."""
        await self._check(kind, name)
        row = {"kind": kind, "name": name, "at": self._clock.now(), "actor": actor, "reason": reason}
        await self._store.write(lambda c: c.execute(_PUT, row))

    async def unpause(self, kind: str, name: str) -> bool:
        """It goes on; was it paused?"""
        was = await self._store.write(lambda c: c.execute(_END, {"of_kind": kind, "of_name": name}).rowcount)
        if was and kind in _PUT_OFF:
            behind: int | None = 0
            while behind is not None:
                behind = await self._store.write(partial(_put_back, kind=kind, name=name, behind=behind))
        return bool(was)

    async def _check(self, kind: str, name: str) -> None:
        if kind not in KINDS:
            raise UnknownError(f"What can be paused: {', '.join(KINDS)}.")
        if kind == ALL and name:
            raise UnknownError("Pausing all needs no name.")
        if kind == CHANNEL and name not in self._channels:
            raise UnknownError(f"There is no channel {name}. There are: {', '.join(sorted(self._channels)) or 'none'}.")
        if kind in _PUT_OFF:
            async with self._store.read() as connection:
                known = {str(each) for each in await connection.scalars(_FLOWS if kind == FLOW else _BROADCASTS)}
            if name not in known:
                raise UnknownError(f"There is no {kind} {name}. There are: {', '.join(sorted(known)) or 'none'}.")


def _put_back(connection: Connection, kind: str, name: str, behind: int) -> int | None:
    which = name if kind == FLOW else int(name)
    rows = connection.execute(_PUT_OFF[kind], {"which": which, "behind": behind}).all()
    lock(connection, {row.box_id for row in rows})
    keys = [{"in_bucket": row.bucket, "in_box": row.box_id, "this": row.out_id} for row in rows]
    many(connection, _PUT_BACK, keys)
    return rows[-1].out_id if len(rows) == SLICE else None


def _paused(rows: Iterable[AnyRow]) -> Paused:
    names: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for row in rows:
        names[row.kind].add(row.name)
    return Paused(bool(names[ALL]), frozenset(names[CHANNEL]), frozenset(names[FLOW]), frozenset(names[BROADCAST]))
