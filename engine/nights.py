"""Quiet hours where messages are picked: each by the recipient's clock, and of several reminders only the last (G3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import BigInteger, Connection, select

from engine import schema
from engine.kit import Kit
from engine.outgoing import CLASSES
from engine.quiet import Held, Hours, hours, may_go, overtaken
from engine.sets import BOX, AnyRow, each, listed
from engine.survey import QUEUED

_NAMES = {rank: name for name, rank in CLASSES.items()}
_REMINDER = CLASSES["reminder"]
_out, _link, _worker, _facility = schema.outbox, schema.worker_line, schema.worker, schema.facility
_sessions = each("sessions", {**BOX, "session_id": BigInteger})
_lines = each("lines", {"line_id": BigInteger})
_REMINDERS = (
    select(_out.c.session_id, _out.c.seq, _out.c.item)
    .join_from(
        _sessions,
        _out,
        (_out.c.bucket == _sessions.c.bucket)
        & (_out.c.box_id == _sessions.c.box_id)
        & (_out.c.session_id == _sessions.c.session_id),
    )
    .where(_out.c.status == QUEUED, _out.c["class"] == _REMINDER, _out.c.tries == 0)
)
_ZONES = (
    select(_link.c.line_id, _worker.c.zone, _facility.c.zone.label("facility_zone"))
    .join_from(_lines, _link, _link.c.line_id == _lines.c.line_id)
    .join(_worker, _worker.c.worker_id == _link.c.worker_id)
    .outerjoin(_facility, _facility.c.code == _worker.c.facility)
    .order_by(_link.c.rank, _worker.c.worker_id)
)


class Nights:
    """What may leave of messages that are due now, within one transaction that has locked their boxes."""

    def __init__(self, connection: Connection, kit: Kit, now: int, rows: Sequence[AnyRow]) -> None:
        self._now = now
        self._hours = {row.out_id: found for row in rows if (found := _hours(row, kit))}
        lines = {row.line_id for row in rows if row.out_id in self._hours}
        self._zones = _zones(connection, kit, lines) if lines else {}
        self._needless = _needless(connection, rows)

    def needless(self, row: AnyRow) -> bool:
        """Is it a reminder that a later one of the same conversation has overtaken?"""
        return row.rank == _REMINDER and (row.session_id, row.seq, row.item) in self._needless

    def free_at(self, row: AnyRow, *, urgent: bool) -> int:
        """When the message may leave: now, or at the end of the recipient's quiet hours (ms)."""
        quiet = self._hours.get(row.out_id)
        zone = self._zones.get(row.line_id, "")
        return may_go(self._now, zone, quiet, _NAMES[row.rank], urgent=urgent, spoke_at=row.spoke_at)


def _hours(row: AnyRow, kit: Kit) -> Hours | None:
    """Those of the conversation's version, or of the flow that tells somebody something, or of the deployment."""
    try:
        linked = kit.library.of(row.program) if row.program else kit.library.current(row.flow)
    except KeyError:  # another process published it
        linked = kit.library.current(row.flow)
    return hours(linked.program.quiet if linked else None, kit.quiet)


def _zones(connection: Connection, kit: Kit, lines: Iterable[int]) -> dict[int, str]:
    """The zone of whoever has a line, the worker's before the facility's before the deployment's (RULES G6)."""
    lines = set(lines)
    found = dict.fromkeys(lines, "")
    for row in connection.execute(_ZONES, {"lines": listed((line,) for line in lines)}):
        found[row.line_id] = found[row.line_id] or row.zone or row.facility_zone or ""
    return {line: zone or kit.zone for line, zone in found.items()}


def _needless(connection: Connection, rows: Iterable[AnyRow]) -> set[Held]:
    reminding = {(row.bucket, row.box_id, row.session_id) for row in rows if row.rank == _REMINDER and row.session_id}
    if not reminding:
        return set()
    waiting = connection.execute(_REMINDERS, {"sessions": listed(sorted(reminding))})
    return overtaken(Held(*row) for row in waiting)
