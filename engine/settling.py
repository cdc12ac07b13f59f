"""What came of attempts is written in batches: a status only moves forward, and clocks start when a question left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from engine import schema
from engine.delivery import Outcome, Unknown
from engine.picking import THIS, Picked, bound
from engine.receipts import apply_early
from engine.sets import many
from engine.verdicts import RESEND, Verdict, judge

_out, _attempt, _timer, _line = schema.outbox, schema.attempt, schema.timer, schema.line

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
_MOVE = (
    update(_out)
    .where(*THIS, _out.c.status == "sending")
    .values({name: bindparam(name) for name in ("status", "retries", "not_before", "doubtful", "sent_at", "final_at")})
)
_START_CLOCKS = (
    update(_timer)
    .where(
        _timer.c.bucket == bindparam("in_bucket"),
        _timer.c.box_id == bindparam("in_box"),
        _timer.c.session_id == bindparam("in_session"),
        _timer.c.guard == bindparam("of_wait"),
        _timer.c.after.is_not(None),
    )
    .values(due_at=_timer.c.after + bindparam("now"))
)
_STOP_LINE = (
    update(_line)
    .where(_line.c.line_id == bindparam("line"))
    .values(stopped_at=func.coalesce(_line.c.stopped_at, bindparam("now")))
)
_OPEN = (
    select(
        _out.c.bucket,
        _out.c.box_id,
        _out.c.out_id,
        _attempt.c["try"].label("attempt"),
        _out.c.retries,
        _out.c.not_before,
        _out.c.parts,
        _out.c.session_id,
        _out.c.arms,
        _out.c.line_id,
        _out.c.channel,
    )
    .join_from(
        _attempt,
        _out,
        (_out.c.bucket == _attempt.c.bucket)
        & (_out.c.box_id == _attempt.c.box_id)
        & (_out.c.out_id == _attempt.c.out_id),
    )
    .where(_attempt.c.outcome.is_(None))
)


def settle(
    connection: Connection, channel: str, unknown: str, settled: Sequence[tuple[Picked, Outcome]], now: int
) -> None:
    """Write the outcomes of attempts.  `unknown`: the channel's policy for what may have gone through."""
    judged = [(picked, judge(outcome, picked.retries, picked.not_before, now, unknown)) for picked, outcome in settled]
    many(connection, _END, [_end(picked, verdict, now) for picked, verdict in judged])
    many(connection, _MOVE, [_move(picked, verdict, now) for picked, verdict in judged])
    many(connection, _START_CLOCKS, [_clock(picked, now) for picked, verdict in judged if _asks(picked, verdict)])
    many(connection, _STOP_LINE, [{"line": each.line_id, "now": now} for each, verdict in judged if verdict.opted_out])
    apply_early(connection, channel, [verdict.provider_id for _, verdict in judged if verdict.provider_id], now)


def settle_open(connection: Connection, policies: dict[str, str], now: int) -> None:
    """What an earlier run sent and did not settle may have gone through, and is treated so."""
    by_channel: dict[str, list[tuple[Picked, Outcome]]] = {}
    for row in connection.execute(_OPEN):
        picked = Picked(*row[:10], recipient="", body=b"")
        by_channel.setdefault(row.channel, []).append((picked, Unknown("the server stopped before an answer came")))
    for channel, settled in by_channel.items():
        settle(connection, channel, policies.get(channel, RESEND), settled, now)


def _asks(picked: Picked, verdict: Verdict) -> bool:
    return verdict.counts and picked.arms is not None


def _end(picked: Picked, verdict: Verdict, now: int) -> dict[str, Any]:
    return {
        **bound(picked),
        "number": picked.attempt,
        "outcome": verdict.outcome,
        "ended_at": now,
        "reason": verdict.reason,
        "provider_id": verdict.provider_id or None,
        "cost": verdict.cost,
    }


def _move(picked: Picked, verdict: Verdict, now: int) -> dict[str, Any]:
    return {
        **bound(picked),
        "status": verdict.status,
        "retries": verdict.retries,
        "not_before": verdict.not_before,
        "doubtful": verdict.doubtful,
        "sent_at": now if verdict.counts else None,
        "final_at": now if verdict.final else None,
    }


def _clock(picked: Picked, now: int) -> dict[str, Any]:
    key = {"in_bucket": picked.bucket, "in_box": picked.box_id, "in_session": picked.session_id}
    return {**key, "of_wait": picked.arms, "now": now}
