"""Work that was parked: shown without what it says, put back to be done once more, or dropped for good.

Nobody sees a worker's words here: an error is shown by its kind and its place, never by its values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import BigInteger, Connection, Integer, bindparam, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from engine import audit, schema
from engine.audit import Entry
from engine.batch import ACCEPTED, PARKED
from engine.ids import bucket_of
from engine.locks import lock
from engine.session import decode, encode
from engine.sets import AnyRow
from engine.vault import Vault, VaultError
from grammar.program import decode as decode_program

DROPPED = 1
"""As if it had been applied: it stays stored, and changes nothing."""

MOST = 500
"""So many are shown."""

WAITS = "waits for its conversation"
"""What is said of what came for one that is: it goes back with the first of them."""

_event, _session, _program = schema.event, schema.session, schema.program
# Written out, not bound: so the index over them is used.
_IS_PARKED = _event.c.state == literal_column(str(PARKED))
_ALL = (
    select(
        _event.c.bucket,
        _event.c.box_id,
        _event.c.n,
        _event.c.at,
        _event.c.kind,
        _event.c.channel,
        _event.c.line_id,
        _event.c.fault,
    )
    .where(_IS_PARKED)
    .order_by(_event.c.at, _event.c.box_id, _event.c.n)
    .limit(MOST)
)
_STANDS = (
    select(_session.c.session_id, _session.c.state, _program.c.code)
    .join(_program, _program.c.hash == _session.c.program)
    .where(
        _session.c.bucket == bindparam("in_bucket", type_=Integer),
        _session.c.box_id == bindparam("in_box", type_=BigInteger),
        _session.c.line_id == bindparam("on_line", type_=BigInteger),
        _session.c.status != literal_column("'ended'"),
    )
    .order_by(_session.c.session_id)
)
_THIS = (
    _event.c.box_id == bindparam("in_box", type_=BigInteger),
    _event.c.n == bindparam("number", type_=BigInteger),
    _event.c.bucket == bindparam("in_bucket", type_=Integer),
    _IS_PARKED,
)
_STUCK = select(_session.c.session_id, _session.c.line_id, _session.c.state).where(
    _session.c.bucket == bindparam("in_bucket", type_=Integer),
    _session.c.box_id == bindparam("in_box", type_=BigInteger),
    _session.c.session_id == bindparam("this", type_=BigInteger),
    _session.c.status == "parked",
)
_WAIT_THERE = select(_session.c.line_id).where(
    _session.c.bucket == bindparam("in_bucket", type_=Integer),
    _session.c.box_id == bindparam("in_box", type_=BigInteger),
    _session.c.status == literal_column("'waiting'"),
)
_GO_ON = (
    update(_session)
    .where(
        _session.c.bucket == bindparam("in_bucket", type_=Integer),
        _session.c.box_id == bindparam("in_box", type_=BigInteger),
        _session.c.session_id == bindparam("this", type_=BigInteger),
    )
    .values(status=bindparam("status"), state=bindparam("state"))
)
_WITH = select(_event.c.session_id).where(*_THIS)
# What came for its conversation meanwhile goes with it, and after it: events are stepped in the order of their numbers.
_BACK = (
    update(_event)
    .where(
        _event.c.box_id == bindparam("in_box", type_=BigInteger),
        _event.c.bucket == bindparam("in_bucket", type_=Integer),
        or_(
            _event.c.n == bindparam("number", type_=BigInteger),
            _event.c.session_id == bindparam("this", type_=BigInteger),
        ),
        _IS_PARKED,
    )
    .values(state=ACCEPTED, tries=0, fault=None, session_id=None)
    .returning(_event.c.n)
)
_DROP = update(_event).where(*_THIS).values(state=DROPPED)
_SO_MANY_MORE = (
    update(schema.box)
    .where(schema.box.c.bucket == bindparam("in_bucket"), schema.box.c.box_id == bindparam("in_box"))
    .values(accepted=schema.box.c.accepted + bindparam("more", type_=BigInteger))
)
_FRAME = re.compile(r'^  File ".*?(\w+(?:/\w+)?\.py)", line (\d+), in (\w+)', re.MULTILINE)
_OURS = re.compile(r"MachineError: (.*)")


@dataclass(frozen=True, slots=True)
class Parked:
    """`name`: how a command names it.  `at`: when it came in (ms UTC).  `where`: the flow and its line, "" if unknown.

    `error`: what went wrong, in terms of the program.
    """

    box_id: int
    n: int
    at: int
    kind: str
    channel: str
    where: str
    error: str

    @property
    def name(self) -> str:
        """Short enough to be typed."""
        return f"{self.box_id}.{self.n}"


async def parked(connection: AsyncConnection, vault: Vault) -> list[Parked]:
    """All that is parked, the oldest first."""
    found = []
    for row in (await connection.execute(_ALL)).all():
        place = {"in_bucket": row.bucket, "in_box": row.box_id, "on_line": row.line_id}
        sessions = (await connection.execute(_STANDS, place)).all()
        trace = _trace(vault, row)
        where = _where(trace) or next((_stands(vault, row.box_id, each) for each in sessions), "")
        error = _error(trace) if row.fault else WAITS
        found.append(Parked(row.box_id, row.n, row.at, row.kind, row.channel, where, error))
    return found


def replay(connection: Connection, vault: Vault, box_id: int, n: int, actor: str, now: int) -> list[int]:
    """Put it back, with what came for its conversation: whoever looks next steps it, three times at most.

    The numbers of all that went back; none where it was not parked.
    """
    return _change(connection, vault, box_id, n, Entry(actor, "replay", f"event {n}"), now)


def drop(connection: Connection, vault: Vault, box_id: int, n: int, actor: str, now: int) -> list[int]:
    """It is not done, ever.  Its number; none where it was not parked."""
    return _change(connection, vault, box_id, n, Entry(actor, "drop", f"event {n}"), now)


def _change(connection: Connection, vault: Vault, box_id: int, n: int, entry: Entry, now: int) -> list[int]:
    held = lock(connection, [box_id]).get(box_id)
    place = {"in_bucket": bucket_of(box_id), "in_box": box_id, "number": n}
    found = connection.execute(_WITH, place).one_or_none()
    if held is None or found is None:
        return []
    changed = [n]
    if entry.what == "replay":
        place["this"] = found.session_id or 0
        changed = list(connection.scalars(_BACK, place))
        connection.execute(_SO_MANY_MORE, {**place, "more": len(changed)})
        _go_on(connection, vault, place)
    else:
        connection.execute(_DROP, place)
    audit.write(connection, vault, held, [entry], now)
    return changed


def _go_on(connection: Connection, vault: Vault, place: dict[str, int]) -> None:
    """The conversation that was parked with it goes on where it stood; without the floor, if another has it."""
    row = connection.execute(_STUCK, place).one_or_none()
    if row is None:
        return
    box_id = place["in_box"]
    session = decode(vault.open("session", box_id, row.session_id, row.state))
    if session.status == "waiting" and row.line_id in connection.scalars(_WAIT_THERE, place).all():
        session.status = "suspended"
    state = vault.seal("session", box_id, row.session_id, encode(session))
    connection.execute(_GO_ON, {**place, "status": session.status, "state": state})


def _trace(vault: Vault, row: AnyRow) -> str:
    try:
        return vault.open("event.fault", row.box_id, row.n, row.fault).decode() if row.fault else ""
    except VaultError:
        return ""


def _where(trace: str) -> str:
    """A fault of a flow says its line itself."""
    found = _OURS.search(trace)
    return found[1].partition(":")[0] if found else ""


def _error(trace: str) -> str:
    """The kind of the error and where in the program it happened; its text may hold a worker's words."""
    if found := _OURS.search(trace):
        return found[1].partition(": ")[2]
    frames = _FRAME.findall(trace)
    if not frames:
        return trace.strip().splitlines()[-1] if trace.startswith("It ended") else "No trace was kept."
    kind = trace.strip().splitlines()[-1].partition(":")[0].rpartition(".")[2]
    file, line, function = frames[-1]
    return f"{kind} in {file}, line {line} ({function})"


def _stands(vault: Vault, box_id: int, row: AnyRow) -> str:
    """Where a conversation on this line stands."""
    session = decode(vault.open("session", box_id, row.session_id, row.state))
    program = decode_program(row.code)
    line = program.places[session.at].line if session.at < len(program.places) else 0
    return f"{session.flow}, line {line}"
