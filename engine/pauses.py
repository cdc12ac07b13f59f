"""The pause buttons: what is paused waits, uncounted, until a person lets it go on, or until it expires.

The buttons are rows, so that every process sees the same, and who pressed one is in the audit.  A message of a flow or
a broadcast that is paused is put off until it expires when its turn comes, so that it is looked at once; `unpause`
gives it its place again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, Select, bindparam, delete, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from engine import schema
from engine.audit import Entry, note
from engine.homes import lock_homes
from engine.ids import bucket_of
from engine.sets import AnyRow, many, put
from engine.store import Store

ALL, CHANNEL, FLOW, BROADCAST = KINDS = ("all", "channel", "flow", "broadcast")
SLICE = 500
"""Messages that get their places again in one transaction."""

_pause, _out = schema.pause, schema.outbox
_READ = select(_pause.c.kind, _pause.c.name)
_HOLD = _READ.with_for_update(read=True)
_LIST = select(_pause).order_by(_pause.c.kind, _pause.c.name)
_PUT = put(_pause, ["kind", "name"], ["at", "actor", "reason"])
_END = delete(_pause).where(_pause.c.kind == bindparam("of_kind"), _pause.c.name == bindparam("of_name"))
_KNOWN: dict[str, Select[Any]] = {
    FLOW: select(schema.program.c.flow).distinct(),
    BROADCAST: select(schema.broadcast.c.broadcast_id),
}
_THIS = (
    _out.c.bucket == bindparam("in_bucket"),
    _out.c.box_id == bindparam("in_box"),
    _out.c.out_id == bindparam("this"),
    _out.c.status == literal_column("'queued'"),
    _out.c.not_before == _out.c.expires_at,
)
_PUT_BACK = update(_out).where(*_THIS).values(not_before=_out.c.queued_at)


def _put_off(of: str) -> Select[Any]:
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
_LEFT = {
    of: select(_out.c[of])
    .distinct()
    .where(
        _out.c.status == literal_column("'queued'"),
        _out.c.not_before == _out.c.expires_at,
        _out.c.doubtful.is_(False),
        _out.c[of].is_not(None),
    )
    for of in _PUT_OFF
}


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
    """What is paused now."""
    return _paused(connection.execute(_READ))


def paused_for_me(connection: Connection) -> Paused:
    """The same, for whoever sends: no button is let go before his transaction ends, so what he put off is seen."""
    return _paused(connection.execute(_HOLD))


async def read_paused(connection: AsyncConnection) -> Paused:
    """The same, over a connection that reads."""
    return _paused(await connection.execute(_READ))


async def read_list(connection: AsyncConnection) -> list[AnyRow]:
    """Every button that is pressed: kind, name, at, actor, reason."""
    return list(await connection.execute(_LIST))


class Button(NamedTuple):
    """`kind`: all, channel, flow, broadcast.  `name`: which one; "" for all."""

    kind: str
    name: str

    def __str__(self) -> str:
        """As a person says it."""
        return f"{self.kind} {self.name}".strip()


async def pause(store: Store, button: Button, actor: str, reason: str, now: int) -> None:
    """From now on nothing of it is handed over.  UnknownError where there is no such flow or broadcast."""
    if button.kind in _KNOWN:
        async with store.read() as connection:
            known = sorted(str(each) for each in await connection.scalars(_KNOWN[button.kind]))
        if button.name not in known:
            raise UnknownError(f"There is no {button}. There are: {', '.join(known) or 'none'}.")
    row = {"kind": button.kind, "name": button.name, "at": now, "actor": actor, "reason": reason}
    entry = Entry(actor, "pause", f"{button}: {reason}" if reason else str(button))

    def press(connection: Connection) -> None:
        connection.execute(_PUT, row)
        note(connection, store.vault, entry, now)

    await store.write(press)


async def go_on(store: Store) -> None:
    """Let go to their end what a crash cut off: messages that are put off, and no button for them is pressed."""
    async with store.read() as connection:
        pressed = await read_paused(connection)
        left = [
            Button(kind, str(name))
            for kind, names in ((FLOW, pressed.flows), (BROADCAST, pressed.broadcasts))
            for name in await connection.scalars(_LEFT[kind])
            if str(name) not in names
        ]
    for button in left:
        await _put_all_back(store, button)


async def unpause(store: Store, button: Button, actor: str, now: int) -> bool:
    """It goes on; was it paused?"""

    def let_go(connection: Connection) -> bool:
        was = connection.execute(_END, {"of_kind": button.kind, "of_name": button.name}).rowcount > 0
        if was:
            note(connection, store.vault, Entry(actor, "unpause", str(button)), now)
        return was

    was = await store.write(let_go)
    if button.kind in _PUT_OFF:  # also where nothing was paused: whoever let go before may have come to an end
        await _put_all_back(store, button)
    return was


async def _put_all_back(store: Store, button: Button) -> None:
    behind: int | None = 0
    while behind is not None:
        behind = await store.write(partial(_put_back, button=button, behind=behind))


def _put_back(connection: Connection, button: Button, behind: int) -> int | None:
    """One slice of them; the last message that got its place back, None where no more are behind it."""
    which = button.name if button.kind == FLOW else int(button.name)
    rows = connection.execute(_PUT_OFF[button.kind], {"which": which, "behind": behind}).all()
    homes = lock_homes(connection, {row.box_id for row in rows})
    keys = [(homes[row.box_id], row.out_id) for row in rows]
    many(connection, _PUT_BACK, [{"in_bucket": bucket_of(box), "in_box": box, "this": out} for box, out in keys])
    return rows[-1].out_id if len(rows) == SLICE else None


def _paused(rows: Iterable[AnyRow]) -> Paused:
    names: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for row in rows:
        names[row.kind].add(row.name)
    return Paused(bool(names[ALL]), frozenset(names[CHANNEL]), frozenset(names[FLOW]), frozenset(names[BROADCAST]))
