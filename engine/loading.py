"""What a transaction reads before it steps: one statement a table, for all boxes of the batch at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, Text, literal_column, select

from engine import lines, schema
from engine.addresses import Address
from engine.ids import bucket_of
from engine.kit import Kit
from engine.lines import Spot
from engine.locks import box_keys
from engine.places import COLUMNS, Line
from engine.sets import BOX, AnyRow, each, listed
from engine.work import Item


class Due(NamedTuple):
    """A timer that is there.  `wait`: that of its session now, None where it is over."""

    guard: int | None
    due_at: int
    wait: int | None


_line, _box, _session, _timer, _seen = schema.line, schema.box, schema.session, schema.timer, schema.seen
_link, _out = schema.worker_line, schema.outbox
_ids = each("ids", {"line_id": BigInteger})
_boxes = each("boxes", BOX)
_sessions = each("sessions", {**BOX, "session_id": BigInteger})
_timers = each("timers", {**BOX, "session_id": BigInteger, "name": Text})
_deliveries = each("deliveries", {**BOX, "line_id": BigInteger, "key": Text})

_LINES_IN = (
    select(*(_line.c[name] for name in COLUMNS), _link.c.worker_id, _link.c.rank)
    .join_from(_boxes, _line, (_line.c.bucket == _boxes.c.bucket) & (_line.c.box_id == _boxes.c.box_id))
    .outerjoin(_link, _link.c.line_id == _line.c.line_id)
    .order_by(_link.c.rank, _link.c.worker_id)
)
_HANDED = (
    select(_out.c.session_id, _out.c.sent_at)
    .join_from(
        _sessions,
        _out,
        (_out.c.bucket == _sessions.c.bucket)
        & (_out.c.box_id == _sessions.c.box_id)
        & (_out.c.session_id == _sessions.c.session_id),
    )
    .where(_out.c.item.is_not(None), _out.c.parts > 0)
    .order_by(_out.c.session_id, _out.c.seq, _out.c.item)
)
_SPOTS = select(_line.c.line_id, _line.c.box_id).join_from(_ids, _line, _line.c.line_id == _ids.c.line_id)
_SESSIONS = (
    select(
        _session.c.box_id,
        _session.c.session_id,
        _session.c.worker_id,
        _session.c.line_id,
        _session.c.program,
        _session.c.status,
        _session.c.seq,
        _session.c.wait,
        _session.c.answered,
        _session.c.state,
    )
    .join_from(_boxes, _session, (_session.c.bucket == _boxes.c.bucket) & (_session.c.box_id == _boxes.c.box_id))
    .where(_session.c.status != literal_column("'ended'"))  # written out: so the index over open ones is used
    .order_by(_session.c.session_id)
)
_DUE = (
    select(_timer.c.session_id, _timer.c.name, _timer.c.guard, _timer.c.due_at, _session.c.wait)
    .join_from(
        _timers,
        _timer,
        (_timer.c.bucket == _timers.c.bucket)
        & (_timer.c.box_id == _timers.c.box_id)
        & (_timer.c.session_id == _timers.c.session_id)
        & (_timer.c.name == _timers.c.name),
    )
    .outerjoin(
        _session,
        (_session.c.bucket == _timer.c.bucket)
        & (_session.c.box_id == _timer.c.box_id)
        & (_session.c.session_id == _timer.c.session_id)
        & (_session.c.status != literal_column("'ended'")),
    )
)
_SEEN = select(_seen.c.line_id, _seen.c.key).join_from(
    _deliveries,
    _seen,
    (_seen.c.bucket == _deliveries.c.bucket)
    & (_seen.c.box_id == _deliveries.c.box_id)
    & (_seen.c.line_id == _deliveries.c.line_id)
    & (_seen.c.key == _deliveries.c.key),
)


def spots_at(connection: Connection, kit: Kit, channels: Mapping[Address, str]) -> dict[Address, Spot]:
    """The line of each address; who writes for the first time, by the channel given, gets a line and a box."""
    return lines.made(connection, kit.vault, kit.ids, channels, {})


def spots_of(connection: Connection, ids: Iterable[int]) -> dict[int, Spot]:
    """These lines, by id."""
    rows = connection.execute(_SPOTS, {"ids": listed((line,) for line in ids)}).all()
    return {line: Spot(line, box) for line, box in rows}


def lines_in(connection: Connection, boxes: Iterable[int]) -> Iterator[tuple[Line, str | None, int]]:
    """All lines of these boxes, once for each worker who has it, with his id and the place that it has among his."""
    for *columns, worker, rank in connection.execute(_LINES_IN, {"boxes": box_keys(boxes)}).all():
        yield Line(*columns), worker, rank


def handed(connection: Connection, keys: Iterable[tuple[int, int]]) -> dict[int, int | None]:
    """When the last message of each session (box, session) was handed over, by session; None where it was not yet."""
    listing = listed((bucket_of(box), box, session) for box, session in keys)
    return {row.session_id: row.sent_at for row in connection.execute(_HANDED, {"sessions": listing})}


def sessions(connection: Connection, boxes: Iterable[int]) -> list[AnyRow]:
    """The open sessions of the boxes, oldest first."""
    return list(connection.execute(_SESSIONS, {"boxes": box_keys(boxes)}))


def timers(connection: Connection, keys: Iterable[tuple[int, int, str]]) -> dict[tuple[int, str], Due]:
    """The timers that are still there, of (box, session, name), by session and name."""
    listing = listed((bucket_of(box), box, session, name) for box, session, name in keys)
    rows = connection.execute(_DUE, {"timers": listing}).all()
    return {(session, name): Due(guard, due_at, wait) for session, name, guard, due_at, wait in rows}


def seen(connection: Connection, items: Iterable[Item]) -> set[tuple[int, str]]:
    """Which deliveries (line id, key) were there before; their boxes are locked, so no other will come meanwhile."""
    listing = [(item.bucket, item.box_id, line, key) for item in items for line, key in item.deliveries]
    if not listing:
        return set()
    return {(row.line_id, row.key) for row in connection.execute(_SEEN, {"deliveries": listed(listing)})}
