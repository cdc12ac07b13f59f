"""Version 2: many processes on one database, schedules and broadcasts, spending, pauses, and the audit.

What stood only in sealed records and is now looked for in plain, the zone, is taken out of them.
"""

from __future__ import annotations

import msgspec
from alembic.operations import Operations
from sqlalchemy import (
    BigInteger,
    Connection,
    Integer,
    LargeBinary,
    Text,
    bindparam,
    column,
    func,
    select,
    table,
    update,
)

from engine.migrations.columns import box_key, index, key, may, need
from engine.vault import Vault

_box = table("box", column("bucket", Integer), column("box_id", BigInteger), column("accepted", BigInteger))
_event = table("event", column("bucket", Integer), column("box_id", BigInteger), column("state", Integer))
_COUNT_ACCEPTED = update(_box).values(
    accepted=select(func.count())
    .select_from(_event)
    .where(_event.c.bucket == _box.c.bucket, _event.c.box_id == _box.c.box_id, _event.c.state == 0)
    .scalar_subquery()
)


def upgrade(op: Operations, vault: Vault) -> None:
    """From version 1."""
    _boxes(op)
    _audit(op)
    _messages(op)
    _people(op)
    _processes(op)
    _versions(op)
    _plans(op)
    op.get_bind().execute(_COUNT_ACCEPTED)
    for name, identity in (("worker", "worker_id"), ("facility", "code")):
        _zones(op.get_bind(), vault, name, identity)


def _boxes(op: Operations) -> None:
    op.add_column("box", need("accepted", default="0"))
    op.add_column("box", need("audit_n", default="0"))
    op.add_column("box", may("audit_head", LargeBinary))
    op.add_column("box", may("merged_into"))
    index(op, "ix_event_parked", "event", ["at"], where="state = 2")
    op.drop_index("ix_session_same", "session")
    index(op, "ix_event_reply", "event", ["bucket", "box_id"], where="reply IS NOT NULL")


def _audit(op: Operations) -> None:
    op.create_table(
        "taken",
        key("bucket", Integer),
        key("flow", Text),
        key("value_key", Text),
        need("box_id"),
        need("session_id"),
        need("worker_id", Text, ""),
        need("at"),
        sqlite_with_rowid=False,
    )
    index(op, "ix_taken_box", "taken", ["box_id"])
    op.create_table(
        "follower",
        *box_key(),
        key("session_id"),
        key("topic", Text),
        need("program", Text),
        sqlite_with_rowid=False,
    )
    index(op, "ix_follower_topic", "follower", ["topic"])
    index(op, "ix_follower_program", "follower", ["program"])
    op.create_table(
        "audit",
        *box_key(),
        key("n"),
        need("at"),
        need("actor", Text),
        need("what", Text),
        need("detail", LargeBinary),
        need("digest", LargeBinary),
        need("mac", LargeBinary),
        may("anchor"),
    )
    index(op, "ix_audit_at", "audit", ["at"])
    index(op, "ix_audit_anchor", "audit", ["anchor"])
    op.create_table(
        "audit_anchor",
        key("n"),
        need("at"),
        need("root", LargeBinary),
        need("mac", LargeBinary),
    )


def _messages(op: Operations) -> None:
    op.add_column("outbox", need("flow", Text, ""))
    op.add_column("outbox", may("broadcast"))
    op.add_column("outbox", need("cost", default="0"))
    op.add_column("attempt", need("epoch", default="0"))
    op.add_column("attempt", need("receipt_code", Text, ""))
    op.add_column("attempt", need("receipt_cost", Text, ""))
    op.add_column("attempt", may("chain"))
    op.add_column("mail", need("cursor", Text, ""))
    op.add_column("mail", need("kind", Text, "letter"))


def _people(op: Operations) -> None:
    op.add_column("worker", need("zone", Text, ""))
    op.add_column("facility", need("zone", Text, ""))
    op.add_column("line", need("said", Text, ""))
    op.add_column("line", may("stopped_row"))
    index(op, "ix_line_box", "line", ["bucket", "box_id"])
    index(op, "ix_worker_zone", "worker", ["zone"], where="zone <> ''")


def _processes(op: Operations) -> None:
    op.add_column("channel", may("owner"))
    op.add_column("channel", need("epoch", default="0"))
    op.add_column("channel", need("lease_until", default="0"))
    op.add_column("channel", need("paced_until", default="0"))
    op.create_table(
        "process",
        key("process_id"),
        need("release", Text),
        need("host", Text, ""),
        need("started_at"),
        need("beat_at"),
        may("stopped_at"),
    )
    op.create_table(
        "spending",
        key("channel_id", Text),
        key("day", Text),
        need("parts", default="0"),
        need("cost", default="0"),
    )
    op.create_table(
        "pause",
        key("kind", Text),
        key("name", Text),
        need("at"),
        need("actor", Text),
        need("reason", Text, ""),
    )


def _versions(op: Operations) -> None:
    op.create_table("current", key("flow", Text), need("hash", Text), need("filed", Text, ""), need("at"))


def _plans(op: Operations) -> None:
    op.create_table(
        "schedule_run",
        key("schedule", Text),
        key("date", Text),
        key("zone", Text),
        need("state", Text),
        need("cursor", Text, ""),
        need("reached", default="0"),
        need("started_at"),
        may("done_at"),
    )
    index(op, "ix_schedule_run_going", "schedule_run", ["started_at"], where="state = 'going'")
    index(op, "ix_schedule_run_known", "schedule_run", ["schedule", "zone"], where="state = 'known'")
    op.create_table(
        "broadcast",
        key("broadcast_id"),
        need("flow", Text, ""),
        need("state", Text),
        need("actor", Text, ""),
        need("cursor", Text, ""),
        need("total", default="0"),
        need("reached", default="0"),
        need("made_at"),
        need("due_at"),
        may("done_at"),
        need("body", LargeBinary),
    )
    index(op, "ix_broadcast_due", "broadcast", ["due_at"], where="done_at IS NULL")


def _zones(connection: Connection, vault: Vault, name: str, identity: str) -> None:
    """The zone of each record that has one, beside it."""
    rows = table(name, column(identity, Text), column("record", LargeBinary), column("zone", Text))
    put = update(rows).where(rows.c[identity] == bindparam("of")).values(zone=bindparam("found"))
    for key_of_row, record in connection.execute(select(rows.c[identity], rows.c.record)).all():
        zone = msgspec.msgpack.decode(vault.open(name, 0, key_of_row, record)).get("zone")
        if isinstance(zone, str) and zone:
            connection.execute(put, {"of": key_of_row, "found": zone})
