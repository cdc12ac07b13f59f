"""What is past its time is wiped, box by box, under the box's lock: bodies go, and what was counted stays (I26).

A row that others count on keeps its place and loses its words; the audit keeps its digests.  Who reads a wiped body
finds it empty.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import groupby
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Delete,
    Integer,
    Select,
    Table,
    Update,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from engine import schema
from engine.ids import BUCKETS, bucket_of
from engine.limits import DAY
from engine.locks import box_keys, lock
from engine.sets import BOX, each
from engine.store import Store

WIPED = b""
"""What stands instead of a body whose time is over."""

BOXES = 20
"""Boxes that one transaction takes, so that messages do not wait long behind it."""

PARTS = 64
"""A pass is made in so many parts, of as many buckets each."""

SEEN_LEAST = 30
"""Days that deliveries are known for, so that a late repeat has no second effect."""

REPLIES = 1
"""Days that a reply is kept: longer than any call, and than any gateway repeats a request of one."""

_BUCKETS = BUCKETS // PARTS
_event, _session, _answer, _out = schema.event, schema.session, schema.answer, schema.outbox
_before = bindparam("before", type_=BigInteger)
_in_bucket, _first, _end = (
    bindparam("in_bucket", type_=Integer),
    bindparam("first", type_=Integer),
    bindparam("end", type_=Integer),
)
_boxes = each("boxes", BOX)
_LATER = exists().where(
    _session.c.bucket == _event.c.bucket,
    _session.c.box_id == _event.c.box_id,
    _session.c.session_id == _event.c.session_id,
    or_(_session.c.ended_at.is_(None), _session.c.ended_at >= _before),
)


# Until then a repeat of an event that it heard is known as one.
_OVER = exists().where(
    _session.c.bucket == schema.follower.c.bucket,
    _session.c.box_id == schema.follower.c.box_id,
    _session.c.session_id == schema.follower.c.session_id,
    _session.c.ended_at < _before,
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is older than these moments (ms UTC) goes; None: it is kept.

    `messages`: what workers wrote and were sent, and what conversations knew.  `answers`: what was answered.
    `seen`: which deliveries there were.  `replies`: what calls were answered with, for a repeat to hear.
    """

    messages: int | None = None
    answers: int | None = None
    seen: int | None = None
    replies: int | None = None

    @staticmethod
    def of(now: int, messages: int | None, answers: int | None, seen: int) -> Terms:
        """By so many days."""

        def ago(days: int | None) -> int | None:
            return None if days is None else now - days * DAY

        return Terms(ago(messages), ago(answers), ago(max(seen, SEEN_LEAST)), ago(REPLIES))


@dataclass(frozen=True)
class _Rule:
    """Rows of a table of which something goes: `values` take its place; None: the row itself goes."""

    term: str
    table: Table
    over: ColumnElement[bool]
    values: Mapping[str, Any] | None

    @cached_property
    def due(self) -> Select[Any]:
        """The boxes of some buckets that have such rows, and how many."""
        key = (self.table.c.bucket, self.table.c.box_id)
        here = self.table.c.bucket.between(_first, _end)
        return select(*key, func.count()).where(here, self.over).group_by(*key)

    @cached_property
    def wipe(self) -> Update | Delete:
        """Away with it, in these boxes of one bucket."""
        boxes = select(_boxes.c.box_id)
        where = (self.table.c.bucket == _in_bucket, self.table.c.box_id.in_(boxes), self.over)
        if self.values is None:
            return delete(self.table).where(*where)
        return update(self.table).where(*where).values(dict(self.values))


def _there(column: ColumnElement[Any]) -> ColumnElement[bool]:
    return func.length(column) > 0


_RULES = (
    _Rule(
        "messages",
        _event,
        _there(_event.c.body) & (_event.c.state != 0) & (_event.c.at < _before) & ~_LATER,
        # What is parked without its words cannot be done any more: it is dropped.
        {"body": WIPED, "facts": None, "reply": None, "fault": None, "state": 1},
    ),
    _Rule("messages", _session, _there(_session.c.state) & (_session.c.ended_at < _before), {"state": WIPED}),
    _Rule(
        "messages",
        _out,
        _there(_out.c.body) & _out.c.status.not_in(("queued", "sending")) & (_out.c.queued_at < _before),
        {"body": WIPED},
    ),
    _Rule("messages", schema.mail, _there(schema.mail.c.body) & (schema.mail.c.done_at < _before), {"body": WIPED}),
    _Rule("messages", _answer, _there(_answer.c.raw) & (_answer.c.at < _before), {"raw": WIPED}),
    _Rule(
        "messages",
        schema.claim,
        _there(schema.claim.c.new) & (schema.claim.c.at < _before),
        {"old": WIPED, "new": WIPED, "address": ""},
    ),
    _Rule("messages", schema.audit, _there(schema.audit.c.detail) & (schema.audit.c.at < _before), {"detail": WIPED}),
    _Rule(
        "answers",
        _answer,
        _there(_answer.c.value) & (_answer.c.at < _before),
        {"value": WIPED, "raw": WIPED, "code": None, "number": None, "label": ""},
    ),
    _Rule("replies", _event, _event.c.reply.is_not(None) & (_event.c.at < _before), {"reply": None}),
    _Rule("seen", schema.seen, schema.seen.c.at < _before, None),
    _Rule("seen", schema.follower, _OVER, None),
)
_broadcast = schema.broadcast
_BROADCASTS = update(_broadcast).where(_broadcast.c.done_at < _before, _there(_broadcast.c.body)).values(body=WIPED)

# Longer ago than anybody looks back (`engine.schedules.LOOK_BACK`).
_ROUNDS = delete(schema.schedule_run).where(
    schema.schedule_run.c.state.in_(("done", "stopped", "missed")), schema.schedule_run.c.started_at < _before
)


class Purge:
    """One pass over a database: every part once, in any order; it may be broken off and begun again."""

    def __init__(self, store: Store, terms: Terms) -> None:
        self._store = store
        self._terms = terms

    async def all(self) -> Counter[str]:
        """The whole pass; how many rows of each table."""
        total: Counter[str] = Counter()
        for part in range(PARTS):
            total += await self.part(part)
        await self.unboxed()
        return total

    async def part(self, part: int, *, dry: bool = False) -> Counter[str]:
        """One of PARTS; how many rows of each table there were, of which something went.  `dry`: nothing goes."""
        boxes: set[int] = set()
        here = {"first": part * _BUCKETS, "end": (part + 1) * _BUCKETS - 1}
        total: Counter[str] = Counter()
        async with self._store.read() as connection:
            for rule, before in self._rules():
                for _, box_id, number in await connection.execute(rule.due, {**here, "before": before}):
                    boxes.add(box_id)
                    total[rule.table.name] += number
        if not dry:
            for slice_ in _slices(boxes):
                await self._store.write(partial(self._wipe, boxes=slice_))
        return total

    async def unboxed(self) -> None:
        """What is in no box: what was sent to many, and the rounds of schedules."""
        for statement, before in ((_BROADCASTS, self._terms.messages), (_ROUNDS, self._terms.seen)):
            if before is not None:
                await self._store.write(partial(_execute, statement=statement, before=before))

    def _wipe(self, connection: Connection, boxes: list[int]) -> None:
        lock(connection, boxes)
        bound = {"in_bucket": bucket_of(boxes[0]), "boxes": box_keys(boxes)}
        for rule, before in self._rules():
            connection.execute(rule.wipe, {**bound, "before": before})

    def _rules(self) -> Iterator[tuple[_Rule, int]]:
        for rule in _RULES:
            before = getattr(self._terms, rule.term)
            if before is not None:
                yield rule, before


def _execute(connection: Connection, statement: Update | Delete, before: int) -> None:
    connection.execute(statement, {"before": before})


def _slices(boxes: Iterable[int]) -> Iterator[list[int]]:
    """So many boxes at a time, all of one bucket: so their rows are found by the keys."""
    for _, group in groupby(sorted(boxes, key=bucket_of), key=bucket_of):
        rest = list(group)
        yield from (rest[begin : begin + BOXES] for begin in range(0, len(rest), BOXES))
