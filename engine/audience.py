"""Who is meant by a group or a condition: read in slices, box by box, so that a reader who stops knows where he was.

Boxes come in the order of their keys, so that what is then written for a slice stands side by side in every table.  Of
boxes that become one the last in that order stays (`engine.merging`): nobody comes to stand where a reader has been.

What a condition asks of plain fields is asked in SQL; only for the rest are records opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Text,
    bindparam,
    exists,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from engine import schema
from engine.expressions import Expressions
from engine.facts import Facts, Record
from engine.operators import number
from engine.people import groups_of, opened
from engine.scene import Flow, Scene
from engine.session import Session
from engine.sets import AnyRow
from engine.vault import Vault
from grammar.program import Builtin, Const, Expr, Field, Op

LOOK_AT = 500
"""Records that are opened before others have their turn."""

SILENT_ENDINGS = ("no_answer", "invalid_answers", "not_verified", "opted_out", "replaced", "unreachable", "parked")
"""Outcomes of conversations in which the work was not done."""

_worker, _link, _line, _place = schema.worker, schema.worker_line, schema.line, schema.facility
_member, _session, _program = schema.membership, schema.session, schema.program
_lesser, _lesser_line = _link.alias("lesser"), _line.alias("lesser_line")

ZONE = func.coalesce(func.nullif(_worker.c.zone, ""), func.nullif(_place.c.zone, ""), bindparam("deployment_zone"))
"""The zone of a worker who is joined with his facility (RULES G6)."""

# The first that did not send STOP; the box knows which of his lines is best.
_FIRST_LINE = ~exists().where(
    _lesser.c.worker_id == _link.c.worker_id,
    _lesser.c.rank < _link.c.rank,
    _lesser_line.c.line_id == _lesser.c.line_id,
    _lesser_line.c.stopped_at.is_(None),
)
_box = tuple_(_line.c.bucket, _line.c.box_id)
_last_box = tuple_(bindparam("last_bucket", type_=Integer), bindparam("last_box", type_=BigInteger))
_REACHED = (
    select(_worker.c.worker_id, _link.c.line_id, _line.c.bucket, _line.c.box_id, ZONE.label("zone"))
    .join_from(_line, _link, _link.c.line_id == _line.c.line_id)
    .join(_worker, _worker.c.worker_id == _link.c.worker_id)
    .outerjoin(_place, _place.c.code == _worker.c.facility)
    .where(_box >= _last_box, or_(_box > _last_box, _link.c.worker_id > bindparam("after", type_=Text)), _FIRST_LINE)
    .where(_line.c.stopped_at.is_(None), _worker.c.stopped_at.is_(None))
    .order_by(_line.c.bucket, _line.c.box_id, _link.c.worker_id)
    .limit(bindparam("most"))
)
_RECORDS = (_worker.c.record, _place.c.code, _place.c.record.label("facility_record"))
_DONE = exists().where(
    _session.c.bucket == _line.c.bucket,
    _session.c.box_id == _line.c.box_id,
    _session.c.worker_id == _worker.c.worker_id,
    _session.c.ended_at >= bindparam("since"),
    _session.c.outcome.not_in([literal_column(f"'{each}'") for each in SILENT_ENDINGS]),
    _session.c.program.in_(select(_program.c.hash).where(_program.c.flow == bindparam("flow"))),
)
_ZONES = (
    select(_worker.c.zone)
    .where(_worker.c.zone != literal(""))
    .union(select(_place.c.zone).where(_place.c.zone != literal("")))
)
_ASKABLE = {name: _worker.c[name] for name in ("job", "facility", "district", "supervisor")}
_DAYS = ("today", "now", "this_week", "last_week", "this_month", "last_month")
_NO_FLOW = cast("Flow", None)  # a condition on people reads nothing of a conversation


class AudienceError(ValueError):
    """A sentence: the condition asks for something that is not known of people."""


class Member(NamedTuple):
    """A worker, the first of his lines, with its box, and his zone; his record where it had to be opened."""

    worker_id: str
    line_id: int
    bucket: int
    box_id: int
    zone: str
    record: Record | None = None


class Slice(NamedTuple):
    """`cursor`: where the next slice begins; `last`: there is none."""

    members: list[Member]
    cursor: str
    last: bool


class Audience(msgspec.Struct, frozen=True, omit_defaults=True):
    """A group, and those of it for whom `where` holds; with neither, everybody."""

    group: str = ""
    where: Expr | None = None


class Reader:
    """Reads an audience as it is at `now`; AudienceError where its condition cannot be asked.

    `zone`: only who lives there.  `done`: (flow, ms UTC), not who has done that since then.  `records`: open them all.
    """

    def __init__(
        self,
        audience: Audience,
        vault: Vault,
        deployment_zone: str,
        now: int,
        *,
        zone: str = "",
        done: tuple[str, int] | None = None,
        records: bool = False,
    ) -> None:
        self._vault = vault
        self._now = now
        self._bound: dict[str, Any] = {"deployment_zone": deployment_zone}
        where = None if audience.where is None else as_worker(audience.where)
        plain, rest = parted(where)
        self._test = None if rest is None else Expressions({}).test(rest)
        self._open = records or rest is not None
        statement = _REACHED.where(*plain)
        if audience.group:
            statement = _among(statement, audience.group)
        if zone:
            statement, self._bound["zone"] = statement.where(bindparam("zone") == ZONE), zone
        if done is not None:
            statement = statement.where(~_DONE)
            self._bound["flow"], self._bound["since"] = done
        self._statement = statement.add_columns(*_RECORDS) if self._open else statement

    async def count(self, connection: AsyncConnection) -> int:
        """How many can be reached, each of those who share a phone counted."""
        if not self._open:
            whole = self._statement.limit(None).order_by(None).subquery()
            return await connection.scalar(select(func.count()).select_from(whole), {**self._bound, **_after("")}) or 0
        found, cursor, last = 0, "", False
        while not last:
            members, cursor, last = await self.read(connection, cursor, LOOK_AT)
            found += len(members)
        return found

    async def read(self, connection: AsyncConnection, after: str, most: int) -> Slice:
        """Look at the next `most` who can be reached, from `after` on ("": from the beginning)."""
        rows = (await connection.execute(self._statement, {**self._bound, **_after(after), "most": most})).all()
        cursor, last = (_cursor(rows[-1]) if rows else after), len(rows) < most
        if not self._open:
            return Slice([Member(*row) for row in rows], cursor, last)
        groups = await connection.run_sync(_groups, [row.worker_id for row in rows])
        return Slice(list(self._fitting(rows, groups)), cursor, last)

    def _fitting(self, rows: Sequence[AnyRow], groups: Mapping[str, tuple[str, ...]]) -> Iterator[Member]:
        for row in rows:
            record = opened(self._vault, "worker", row.worker_id, row.record)
            member = Member(row.worker_id, row.line_id, row.bucket, row.box_id, row.zone, record)
            if self._test is None:
                yield member
                continue
            place = {} if row.code is None else opened(self._vault, "facility", row.code, row.facility_record)
            facts = Facts(record, place, {}, groups.get(row.worker_id, ()), row.zone)
            if self._test(Scene(_NO_FLOW, _nobodys(self._now), facts, self._now)):
                yield member


def _cursor(row: AnyRow) -> str:
    """Where a reader is who has just read this row."""
    return f"{row.bucket} {row.box_id} {row.worker_id}"


def _after(cursor: str) -> dict[str, Any]:
    bucket, box, worker = cursor.split(" ", 2) if cursor else (0, 0, "")
    return {"last_bucket": int(bucket), "last_box": int(box), "after": worker}


def _nobodys(now: int) -> Session:
    return Session("", "", language="en", started=now)


async def zones(connection: AsyncConnection, deployment_zone: str) -> set[str]:
    """Every zone in which somebody may live."""
    return {deployment_zone, *(await connection.scalars(_ZONES))}


def _groups(connection: Connection, ids: list[str]) -> dict[str, tuple[str, ...]]:
    return groups_of(connection, ids)


def _among(statement: Select[Any], group: str) -> Select[Any]:
    return statement.where(
        exists().where(_member.c.group_name == literal(group), _member.c.worker_id == _worker.c.worker_id)
    )


def parted(where: Expr | None) -> tuple[list[ColumnElement[bool]], Expr | None]:
    """What SQL can ask, and the condition itself unless that is all of it."""
    if where is None:
        return [], None
    parts = where.args if isinstance(where, Op) and where.name == "and" else (where,)
    plain = [_in_sql(part) for part in parts]
    whole = all(each is not None for each in plain)
    return [each for each in plain if each is not None], None if whole else where


def _in_sql(part: Expr) -> ColumnElement[bool] | None:
    """A condition in SQL, None where only the opened record can tell."""
    if not isinstance(part, Op):
        return None
    if part.name in ("in_group", "not_in_group") and isinstance(part.args[-1], Const):
        group = part.args[-1].value
        inside = exists().where(_member.c.group_name == literal(group), _member.c.worker_id == _worker.c.worker_id)
        return inside if part.name == "in_group" else not_(inside)
    asked = part.args[0]
    column = _ASKABLE.get(asked.name) if isinstance(asked, Field) and asked.of == "worker" else None
    words = [word for word in part.args[1:] if isinstance(word, Const) and _is_plain(word)]
    if column is None or part.name not in ("=", "one_of") or len(words) < len(part.args) - 1:
        return None
    return or_(*(func.lower(func.trim(column)) == literal(word.value.strip().lower()) for word in words))


def _is_plain(word: Const) -> bool:
    """Does SQL compare it as the engine does: a word in letters whose capitals every database knows?"""
    text = word.value.strip()
    return word.kind in ("code", "text") and text.isascii() and bool(text) and number(text) is None


def as_worker(expr: Expr) -> Expr:
    """The condition as one on the worker who is looked at: nobody else asks here."""
    if isinstance(expr, Field):
        return Field("worker", expr.name) if expr.of == "candidate" else expr
    if isinstance(expr, Op):
        return msgspec.structs.replace(expr, args=tuple(as_worker(arg) for arg in expr.args))
    if isinstance(expr, Const) or (isinstance(expr, Builtin) and expr.name in _DAYS):
        return expr
    raise AudienceError("A condition on workers can ask for fields of their records, groups, days and fixed values.")
