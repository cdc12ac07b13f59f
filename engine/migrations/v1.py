"""Version 1: the tables as they were first."""

from __future__ import annotations

from alembic.operations import Operations
from sqlalchemy import Boolean, Float, Integer, LargeBinary, SmallInteger, Text

from engine.migrations.columns import box_key, index, key, may, need
from engine.vault import Vault


def upgrade(op: Operations, _vault: Vault) -> None:
    """All tables, in an empty database."""
    _boxes(op)
    _conversations(op)
    _messages(op)
    _people(op)
    _house(op)


def _boxes(op: Operations) -> None:
    op.create_table(
        "box",
        *box_key(),
        need("next_event", default="1"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "seen",
        *box_key(),
        key("line_id"),
        key("key", Text),
        need("event_n"),
        need("at"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "event",
        *box_key(),
        key("n"),
        need("kind", Text),
        need("state", SmallInteger),
        may("session_id"),
        may("seq"),
        need("line_id"),
        need("channel", Text),
        need("tries", SmallInteger, "0"),
        need("at"),
        need("body", LargeBinary),
        may("facts", LargeBinary),
        may("reply", LargeBinary),
        may("fault", LargeBinary),
    )
    index(op, "ix_event_accepted", "event", ["bucket", "box_id", "n"], where="state = 0")
    index(
        op,
        "uq_event_fence",
        "event",
        ["bucket", "box_id", "session_id", "seq"],
        where="session_id IS NOT NULL",
        unique=True,
    )


def _conversations(op: Operations) -> None:
    op.create_table(
        "session",
        *box_key(),
        key("session_id"),
        may("worker_id", Text),
        need("program", Text),
        need("status", Text),
        need("urgency", SmallInteger, "0"),
        need("seq"),
        need("wait"),
        need("line_id"),
        need("answered", default="0"),
        need("state", LargeBinary),
        need("outcome", Text, ""),
        need("same", Text, ""),
        need("started_at"),
        need("changed_at"),
        may("ended_at"),
    )
    index(op, "ix_session_open", "session", ["bucket", "box_id"], where="status <> 'ended'")
    index(op, "ix_session_program", "session", ["program", "started_at"])
    index(op, "ix_session_same", "session", ["same"], where="status <> 'ended'")
    index(op, "uq_session_floor", "session", ["bucket", "box_id", "line_id"], where="status = 'waiting'", unique=True)
    op.create_table(
        "answer",
        *box_key(),
        key("session_id"),
        key("n"),
        need("question", Text),
        need("turn", Text, ""),
        need("round", Integer),
        need("label", Text, ""),
        may("code", Text),
        may("number", Float),
        need("value", LargeBinary),
        need("raw", LargeBinary),
        need("sensitive", Boolean),
        need("aside", Boolean),
        need("at"),
    )
    op.create_table(
        "timer",
        *box_key(),
        key("session_id"),
        key("name", Text),
        may("guard"),
        may("after"),
        need("due_at"),
        sqlite_with_rowid=False,
    )
    index(op, "ix_timer_due", "timer", ["due_at"])


def _messages(op: Operations) -> None:
    op.create_table(
        "outbox",
        *box_key(),
        key("out_id"),
        may("session_id"),
        may("seq"),
        may("item", Integer),
        need("line_id"),
        need("channel", Text),
        need("class", SmallInteger),
        need("status", Text),
        need("parts", Integer),
        need("tries", Integer),
        need("retries", Integer),
        need("doubtful", Boolean),
        need("queued_at"),
        need("not_before"),
        need("expires_at"),
        may("arms"),
        may("sent_at"),
        may("final_at"),
        need("body", LargeBinary),
    )
    index(op, "ix_outbox_queued", "outbox", ["channel", "class", "not_before", "out_id"], where="status = 'queued'")
    index(
        op,
        "ix_outbox_unfinished",
        "outbox",
        ["bucket", "box_id", "session_id", "seq", "item"],
        where="status IN ('queued', 'sending')",
    )
    index(
        op,
        "uq_outbox_item",
        "outbox",
        ["bucket", "box_id", "session_id", "seq", "item"],
        where="item IS NOT NULL",
        unique=True,
    )
    op.create_table(
        "attempt",
        *box_key(),
        key("out_id"),
        key("try", Integer),
        need("process"),
        need("started_at"),
        may("ended_at"),
        may("outcome", Text),
        need("reason", Text, ""),
        may("provider_id", Text),
        need("cost", Text, ""),
        need("receipt", Text, ""),
    )
    index(op, "ix_attempt_open", "attempt", ["process"], where="outcome IS NULL")
    index(op, "ix_attempt_provider", "attempt", ["provider_id"], where="provider_id IS NOT NULL")
    op.create_table(
        "mail",
        *box_key(),
        key("session_id"),
        key("seq"),
        key("item", Integer),
        may("sender", Text),
        need("target", Text),
        need("due_at"),
        may("done_at"),
        need("reached", Integer, "0"),
        need("body", LargeBinary),
    )
    index(op, "ix_mail_due", "mail", ["due_at"], where="done_at IS NULL")
    op.create_table(
        "claim",
        *box_key(),
        key("claim_id"),
        need("worker_id", Text),
        need("field", Text),
        need("old", LargeBinary),
        need("new", LargeBinary),
        need("state", Text),
        need("session_id"),
        need("at"),
    )


def _people(op: Operations) -> None:
    op.create_table(
        "line",
        key("line_id"),
        need("kind", Text),
        need("address_key", Text),
        need("address", LargeBinary),
        need("bucket", Integer),
        need("box_id"),
        need("channel", Text, ""),
        may("stopped_at"),
        may("spoke_at"),
        may("greeted_at"),
        may("silent_at"),
    )
    index(op, "uq_line_address", "line", ["kind", "address_key"], unique=True)
    op.create_table(
        "worker",
        key("worker_id", Text),
        need("job", Text, ""),
        need("facility", Text, ""),
        need("district", Text, ""),
        need("supervisor", Text, ""),
        need("record", LargeBinary),
        may("pin_mac", LargeBinary),
        need("pin_wrong", Integer, "0"),
        may("pin_wrong_at"),
        may("stopped_at"),
        need("changed_at"),
    )
    index(op, "ix_worker_district", "worker", ["job", "district"])
    index(op, "ix_worker_job", "worker", ["job", "facility"])
    op.create_table(
        "worker_line",
        key("worker_id", Text),
        key("line_id"),
        need("rank", Integer),
        sqlite_with_rowid=False,
    )
    index(op, "ix_worker_line_line", "worker_line", ["line_id"])
    op.create_table(
        "membership",
        key("group_name", Text),
        key("worker_id", Text),
        sqlite_with_rowid=False,
    )
    index(op, "ix_membership_worker", "membership", ["worker_id"])
    op.create_table(
        "facility",
        key("code", Text),
        need("district", Text, ""),
        need("record", LargeBinary),
    )


def _house(op: Operations) -> None:
    op.create_table(
        "program",
        key("hash", Text),
        need("flow", Text),
        need("code", LargeBinary),
        need("published_at"),
    )
    op.create_table(
        "channel",
        key("channel_id", Text),
        need("state", Text),
        need("reason", Text, ""),
        need("since"),
    )
    op.create_table(
        "early_receipt",
        key("channel", Text),
        key("provider_id", Text),
        key("status", Text),
        need("at"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "meta",
        key("name", Text),
        need("value", Text),
    )
