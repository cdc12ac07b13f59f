"""The messages that go next: no two of one conversation at once by one channel, and none to a line that said STOP.

What was seen without a lock is read again under the locks of its boxes.  A message that is picked has its attempt on
the disk before anything leaves.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import BigInteger, Connection, bindparam, insert, select, update

from engine import leases, pauses, schema
from engine.kit import Kit
from engine.leases import Lease
from engine.locks import Held, lock
from engine.nights import Nights
from engine.notices import Notice, NotTaken, notice, notice_not_taken
from engine.outgoing import CLASSES, body, call
from engine.pace import Plan
from engine.sets import BOX, AnyRow, each, listed, many
from engine.spending import Budget
from engine.survey import EARLIER, QUEUED, Candidate, Survey
from engine.turns import in_turn


@dataclass(frozen=True, slots=True)
class Picked:
    """A message on its way: attempt number `attempt`, after `retries` failures of its own.  `body` is opened.

    `begin`: not before this moment.  `at`: when it was picked.  `cost`: what it is taken to cost (millionths).
    """

    bucket: int
    box_id: int
    out_id: int
    attempt: int
    retries: int
    not_before: int
    expires_at: int
    parts: int
    session_id: int | None
    arms: int | None
    line_id: int
    at: int
    cost: int
    begin: int = 0
    recipient: str = ""
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Terms:
    """By what an owner picks: so many messages, after so many `turn`s, by his pace and what is left of the day."""

    lease: Lease
    room: int
    turn: int
    plan: Plan
    budget: Budget


@dataclass(slots=True)
class Choice:
    """What becomes of the messages that were looked at.  `moved`: messages whose place is another now."""

    picked: list[Picked] = field(default_factory=list)
    dropped: list[tuple[AnyRow, str]] = field(default_factory=list)
    moved: list[tuple[AnyRow, int]] = field(default_factory=list)


_out, _line, _session = schema.outbox, schema.line, schema.session
_keys = each("keys", {**BOX, "out_id": BigInteger})
_ROWS = (
    select(
        _out.c.bucket,
        _out.c.box_id,
        _out.c.out_id,
        _out.c.session_id,
        _out.c.seq,
        _out.c.item,
        _out.c.arms,
        _out.c["class"].label("rank"),
        _out.c.parts,
        _out.c.tries,
        _out.c.retries,
        _out.c.doubtful,
        _out.c.not_before,
        _out.c.expires_at,
        _out.c.body,
        _out.c.flow,
        _out.c.broadcast,
        EARLIER.label("blocked"),
        _line.c.line_id,
        _line.c.address,
        _line.c.stopped_at,
        _line.c.spoke_at,
        _session.c.program,
    )
    .join_from(
        _keys,
        _out,
        (_out.c.bucket == _keys.c.bucket) & (_out.c.box_id == _keys.c.box_id) & (_out.c.out_id == _keys.c.out_id),
    )
    .join(_line, _line.c.line_id == _out.c.line_id)
    .outerjoin(
        _session,
        (_session.c.bucket == _out.c.bucket)
        & (_session.c.box_id == _out.c.box_id)
        & (_session.c.session_id == _out.c.session_id),
    )
    .where(_out.c.status == QUEUED)
)
THIS = (
    _out.c.bucket == bindparam("in_bucket"),
    _out.c.box_id == bindparam("in_box"),
    _out.c.out_id == bindparam("this"),
)
_SEND = (
    update(_out)
    .where(*THIS)
    .values(
        status="sending",
        tries=bindparam("attempt"),
        cost=_out.c.cost + bindparam("estimate", type_=BigInteger),
    )
)
_DROP = update(_out).where(*THIS).values(status=bindparam("ends_as"), final_at=bindparam("now"))
_PLACE = update(_out).where(*THIS).values(not_before=bindparam("moment"))
_ATTEMPT = insert(schema.attempt)


def pick(connection: Connection, kit: Kit, terms: Terms, seen: Survey, now: int) -> Choice:
    """At most `terms.room` messages, each with a new attempt; what cannot or may not leave is dropped or put off."""
    paused = pauses.paused_for_me(connection)
    waiting = {} if paused.channel(terms.lease.channel) else seen.waiting
    order = [*in_turn(waiting, terms.turn)]
    waits = [each for each in order if paused.message(each.flow, each.broadcast)]
    may = [each for each in order if not paused.message(each.flow, each.broadcast)]
    chosen = [*islice(may, terms.room)]
    held, rows = _read(connection, [*chosen, *waits, *seen.expired])
    choice = Choice()
    _put_off(choice, _of(rows, waits), now)
    _sweep(choice, _of(rows, seen.expired), now)
    due = [row for row in _of(rows, chosen) if row.not_before <= now and not row.blocked]
    _choose(choice, due, Nights(connection, kit, now, due), kit, terms, now)
    _write(connection, choice, kit, terms, now)
    many(connection, _ATTEMPT, [_attempt(each, terms.lease, held[each.box_id], now) for each in choice.picked])
    return choice


def bound(picked: Picked) -> dict[str, int]:
    """The message's key, as values of a statement."""
    return _key(picked)


def _read(connection: Connection, keys: Sequence[Candidate]) -> tuple[dict[int, Held], dict[int, AnyRow]]:
    """The boxes, locked, and those of the messages that are still queued where they were."""
    if not keys:
        return {}, {}
    held = lock(connection, {key.box_id for key in keys})
    found = connection.execute(_ROWS, {"keys": listed(sorted({key[:3] for key in keys}))})
    return held, {row.out_id: row for row in found}


def _of(rows: dict[int, AnyRow], keys: Iterable[Candidate]) -> list[AnyRow]:
    return [rows[key.out_id] for key in keys if key.out_id in rows]


def _put_off(choice: Choice, rows: Iterable[AnyRow], now: int) -> None:
    for row in rows:
        if why := _unsendable(row, now):
            choice.dropped.append((row, why))
        else:
            choice.moved.append((row, row.expires_at))


def _sweep(choice: Choice, rows: Iterable[AnyRow], now: int) -> None:
    known = {row.out_id for row, _ in choice.dropped}
    choice.dropped += [(row, why) for row in rows if row.out_id not in known and (why := _unsendable(row, now))]


def _choose(choice: Choice, due: Iterable[AnyRow], nights: Nights, kit: Kit, terms: Terms, now: int) -> None:
    known = {row.out_id for row, _ in choice.dropped}
    for row in due:
        if row.out_id in known:
            continue
        why = _unsendable(row, now) or ("overtaken" if nights.needless(row) else "")
        opened = kit.vault.open("outbox", row.box_id, row.out_id, row.body)
        held = not why and row.parts  # an action disturbs nobody's sleep
        free_at = nights.free_at(row, urgent=body(opened).urgent) if held else now
        if why:
            choice.dropped.append((row, why))
        elif free_at > now:
            choice.moved.append((row, free_at))
        elif terms.budget.allows(row.rank, row.parts):
            begin = terms.plan.take(row.parts)
            if begin is None:
                return
            choice.picked.append(_picked(row, kit, opened, begin, terms.budget.add(row.parts), now))


def _unsendable(row: AnyRow, now: int) -> str:
    """As what a message ends that cannot be sent any more."""
    if row.stopped_at is not None and row.rank != CLASSES["consent"] and row.parts:
        return "stopped"
    if row.expires_at <= now:
        return "unknown" if row.doubtful else "expired"
    return ""


def _write(connection: Connection, choice: Choice, kit: Kit, terms: Terms, now: int) -> None:
    many(connection, _DROP, [{**_key(row), "ends_as": why, "now": now} for row, why in choice.dropped])
    many(connection, _PLACE, [{**_key(row), "moment": moment} for row, moment in choice.moved])
    many(connection, _SEND, [{**_key(p), "attempt": p.attempt, "estimate": p.cost} for p in choice.picked])
    _notice(connection, choice, kit, now)
    if choice.picked:
        leases.use_up(connection, terms.lease, math.ceil(terms.plan.used_up))
        terms.budget.keep(connection)


def _notice(connection: Connection, choice: Choice, kit: Kit, now: int) -> None:
    """Of an action (it has no parts) nobody reports later: one that may have been performed is given up, too."""
    over = [row for row, why in choice.dropped if why == "expired" or (why == "unknown" and not row.parts)]
    waited = [row for row in over if row.session_id and row.arms is not None]
    notice(connection, (Notice(row.bucket, row.box_id, row.session_id, row.arms) for row in waited), now)
    calls = [row for row in over if row.session_id and row.arms is None and not row.parts]
    at = ((row, call(kit.vault.open("outbox", row.box_id, row.out_id, row.body)).at) for row in calls)
    known = [NotTaken(row.bucket, row.box_id, row.session_id, place) for row, place in at if place is not None]
    notice_not_taken(connection, known, now)


def _key(of: AnyRow | Picked) -> dict[str, int]:
    return {"in_bucket": of.bucket, "in_box": of.box_id, "this": of.out_id}


def _picked(row: AnyRow, kit: Kit, opened: bytes, begin: int, cost: int, now: int) -> Picked:
    return Picked(
        bucket=row.bucket,
        box_id=row.box_id,
        out_id=row.out_id,
        attempt=row.tries + 1,
        retries=row.retries,
        not_before=row.not_before,
        expires_at=row.expires_at,
        parts=row.parts,
        session_id=row.session_id,
        arms=row.arms,
        line_id=row.line_id,
        at=now,
        cost=cost,
        begin=begin,
        recipient=kit.vault.open("line", 0, row.line_id, row.address).decode(),
        body=opened,
    )


def _attempt(picked: Picked, lease: Lease, held: Held, now: int) -> dict[str, Any]:
    return {
        "bucket": picked.bucket,
        "box_id": picked.box_id,
        "out_id": picked.out_id,
        "try": picked.attempt,
        "process": lease.process,
        "epoch": lease.epoch,
        "started_at": now,
        "chain": held.audit_n,
    }
