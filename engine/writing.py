"""The rows of one transaction are written here and nowhere else: one statement a table, the fences first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    and_,
    bindparam,
    case,
    delete,
    insert,
    literal_column,
    or_,
    update,
)

from engine import replies, schema
from engine.audit import NEW_AUDIT
from engine.columns import at_once
from engine.digests import LENGTHEN
from engine.enrolment import PLAIN
from engine.ids import bucket_of
from engine.locks import Held
from engine.outgoing import CLASSES
from engine.rows import Rows, Table
from engine.sets import many, put
from engine.survey import UNFINISHED

_box, _event, _session, _answer = schema.box, schema.event, schema.session, schema.answer
_timer, _outbox, _link, _line, _worker = schema.timer, schema.outbox, schema.worker_line, schema.line, schema.worker

_KEY = ["bucket", "box_id"]

_STEPPED = ("kind", "state", "session_id", "seq", "line_id", "channel", "at", "body", "facts")
_STEP_EVENT = (
    update(_event)
    .where(
        _event.c.bucket == bindparam("in_bucket"),
        _event.c.box_id == bindparam("in_box"),
        _event.c.n == bindparam("number"),
        _event.c.state == 0,
    )
    .values({name: bindparam(name) for name in _STEPPED})
)
_PUT_SESSION = put(
    _session,
    [*_KEY, "session_id"],
    [
        "worker_id",
        "program",
        "status",
        "seq",
        "wait",
        "line_id",
        "answered",
        "state",
        "outcome",
        "same",
        "changed_at",
        "ended_at",
    ],
)
_LET_GO = (
    update(_session)
    .where(
        _session.c.bucket == bindparam("in_bucket"),
        _session.c.box_id == bindparam("in_box"),
        _session.c.session_id == bindparam("in_session"),
        _session.c.status == literal_column("'waiting'"),
    )
    .values(status="suspended")
)
_ASIDE = (
    update(_answer)
    .where(
        _answer.c.bucket == bindparam("in_bucket"),
        _answer.c.box_id == bindparam("in_box"),
        _answer.c.session_id == bindparam("in_session"),
        _answer.c.question == bindparam("of_question"),
        _answer.c.turn == bindparam("of_turn"),
    )
    .values(aside=True)
)
_FIRED = delete(_timer).where(
    _timer.c.bucket == bindparam("in_bucket"),
    _timer.c.box_id == bindparam("in_box"),
    _timer.c.session_id == bindparam("in_session"),
    _timer.c.name == bindparam("named"),
)
_OVER = delete(_timer).where(
    _timer.c.bucket == bindparam("in_bucket"),
    _timer.c.box_id == bindparam("in_box"),
    _timer.c.session_id == bindparam("in_session"),
    or_(and_(_timer.c.guard.is_not(None), _timer.c.guard < bindparam("wait")), bindparam("ended", type_=Boolean)),
)
_PUT_TIMER = put(_timer, [*_KEY, "session_id", "name"], ["guard", "after", "due_at"])
_STOP_QUEUED = (
    update(_outbox)
    .where(
        _outbox.c.bucket == bindparam("in_bucket"),
        _outbox.c.box_id == bindparam("in_box"),
        _outbox.c.line_id == bindparam("in_line"),
        _outbox.c.status == literal_column("'queued'"),
        _outbox.c["class"] != 0,
        _outbox.c.parts > 0,  # a report that was given, or an action, is no message to who stopped
    )
    .values(status="stopped")
)
_now = bindparam("now", type_=BigInteger)
# The worker spoke: what may have reached him already is not sent again, and what follows need not wait for it; he needs
# no reminder; and what else the conversation had to say yet belongs to the answer, and goes with it and before it.
# An action (it has no parts) is tried again whatever he says: its conversation waits for it.
_waits_on = _outbox.c.doubtful | (_outbox.c.retries > 0) | (_outbox.c.not_before == _outbox.c.expires_at)
_HEARD = (
    update(_outbox)
    .where(
        _outbox.c.bucket == bindparam("in_bucket"),
        _outbox.c.box_id == bindparam("in_box"),
        _outbox.c.session_id == bindparam("in_session"),
        _outbox.c.status.in_(UNFINISHED),
        _outbox.c.status == literal_column("'queued'"),
        _outbox.c.doubtful | (_outbox.c["class"] > CLASSES["reply"]) | (_outbox.c.not_before > _now),
        _outbox.c.parts > 0,
    )
    .values(
        {
            "status": case(
                (_outbox.c.doubtful, "unknown"),
                (_outbox.c["class"] == CLASSES["reminder"], "overtaken"),
                else_="queued",
            ),
            "class": case((_outbox.c["class"] > CLASSES["reply"], CLASSES["reply"]), else_=_outbox.c["class"]),
            "not_before": case((_waits_on, _outbox.c.not_before), else_=bindparam("now", type_=BigInteger)),
        }
    )
)
# Another conversation took its place: what it had to say yet would only confuse.
_is_queued = _outbox.c.status == literal_column("'queued'")
_WITHDRAW = (
    update(_outbox)
    .where(
        _outbox.c.bucket == bindparam("in_bucket"),
        _outbox.c.box_id == bindparam("in_box"),
        _outbox.c.session_id == bindparam("in_session"),
        _outbox.c.status.in_(UNFINISHED),
        _outbox.c.parts > 0,
    )
    .values(
        status=case((_is_queued, "expired"), else_=_outbox.c.status),
        final_at=case((_is_queued, bindparam("now", type_=BigInteger)), else_=_outbox.c.final_at),
        expires_at=bindparam("now", type_=BigInteger),  # what is on its way just now is not tried again
    )
)
_CHANGE_WORKER = (
    update(_worker)
    .where(_worker.c.worker_id == bindparam("worker"))
    .values({name: bindparam(name) for name in (*PLAIN, "record", "changed_at")})
)
_PINS = (
    update(_worker)
    .where(_worker.c.worker_id == bindparam("worker"))
    .values(pin_wrong=bindparam("wrong"), pin_wrong_at=bindparam("wrong_at"))
)
_NEW_PIN = update(_worker).where(_worker.c.worker_id == bindparam("worker")).values(pin_mac=bindparam("mac"))
_STOP_WORKER = update(_worker).where(_worker.c.worker_id == bindparam("worker")).values(stopped_at=bindparam("at"))
_JOIN = put(schema.membership, ["group_name", "worker_id"])
_LEAVE = delete(schema.membership).where(
    schema.membership.c.group_name == bindparam("of_group"), schema.membership.c.worker_id == bindparam("worker")
)
_LINE = ("channel", "stopped_at", "spoke_at", "greeted_at", "silent_at", "said")
_CHANGE_LINE = (
    update(_line).where(_line.c.line_id == bindparam("line")).values({name: bindparam(name) for name in _LINE})
)
_STOP_ROW = update(_line).where(_line.c.line_id == bindparam("line")).values(stopped_row=bindparam("row"))
_COUNT_BOX = (
    update(_box)
    .where(_box.c.bucket == bindparam("in_bucket"), _box.c.box_id == bindparam("in_box"))
    .values(
        next_event=bindparam("number"),
        accepted=bindparam("waiting"),
        audit_n=bindparam("chained"),
        audit_head=bindparam("head"),
    )
)
_FOLLOW = put(schema.follower, [*_KEY, "session_id", "topic"])
_FREE = delete(schema.taken).where(
    schema.taken.c.bucket == bindparam("in_bucket"),
    schema.taken.c.flow == bindparam("of_flow"),
    schema.taken.c.value_key == bindparam("thing"),
    schema.taken.c.session_id == bindparam("by"),
)
_NEW_EVENT, _NEW_ANSWER, _NEW_OUTBOX = insert(_event), insert(_answer), insert(_outbox)
_NEW_SEEN, _NEW_MAIL, _NEW_CLAIM = insert(schema.seen), insert(schema.mail), insert(schema.claim)

_named, _whose = itemgetter("session_id", "name"), itemgetter("worker")


def write(connection: Connection, rows: Rows) -> None:
    """Write them all; IntegrityError where a fence refuses one, and then nothing may be committed."""
    at_once(connection, _NEW_SEEN, rows.seen)
    at_once(connection, _NEW_EVENT, rows.events)
    at_once(connection, _STEP_EVENT, [_stepped(row) for row in rows.stepped])
    # Whoever lets the floor go is written before whoever takes it; of two that change lines, each finds the other.
    many(connection, _LET_GO, [*rows.carried.values()])
    sessions = sorted(rows.sessions.values(), key=lambda row: row["status"] == "waiting")
    at_once(connection, _PUT_SESSION, sessions)
    at_once(connection, _ASIDE, rows.aside)
    at_once(connection, _NEW_ANSWER, rows.answers)
    at_once(connection, _FIRED, rows.fired)
    at_once(connection, _PUT_TIMER, _last(rows.timers, _named))
    at_once(connection, _OVER, rows.over)  # last: what one event of the batch set, a later one may have ended
    at_once(connection, _STOP_QUEUED, rows.stopped)
    many(connection, _HEARD, [{**row, "now": rows.now} for row in rows.heard])
    at_once(connection, _NEW_OUTBOX, rows.outbox)
    many(connection, LENGTHEN, [*rows.lengthened.values()])  # after those that are new just now
    replies.write(connection, rows)
    at_once(connection, _WITHDRAW, rows.replaced)
    at_once(connection, _NEW_MAIL, rows.mail)
    at_once(connection, _NEW_CLAIM, rows.claims)
    at_once(connection, _FOLLOW, rows.follows)
    at_once(connection, _FREE, rows.freed)
    _write_people(connection, rows)
    at_once(connection, NEW_AUDIT, rows.audits)
    changed = (held for box, held in rows.held.items() if held is not rows.found.get(box))
    at_once(connection, _COUNT_BOX, [_counted(held) for held in changed])


def _last(rows: Table, key: Callable[[dict[str, Any]], object]) -> Table:
    """What one event of the batch wrote, a later one may have written anew: of rows with one key the last."""
    return list({key(row): row for row in rows}.values())


def _counted(held: Held) -> dict[str, Any]:
    key = {"in_bucket": bucket_of(held.box_id), "in_box": held.box_id}
    chain = {"chained": held.audit_n, "head": held.audit_head}
    return {**key, "number": held.next_event, "waiting": held.accepted, **chain}


def _stepped(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row of an event that was accepted before, as the statement names its key."""
    key = {"in_bucket": row["bucket"], "in_box": row["box_id"], "number": row["n"]}
    return {**key, **{name: row[name] for name in _STEPPED}}


def _write_people(connection: Connection, rows: Rows) -> None:
    at_once(connection, _CHANGE_WORKER, list(rows.workers.values()))
    at_once(connection, _PINS, _last(rows.pins, _whose))
    at_once(connection, _NEW_PIN, _last(rows.new_pins, _whose))
    member = rows.memberships.items()
    at_once(connection, _JOIN, [{"group_name": group, "worker_id": who} for (group, who), is_in in member if is_in])
    at_once(connection, _LEAVE, [{"of_group": group, "worker": who} for (group, who), is_in in member if not is_in])
    at_once(connection, _CHANGE_LINE, rows.lines)
    at_once(connection, _STOP_ROW, _last(rows.stop_rows, itemgetter("line")))
    at_once(connection, _STOP_WORKER, _last(rows.worker_stops, _whose))
