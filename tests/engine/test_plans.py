"""No statement of the hot path walks through a table: each finds its rows by a key or a partial index."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import ClauseElement, Connection, create_engine
from sqlalchemy.dialects import sqlite

from engine import (
    audience,
    broadcasts,
    calls,
    digests,
    enrolment,
    expiry,
    gauges,
    hearers,
    lines,
    loading,
    locks,
    mail,
    merging,
    people,
    picking,
    poison,
    receipts,
    replies,
    rounds,
    schedules,
    schema,
    settling,
    survey,
    takings,
    tidying,
    timers,
    writing,
)

HOT = {
    "box",
    "seen",
    "event",
    "session",
    "answer",
    "timer",
    "outbox",
    "before",
    "attempt",
    "mail",
    "claim",
    "line",
    "taken",
    "follower",
}

STATEMENTS: dict[str, tuple[ClauseElement, str]] = {
    "lines by address": (lines.BY_ADDRESS, "uq_line_address"),
    "boxes to lock": (locks._SORTED, "box"),
    "open sessions": (loading._SESSIONS, "ix_session_open"),
    "timers of a batch": (loading._DUE, "timer"),
    "lines of boxes": (loading._LINES_IN, "ix_line_box"),
    "who has them": (loading._LINES_IN, "ix_worker_line_line"),
    "who speaks": (people._SPEAKERS, "worker"),
    "what was handed over": (loading._HANDED, "uq_outbox_item"),
    "what there was before": (loading._SEEN, "seen"),
    "messages to a lost line": (enrolment._WITHDRAW, "ix_outbox_unfinished"),
    "messages to a line that all lost": (enrolment._WITHDRAW_ALL, "ix_outbox_unfinished"),
    "conversations on lost lines": (tidying._THERE, "ix_session_open"),
    "who lets go of the floor": (writing._LET_GO, "session"),
    "due timers": (timers._DUE, "ix_timer_due"),
    "due mail": (mail._DUE, "ix_mail_due"),
    "the next messages": (survey._DUE, "ix_outbox_queued"),
    "messages to hand over": (picking._ROWS, "outbox"),
    "where a slice of the queue ends": (expiry._LAST, "(class,not_before,out_id)>(?,?,?)"),
    "what expired in a slice": (expiry._EXPIRED, "(class,not_before,out_id)<(?,?,?)"),
    "how much is queued": (gauges._QUEUED, "ix_outbox_queued"),
    "timers that should have fired": (gauges._TIMERS, "ix_timer_due"),
    "the next moment": (survey._LATER, "ix_outbox_queued"),
    "attempts without an outcome": (settling._LEFT, "ix_attempt_open"),
    "clocks of a question": (replies.START_CLOCKS, "timer"),
    "what receipts name": (receipts._STATUSES, "outbox"),
    "what providers name": (receipts._BY_PROVIDER, "ix_attempt_provider"),
    "accepted events": (poison._WAITING, "ix_event_accepted"),
    "what may have gone through": (writing._HEARD, "ix_outbox_unfinished"),
    "what is withdrawn": (writing._WITHDRAW, "ix_outbox_unfinished"),
    "timers that are over": (writing._OVER, "timer"),
    "answers put aside": (writing._ASIDE, "answer"),
    "what was replaced": (writing._WITHDRAW, "ix_outbox_unfinished"),
    "timers that fired": (writing._FIRED, "timer"),
    "rounds under way": (rounds._GOING, "ix_schedule_run_going"),
    "schedules that are known": (schedules._KNOWN, "ix_schedule_run_known"),
    "broadcasts that are due": (broadcasts._DUE, "ix_broadcast_due"),
    "the next of an audience": (audience._REACHED, "ix_line_box"),
    "who has done it": (audience._REACHED.where(~audience._DONE), "session"),
    "things of a box that moves": (merging._MOVE_TAKEN, "ix_taken_box"),
    "who hears of something": (hearers._FOLLOWERS, "ix_follower_topic"),
    "who has a thing": (takings._HOLDERS, "taken"),
    "calls that wait": (calls._NEXT, "ix_outbox_queued"),
    "calls under way": (calls._UNDER_WAY, "ix_attempt_open"),
    "messages that gather lines": (digests._QUEUED, "ix_outbox_unfinished"),
    "zones of workers": (audience._ZONES, "ix_worker_zone"),
}


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    connection = engine.connect()
    schema.metadata.create_all(connection)
    yield connection
    connection.close()
    engine.dispose()


@pytest.mark.parametrize("what", STATEMENTS)
def test_it_finds_its_rows_by_an_index(connection: Connection, what: str) -> None:
    statement, index = STATEMENTS[what]
    plan = planned(connection, statement)
    assert any(index in line for line in plan), plan
    scanned = [line for line in plan if line.startswith("SCAN") and line.split()[1] in HOT and "INDEX" not in line]
    assert not scanned, plan


def planned(connection: Connection, statement: ClauseElement) -> list[str]:
    compiled = statement.compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True})
    bound = {name: "[]" if value is None else value for name, value in compiled.params.items()}
    values = [bound[name] for name in getattr(compiled, "positiontup", None) or ()]
    raw = connection.connection.cursor()
    return [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {compiled}", values)]
