"""The tables: every key of a hot table begins with bucket and box, and none of them has a foreign key.

Times are milliseconds UTC, ids 63 bits made by the application, `LargeBinary` columns are sealed (see `vault`).
The unique indexes are the fences: a second step from one state, a second waiting question on a line and a second
row for one message are refused by them alone.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.types import TypeEngine

VERSION = 3
"""Counts up with every migration (engine/migrations)."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)


_Kind = type[TypeEngine[Any]]


def _key(name: str, kind: _Kind = BigInteger) -> Column[Any]:
    return Column(name, kind, primary_key=True, autoincrement=False)


def _need(name: str, kind: _Kind = BigInteger, default: str | None = None) -> Column[Any]:
    return Column(name, kind, nullable=False, server_default=default)


def _may(name: str, kind: _Kind = BigInteger) -> Column[Any]:
    return Column(name, kind, nullable=True)


def _hot(name: str, *columns: Column[Any], rowid: bool = True) -> Table:
    return Table(name, metadata, _key("bucket", Integer), _key("box_id"), *columns, sqlite_with_rowid=rowid)


def _index(name: str, *columns: Column[Any], where: str = "", unique: bool = False) -> Index:
    if not where:
        return Index(name, *columns, unique=unique)
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


# accepted: events that wait to be stepped, before anything newer.  audit_n, audit_head: where the box's chain is.
# merged_into: the box that this one became a part of; nothing else is left of it.
box = _hot(
    "box",
    _need("next_event", default="1"),
    _need("accepted", default="0"),
    _need("audit_n", default="0"),
    _may("audit_head", LargeBinary),
    _may("merged_into"),
    rowid=False,
)

seen = _hot("seen", _key("line_id"), _key("key", Text), _need("event_n"), _need("at"), rowid=False)

# state: 0 accepted, 1 applied, 2 parked.  session_id of what is parked: the conversation that is parked with it.
# reply: what a request of a call was answered with; other messages are answered by messages, and a repeat by nothing.
event = _hot(
    "event",
    _key("n"),
    _need("kind", Text),
    _need("state", SmallInteger),
    _may("session_id"),
    _may("seq"),
    _need("line_id"),
    _need("channel", Text),
    _need("tries", SmallInteger, "0"),
    _need("at"),
    _need("body", LargeBinary),
    _may("facts", LargeBinary),
    _may("reply", LargeBinary),
    _may("fault", LargeBinary),
)
_index(
    "uq_event_fence",
    event.c.bucket,
    event.c.box_id,
    event.c.session_id,
    event.c.seq,
    where="session_id IS NOT NULL",
    unique=True,
)
_index("ix_event_accepted", event.c.bucket, event.c.box_id, event.c.n, where="state = 0")
_index("ix_event_parked", event.c.at, where="state = 2")
_index("ix_event_reply", event.c.bucket, event.c.box_id, where="reply IS NOT NULL")

# same: a digest of flow, worker and inputs.  No index is over it, for all that is compared by it stands in one box.
session = _hot(
    "session",
    _key("session_id"),
    _may("worker_id", Text),
    _need("program", Text),
    _need("status", Text),
    _need("urgency", SmallInteger, "0"),
    _need("seq"),
    _need("wait"),
    _need("line_id"),
    _need("answered", default="0"),
    _need("state", LargeBinary),
    _need("outcome", Text, ""),
    _need("same", Text, ""),
    _need("started_at"),
    _need("changed_at"),
    _may("ended_at"),
)
_index(
    "uq_session_floor",
    session.c.bucket,
    session.c.box_id,
    session.c.line_id,
    where="status = 'waiting'",
    unique=True,
)
_index("ix_session_open", session.c.bucket, session.c.box_id, where="status <> 'ended'")
_index("ix_session_program", session.c.program, session.c.started_at)

answer = _hot(
    "answer",
    _key("session_id"),
    _key("n"),
    _need("question", Text),
    _need("turn", Text, ""),
    _need("round", Integer),
    _need("label", Text, ""),
    _may("code", Text),
    _may("number", Float),
    _need("value", LargeBinary),
    _need("raw", LargeBinary),
    _need("sensitive", Boolean),
    _need("aside", Boolean),
    _need("at"),
)

timer = _hot(
    "timer", _key("session_id"), _key("name", Text), _may("guard"), _may("after"), _need("due_at"), rowid=False
)
_index("ix_timer_due", timer.c.due_at)

outbox = _hot(
    "outbox",
    _key("out_id"),
    _may("session_id"),
    _may("seq"),
    _may("item", Integer),
    _need("line_id"),
    _need("channel", Text),
    _need("class", SmallInteger),
    _need("status", Text),
    _need("parts", Integer),
    _need("tries", Integer),
    _need("retries", Integer),
    _need("doubtful", Boolean),
    _need("queued_at"),
    _need("not_before"),
    _need("expires_at"),
    _may("arms"),
    _may("sent_at"),
    _may("final_at"),
    _need("body", LargeBinary),
    _need("flow", Text, ""),
    _may("broadcast"),
    _need("cost", default="0"),
)
# Over the item, so that the planner never takes this index where the one over unfinished messages is meant.
_index(
    "uq_outbox_item",
    outbox.c.bucket,
    outbox.c.box_id,
    outbox.c.session_id,
    outbox.c.seq,
    outbox.c.item,
    where="item IS NOT NULL",
    unique=True,
)
_index(
    "ix_outbox_queued",
    outbox.c.channel,
    outbox.c["class"],
    outbox.c.not_before,
    outbox.c.out_id,
    where="status = 'queued'",
)
_index(
    "ix_outbox_unfinished",
    outbox.c.bucket,
    outbox.c.box_id,
    outbox.c.session_id,
    outbox.c.seq,
    outbox.c.item,
    where="status IN ('queued', 'sending')",
)

# chain: how long the box's chain was when it was picked.  What came first is told by that, and by no clock.
attempt = _hot(
    "attempt",
    _key("out_id"),
    _key("try", Integer),
    _need("process"),
    _need("started_at"),
    _may("ended_at"),
    _may("outcome", Text),
    _need("reason", Text, ""),
    _may("provider_id", Text),
    _need("cost", Text, ""),
    _need("receipt", Text, ""),
    _need("epoch", default="0"),
    _need("receipt_code", Text, ""),
    _need("receipt_cost", Text, ""),
    _may("chain"),
)
_index("ix_attempt_provider", attempt.c.provider_id, where="provider_id IS NOT NULL")
_index("ix_attempt_open", attempt.c.process, where="outcome IS NULL")

# kind: letter, start, take.
mail = _hot(
    "mail",
    _key("session_id"),
    _key("seq"),
    _key("item", Integer),
    _may("sender", Text),
    _need("target", Text),
    _need("due_at"),
    _may("done_at"),
    _need("reached", Integer, "0"),
    _need("body", LargeBinary),
    _need("cursor", Text, ""),
    _need("kind", Text, "letter"),
)
_index("ix_mail_due", mail.c.due_at, where="done_at IS NULL")

# state: applied, review, dropped.  address: the digest of a new phone number that may be confirmed ("": none).
claim = _hot(
    "claim",
    _key("claim_id"),
    _need("worker_id", Text),
    _need("field", Text),
    _need("old", LargeBinary),
    _need("new", LargeBinary),
    _need("state", Text),
    _need("session_id"),
    _need("at"),
    _need("address", Text, ""),
)
_index("ix_claim_address", claim.c.address, where="address <> ''")

# One of several takes a thing (RULES X1); in the bucket of the thing, not of who took it.
taken = Table(
    "taken",
    metadata,
    _key("bucket", Integer),
    _key("flow", Text),
    _key("value_key", Text),
    _need("box_id"),
    _need("session_id"),
    _need("worker_id", Text, ""),
    _need("at"),
    sqlite_with_rowid=False,
)
_index("ix_taken_box", taken.c.box_id)

# Which conversation hears of what (RULES X1, X2).  topic: its digest.  program: the version that it ran then.
follower = _hot("follower", _key("session_id"), _key("topic", Text), _need("program", Text), rowid=False)
_index("ix_follower_topic", follower.c.topic)
_index("ix_follower_program", follower.c.program)

# One chain a box; `digest` stands for what happened, so that what retention wipes can go.  anchor: which covers it.
audit = _hot(
    "audit",
    _key("n"),
    _need("at"),
    _need("actor", Text),
    _need("what", Text),
    _need("detail", LargeBinary),
    _need("digest", LargeBinary),
    _need("mac", LargeBinary),
    _may("anchor"),
)
_index("ix_audit_at", audit.c.at)
_index("ix_audit_anchor", audit.c.anchor)

audit_anchor = Table(
    "audit_anchor", metadata, _key("n"), _need("at"), _need("root", LargeBinary), _need("mac", LargeBinary)
)

# said: a digest of what was written last from here.  stopped_row: the row of the box's chain that tells of its STOP.
line = Table(
    "line",
    metadata,
    _key("line_id"),
    _need("kind", Text),
    _need("address_key", Text),
    _need("address", LargeBinary),
    _need("bucket", Integer),
    _need("box_id"),
    _need("channel", Text, ""),
    _may("stopped_at"),
    _may("stopped_row"),
    _may("spoke_at"),
    _may("greeted_at"),
    _may("silent_at"),
    _need("said", Text, ""),
)
_index("uq_line_address", line.c.kind, line.c.address_key, unique=True)
_index("ix_line_box", line.c.bucket, line.c.box_id)

worker = Table(
    "worker",
    metadata,
    _key("worker_id", Text),
    _need("job", Text, ""),
    _need("facility", Text, ""),
    _need("district", Text, ""),
    _need("supervisor", Text, ""),
    _need("zone", Text, ""),
    _need("record", LargeBinary),
    _may("pin_mac", LargeBinary),
    _need("pin_wrong", Integer, "0"),
    _may("pin_wrong_at"),
    _may("stopped_at"),
    _need("changed_at"),
)
_index("ix_worker_job", worker.c.job, worker.c.facility)
_index("ix_worker_district", worker.c.job, worker.c.district)
_index("ix_worker_zone", worker.c.zone, where="zone <> ''")

worker_line = Table(
    "worker_line",
    metadata,
    _key("worker_id", Text),
    _key("line_id"),
    _need("rank", Integer),
    sqlite_with_rowid=False,
)
_index("ix_worker_line_line", worker_line.c.line_id)

membership = Table("membership", metadata, _key("group_name", Text), _key("worker_id", Text), sqlite_with_rowid=False)
_index("ix_membership_worker", membership.c.worker_id)

facility = Table(
    "facility",
    metadata,
    _key("code", Text),
    _need("district", Text, ""),
    _need("zone", Text, ""),
    _need("record", LargeBinary),
)

program = Table(
    "program", metadata, _key("hash", Text), _need("flow", Text), _need("code", LargeBinary), _need("published_at")
)

# Which version of a flow new conversations run; hash "": none.  filed: what the flows folder said last.
current = Table("current", metadata, _key("flow", Text), _need("hash", Text), _need("filed", Text, ""), _need("at"))

# owner: the process that sends, until lease_until; epoch: counts the owners.  paced_until: when the next part may go.
channel = Table(
    "channel",
    metadata,
    _key("channel_id", Text),
    _need("state", Text),
    _need("reason", Text, ""),
    _need("since"),
    _may("owner"),
    _need("epoch", default="0"),
    _need("lease_until", default="0"),
    _need("paced_until", default="0"),
)

process = Table(
    "process",
    metadata,
    _key("process_id"),
    _need("release", Text),
    _need("host", Text, ""),
    _need("started_at"),
    _need("beat_at"),
    _may("stopped_at"),
)

# What a channel sent in a day (its own zone's date): parts, and cost in millionths of the deployment's currency.
spending = Table(
    "spending",
    metadata,
    _key("channel_id", Text),
    _key("day", Text),
    _need("parts", default="0"),
    _need("cost", default="0"),
)

# kind: all, channel, flow, broadcast.  name: which one, "" for all.
pause = Table(
    "pause",
    metadata,
    _key("kind", Text),
    _key("name", Text),
    _need("at"),
    _need("actor", Text),
    _need("reason", Text, ""),
)

# state: going, done, stopped, missed; or known, without a date: since when it is looked at.
# cursor: the last worker who was reached.
schedule_run = Table(
    "schedule_run",
    metadata,
    _key("schedule", Text),
    _key("date", Text),
    _key("zone", Text),
    _need("state", Text),
    _need("cursor", Text, ""),
    _need("reached", default="0"),
    _need("started_at"),
    _may("done_at"),
)
_index("ix_schedule_run_going", schedule_run.c.started_at, where="state = 'going'")
_index("ix_schedule_run_known", schedule_run.c.schedule, schedule_run.c.zone, where="state = 'known'")

# body: what is sent to whom, sealed.
broadcast = Table(
    "broadcast",
    metadata,
    _key("broadcast_id"),
    _need("flow", Text, ""),
    _need("state", Text),
    _need("actor", Text, ""),
    _need("cursor", Text, ""),
    _need("total", default="0"),
    _need("reached", default="0"),
    _need("made_at"),
    _need("due_at"),
    _may("done_at"),
    _need("body", LargeBinary),
)
_index("ix_broadcast_due", broadcast.c.due_at, where="done_at IS NULL")

early_receipt = Table(
    "early_receipt",
    metadata,
    _key("channel", Text),
    _key("provider_id", Text),
    _key("status", Text),
    _need("at"),
    sqlite_with_rowid=False,
)

meta = Table("meta", metadata, _key("name", Text), _need("value", Text))
