"""What came of attempts is written in batches: a status only moves forward, and clocks start when a question left.

An attempt is settled once: what was settled before, by whomever, stays.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, Integer, RowMapping, bindparam, func, select, update

from engine import audit, schema
from engine.audit import Entry
from engine.delivery import Down, Outcome, Unknown
from engine.homes import lock_homes
from engine.ids import bucket_of
from engine.leases import Lease
from engine.locks import lock
from engine.notices import Notice, notice
from engine.picking import THIS, Picked, bound
from engine.receipts import apply_early
from engine.replies import START_CLOCKS
from engine.sets import BOX, each, listed, many
from engine.spending import FREE, Tariff, day, give_back
from engine.tidying import look_after
from engine.vault import Vault
from engine.verdicts import RESEND, Verdict, judge

Settled = Sequence[tuple[Picked, Outcome]]

GATEWAY = "gateway"
"""Who says that a number opted out, in the audit."""


class Ways(NamedTuple):
    """How a channel settles.  `unknown`: its policy for what may have gone through.  `zone`: of the days it counts.

    `vault`: for the audit, where a gateway says that a number opted out.
    """

    vault: Vault
    unknown: str = RESEND
    tariff: Tariff = FREE
    zone: str = "UTC"


class Judged(NamedTuple):
    """An attempt that nobody settled before, and what becomes of its message."""

    picked: Picked
    verdict: Verdict
    moves: bool


_out, _attempt, _line = schema.outbox, schema.attempt, schema.line
_keys = each("keys", {**BOX, "out_id": BigInteger, "try": Integer})

_END = (
    update(_attempt)
    .where(
        _attempt.c.bucket == bindparam("in_bucket"),
        _attempt.c.box_id == bindparam("in_box"),
        _attempt.c.out_id == bindparam("this"),
        _attempt.c["try"] == bindparam("number"),
    )
    .values({name: bindparam(name) for name in ("outcome", "ended_at", "reason", "provider_id", "cost")})
)
_MOVED = ("status", "retries", "not_before", "doubtful", "sent_at", "final_at")
_MOVE = (
    update(_out)
    .where(*THIS, _out.c.status == "sending")
    .values(
        {
            **{name: bindparam(name) for name in _MOVED},
            "cost": _out.c.cost - bindparam("saved", type_=BigInteger),
        }
    )
)
_STOP_LINE = (
    update(_line)
    .where(_line.c.line_id == bindparam("line"))
    .values(stopped_at=func.coalesce(_line.c.stopped_at, bindparam("now")))
)
_STOP_ROW = (
    update(_line)
    .where(_line.c.line_id == bindparam("line"))
    .values(stopped_row=func.coalesce(_line.c.stopped_row, bindparam("row", type_=BigInteger)))
)
_NOT_SETTLED = (
    select(_out.c.out_id, _attempt.c["try"], _out.c.tries, _out.c.status)
    .join_from(
        _keys,
        _attempt,
        (_attempt.c.bucket == _keys.c.bucket)
        & (_attempt.c.box_id == _keys.c.box_id)
        & (_attempt.c.out_id == _keys.c.out_id)
        & (_attempt.c["try"] == _keys.c["try"]),
    )
    .join(
        _out,
        (_out.c.bucket == _attempt.c.bucket)
        & (_out.c.box_id == _attempt.c.box_id)
        & (_out.c.out_id == _attempt.c.out_id),
    )
    .where(_attempt.c.outcome.is_(None))
)
_AS_PICKED = tuple(name for name in Picked.__slots__ if name not in ("cost", "begin", "recipient", "body"))
_LEFT = (
    select(
        _out.c.bucket,
        _out.c.box_id,
        _out.c.out_id,
        _attempt.c["try"].label("attempt"),
        _out.c.retries,
        _out.c.not_before,
        _out.c.expires_at,
        _out.c.parts,
        _out.c.session_id,
        _out.c.arms,
        _out.c.line_id,
        _attempt.c.started_at.label("at"),
        _attempt.c.epoch,
    )
    .join_from(
        _attempt,
        _out,
        (_out.c.bucket == _attempt.c.bucket)
        & (_out.c.box_id == _attempt.c.box_id)
        & (_out.c.out_id == _attempt.c.out_id),
    )
    .where(_attempt.c.outcome.is_(None), _out.c.channel == bindparam("channel"))
)


def settle(connection: Connection, lease: Lease, ways: Ways, settled: Settled, now: int) -> None:
    """Write the outcomes of attempts."""
    judged = _judged(connection, ways, settled, now)
    many(connection, _END, [_end(each, now) for each in judged])
    many(connection, _MOVE, [_move(each, now) for each in judged if each.moves])
    many(connection, START_CLOCKS, [_clock(picked, now) for picked, verdict, _ in judged if _asks(picked, verdict)])
    if stopped := {each.picked.line_id: each.picked for each in judged if each.verdict.opted_out}:
        _opt_out(connection, ways.vault, stopped.values(), now)
    notice(connection, _notices(judged), now)
    _give_back(connection, lease, ways, judged)
    known = [verdict.provider_id for _, verdict, _ in judged if verdict.provider_id]
    apply_early(connection, lease.channel, known, now)


def _opt_out(connection: Connection, vault: Vault, stopped: Collection[Picked], now: int) -> None:
    """Their numbers take no messages any more, as the gateway says: like STOP, for the line alone."""
    many(connection, _STOP_LINE, [{"line": picked.line_id, "now": now} for picked in stopped])
    look_after(connection, [(picked.bucket, picked.box_id, picked.line_id) for picked in stopped], now)
    for box, held in lock(connection, {picked.box_id for picked in stopped}).items():
        mine = [picked.line_id for picked in stopped if picked.box_id == box]
        audit.write(connection, vault, held, [Entry(GATEWAY, "stop", f"line {line}") for line in mine], now)
        many(connection, _STOP_ROW, [{"line": line, "row": held.audit_n + 1} for line in mine])


def left_over(connection: Connection, lease: Lease, ways: Ways, mine: Callable[[int, int], bool]) -> Settled:
    """The attempts of the channel that nobody will settle, with their outcomes.

    Those of earlier owners may have gone through.  Those of this one that are not under way here (`mine`: message,
    attempt) were picked by a transaction whose answer was lost, and never handed over.
    """
    found: list[tuple[Picked, Outcome]] = []
    for row in connection.execute(_LEFT, {"channel": lease.channel}).mappings():
        if row["epoch"] != lease.epoch:
            found.append((_again(row, ways), Unknown("the server stopped before an answer came")))
        elif not mine(row["out_id"], row["attempt"]):
            found.append((_again(row, ways), Down("it was never handed over")))
    return found


def _again(row: RowMapping, ways: Ways) -> Picked:
    """As it was picked."""
    return Picked(**{name: row[name] for name in _AS_PICKED}, cost=row["parts"] * ways.tariff.per_part)


def _judged(connection: Connection, ways: Ways, settled: Settled, now: int) -> list[Judged]:
    """Under the locks of the boxes where the messages are now, whatever happened to those meanwhile."""
    if not settled:
        return []
    homes = lock_homes(connection, {picked.box_id for picked, _ in settled})
    keys = sorted({_place(picked, homes) for picked, _ in settled})
    still = {row[:2]: row for row in connection.execute(_NOT_SETTLED, {"keys": listed(keys)})}
    judged = []
    for picked, outcome in settled:
        row = still.pop((picked.out_id, picked.attempt), None)
        if row is not None:
            home = homes[picked.box_id]
            here = replace(picked, box_id=home, bucket=bucket_of(home))
            verdict = judge(outcome, picked.retries, picked.not_before, now, ways.unknown, picked.expires_at)
            judged.append(Judged(here, verdict, row.status == "sending" and row.tries == picked.attempt))
    return judged


def _place(picked: Picked, homes: dict[int, int]) -> tuple[int, int, int, int]:
    home = homes[picked.box_id]
    return bucket_of(home), home, picked.out_id, picked.attempt


def _asks(picked: Picked, verdict: Verdict) -> bool:
    return verdict.counts and picked.arms is not None


def _notices(judged: Iterable[Judged]) -> Iterable[Notice]:
    for picked, verdict, moves in judged:
        # Nobody reports of an action (it has no parts): one that may have been performed is given up, too.
        over = verdict.final or (verdict.status == "unknown" and not picked.parts)
        if moves and over and picked.session_id and picked.arms is not None:
            yield Notice(picked.bucket, picked.box_id, picked.session_id, picked.arms)


def _give_back(connection: Connection, lease: Lease, ways: Ways, judged: Iterable[Judged]) -> None:
    """What did not leave costs nothing, on the day on which it was picked."""
    days: dict[str, list[Picked]] = {}
    for picked, verdict, _ in judged:
        if not verdict.left:
            days.setdefault(day(picked.at, ways.zone), []).append(picked)
    for on, those in days.items():
        parts = sum(each.parts for each in those)
        give_back(connection, lease.channel, ways.tariff, on, parts, sum(each.cost for each in those))


def _end(judged: Judged, now: int) -> dict[str, Any]:
    picked, verdict, _ = judged
    return {
        **bound(picked),
        "number": picked.attempt,
        "outcome": verdict.outcome,
        "ended_at": now,
        "reason": verdict.reason,
        "provider_id": verdict.provider_id or None,
        "cost": verdict.cost,
    }


def _move(judged: Judged, now: int) -> dict[str, Any]:
    picked, verdict, _ = judged
    return {
        **bound(picked),
        "status": verdict.status,
        "retries": verdict.retries,
        "not_before": verdict.not_before,
        "doubtful": verdict.doubtful,
        "sent_at": now if verdict.counts else None,
        "final_at": now if verdict.final else None,
        "saved": 0 if verdict.left else picked.cost,
    }


def _clock(picked: Picked, now: int) -> dict[str, Any]:
    key = {"in_bucket": picked.bucket, "in_box": picked.box_id, "in_session": picked.session_id}
    return {**key, "of_wait": picked.arms, "now": now}
