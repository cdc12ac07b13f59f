"""Is a live database well?  Each finding says what is wrong, in numbers and ids alone, and what to do about it.

It only reads.  What the machine around the database lacks is looked at by `commands.doctor`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import bindparam, func, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from engine import auditing, held, invariants, pauses, recounting, schema
from engine.invariants import Breach
from engine.library import Library
from engine.limits import DAY, HOUR, MINUTE
from engine.phrases import load
from engine.store import Readable
from engine.watch import BEHIND
from grammar.program import decode

LATE = 15 * MINUTE
"""A message that could go and waits for longer is late."""

UNSTEPPED = MINUTE
"""What was stored and not applied for longer waits for somebody who does not come."""

_out, _event, _channel, _process = schema.outbox, schema.event, schema.channel, schema.process
_now = bindparam("now", type_=schema.outbox.c.queued_at.type)
# Written out, not bound: so the indexes over a part of the rows are used.
_QUEUED = _out.c.status == literal_column("'queued'")
_OLDEST = (
    select(_out.c.channel, func.min(_out.c.not_before).label("since"), func.count().label("messages"))
    .where(_QUEUED, _out.c.not_before < _now - LATE, _out.c.expires_at > _now)
    .group_by(_out.c.channel)
    .order_by(_out.c.channel)
)
_CHANNELS = select(_channel).where(_channel.c.state != "up").order_by(_channel.c.channel_id)
_PARKED = select(func.count()).select_from(_event).where(_event.c.state == literal_column("2"))
_UNSTEPPED = (
    select(func.count())
    .select_from(_event)
    .where(_event.c.state == literal_column("0"), _event.c.at < _now - UNSTEPPED)
)
_CODES = select(schema.program.c.code)
_WHOLE = text("PRAGMA quick_check(1)")
_STANDBY = select(func.pg_is_in_recovery())
_ONLY_READ = text("SELECT reset_val FROM pg_settings WHERE name = 'default_transaction_read_only'")
_SERVER_TIME = select(func.extract("epoch", func.clock_timestamp()) * 1000)


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` is wrong; `advice`: what to do."""

    what: str
    advice: str


async def findings(
    store: Readable, now: int, anchors: Mapping[int, bytes], seen: Callable[[str], None] = lambda name: None
) -> AsyncIterator[Finding]:
    """All that is found, the most pressing first.  `anchors`: those outside the database.  `seen`: what comes next."""
    seen("the file")
    async with store.read() as connection:
        if damage := await _damage(connection):
            yield damage
            return  # whatever else is found may come of it
    for name, look in (
        ("whether it can be written", _read_only),
        ("hold", _hold),
        ("clock", _clock),
        ("channels", _channels),
        ("messages that wait", _waiting),
        ("messages that could not be applied", _stuck),
    ):
        seen(name)
        async with store.read() as connection:
            for finding in await look(connection, now):
                yield finding
    seen("what must always hold")
    async with store.snapshot() as connection:
        for breach in await connection.run_sync(invariants.breaches):
            yield _broken(breach)
    seen("conversations")
    async for breach in _recounted(store):
        yield _broken(breach)
    seen("audit")
    async with store.snapshot() as connection:
        for problem in (await auditing.verify(connection, store.vault, anchors))[1]:
            yield Finding(problem, "Keep a copy of the database as it is, and ask who could write to it (I25).")


async def _damage(connection: AsyncConnection) -> Finding | None:
    """A database server looks after its files by itself."""
    if connection.dialect.name != "sqlite":
        return None
    said = str(await connection.scalar(_WHOLE)).rpartition("\n")[2]
    if said == "ok":
        return None
    return Finding(
        f"The database file is damaged: {said}.",
        "Stop the server, keep the file as it is, and put the last backup in its place: dundun restore FILE",
    )


async def _read_only(connection: AsyncConnection, _now: int) -> list[Finding]:
    """A standby, or a server, database or account that was set to read only; we read in such transactions anyhow."""
    if connection.dialect.name != "postgresql":
        return []
    if await connection.scalar(_STANDBY):
        return [
            Finding(
                "The database server is a standby: it only repeats what another one stores, and takes nothing.",
                "Give the address of the primary server in dundun.toml, or promote this one: pg_ctl promote",
            )
        ]
    if await connection.scalar(_ONLY_READ) == "on":
        return [
            Finding(
                "The database is set to read only: the server can store nothing.",
                "Let it be written: ALTER DATABASE … SET default_transaction_read_only = off; likewise for its role, "
                "and in postgresql.conf.",
            )
        ]
    return []


async def _hold(connection: AsyncConnection, now: int) -> list[Finding]:
    hold = (await held.read_state(connection)).hold
    pressed = await pauses.read_list(connection)
    found = [Finding(f"On hold: {hold.reason}", "See what would go out, and let it: dundun resume")] if hold else []
    for row in pressed:
        name = f"{row.kind} {row.name}".strip()
        found.append(Finding(f"Paused for {_long(now - row.at)}: {name}.", f"To go on: dundun unpause {name}"))
    return found


async def _clock(connection: AsyncConnection, now: int) -> list[Finding]:
    advice = "Set the clock of this machine, and let a time service keep it right (timedatectl set-ntp true)."
    state = await held.read_state(connection)
    if state.clock is not None and now < state.clock - BEHIND:
        return [Finding(f"The clock says {_said(now)}, and it was {_said(state.clock)} already.", advice)]
    if connection.dialect.name == "postgresql":
        theirs = int(await connection.scalar(_SERVER_TIME) or 0)
        if abs(theirs - now) > MINUTE:
            return [Finding(f"The clock says {_said(now)}, and the database's says {_said(theirs)}.", advice)]
    return []


async def _channels(connection: AsyncConnection, now: int) -> list[Finding]:
    advice = {
        "down": "Does the gateway run, and can this machine reach it? Its messages wait; nothing is lost.",
        "limited": "Its limit of the day is reached: its messages wait for tomorrow, or for a higher limit.",
    }
    rows = await connection.execute(_CHANNELS)
    return [
        Finding(
            f"Channel {row.channel_id} is {row.state} for {_long(now - row.since)}: {row.reason or 'no reason given'}.",
            advice.get(row.state, "See what its log says."),
        )
        for row in rows
    ]


async def _waiting(connection: AsyncConnection, now: int) -> list[Finding]:
    return [
        Finding(
            f"{row.messages:,} messages wait for channel {row.channel}, the oldest for {_long(now - row.since)}.",
            "Is the channel down, paused or slow, or missing in the settings? (dundun doctor says so above.)",
        )
        for row in await connection.execute(_OLDEST, {"now": now})
    ]


async def _stuck(connection: AsyncConnection, now: int) -> list[Finding]:
    found = []
    if parked := await connection.scalar(_PARKED):
        found.append(Finding(f"{parked:,} messages could not be applied.", "Look at them: dundun dead list"))
    if unstepped := await connection.scalar(_UNSTEPPED, {"now": now}):
        advice = "Does a server run? It applies them within some seconds."
        found.append(Finding(f"{unstepped:,} messages are stored and not applied.", advice))
    return found


async def _recounted(store: Readable) -> AsyncIterator[Breach]:
    library = Library(load())
    async with store.snapshot() as connection:
        for code in (await connection.scalars(_CODES)).all():
            library.keep(decode(code))
    last: int | None = 0
    while last is not None:
        async with store.snapshot() as connection:
            page = await connection.run_sync(
                partial(recounting.recount, vault=store.vault, library=library, after=last)
            )
        for breach in page.breaches:
            yield breach
        last = page.last


def _broken(breach: Breach) -> Finding:
    return Finding(
        f"{breach.sentence} ({breach.invariant})",
        "This must never be: make a backup now, and report it with this line and the log.",
    )


def _said(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _long(ms: int) -> str:
    for unit, name in ((DAY, "days"), (HOUR, "hours"), (MINUTE, "minutes")):
        if ms >= 2 * unit:
            return f"{ms // unit} {name}"
    return f"{max(ms, 0) // 1000} seconds"
