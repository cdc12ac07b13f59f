"""What must hold in a live database, a statement each: a row that comes back is a breach, named by ids alone.

The numbers are those of the design (I1 …).  Statements read a database of any size in one go each; what has to open
bodies and step conversations again is in `engine.recounting`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Table,
    and_,
    exists,
    func,
    literal_column,
    or_,
    select,
)

from engine import schema
from engine.ids import BUCKETS
from engine.outgoing import ACTION, RANKS, SUBMIT
from engine.work import TWIN

_UNFINISHED = ("queued", "sending")
_REPORTED = ("delivered", "undelivered", "rejected")
MOST = 20
"""Breaches of one kind that are named."""

_box, _seen, _event, _session, _answer = schema.box, schema.seen, schema.event, schema.session, schema.answer
_timer, _out, _attempt, _line, _mail = schema.timer, schema.outbox, schema.attempt, schema.line, schema.mail


@dataclass(frozen=True, slots=True)
class Breach:
    """`invariant`: its number in the design.  `sentence`: what is wrong, with the ids that find it."""

    invariant: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Check:
    """`rows` gives the first that break the invariant; `sentence` is filled with the columns of such a row."""

    invariant: str
    sentence: str
    rows: Select[Any]

    def breaches(self, connection: Connection) -> list[Breach]:
        """The first of them; none where all is well."""
        found = connection.execute(self.rows).mappings()
        return [Breach(self.invariant, self.sentence.format_map(dict(row))) for row in found]


def _check(invariant: str, sentence: str, rows: Select[Any]) -> Check:
    return Check(invariant, sentence, rows.limit(MOST))


def breaches(connection: Connection) -> list[Breach]:
    """All that these checks find."""
    return [breach for check in CHECKS for breach in check.breaches(connection)]


def _same(left: FromClause, right: FromClause, *names: str) -> ColumnElement[bool]:
    return and_(*(left.c[name] == right.c[name] for name in ("bucket", "box_id", *names)))


def _lost_delivery() -> Select[Any]:
    oldest = select(func.min(_event.c.at)).scalar_subquery()
    there = exists().where(_same(_event, _seen), _event.c.n == _seen.c.event_n)
    return select(_seen.c.line_id, _seen.c.event_n).where(~there, _seen.c.at >= oldest)


def _shared_event() -> Select[Any]:
    return (
        select(_seen.c.line_id, _seen.c.event_n, func.count().label("deliveries"))
        .where(_seen.c.event_n > 0, ~_seen.c.key.startswith(TWIN))
        .group_by(_seen.c.bucket, _seen.c.box_id, _seen.c.line_id, _seen.c.event_n)
        .having(func.count() > 1)
    )


def _numbered(rows: Table, number: ColumnElement[Any], counted: ColumnElement[Any]) -> Select[Any]:
    """Sessions whose rows are not numbered from 1 to what the session counts."""
    stored = (
        select(
            rows.c.bucket, rows.c.box_id, rows.c.session_id, func.count().label("many"), func.max(number).label("last")
        )
        .where(number.is_not(None))
        .group_by(rows.c.bucket, rows.c.box_id, rows.c.session_id)
        .subquery()
    )
    there, last = func.coalesce(stored.c.many, 0), func.coalesce(stored.c.last, 0)
    return (
        select(_session.c.session_id, counted.label("counted"), there.label("stored"))
        .join_from(_session, stored, _same(_session, stored, "session_id"), isouter=True)
        .where(or_(there != counted, last != counted))
    )


def _unknown_version() -> Select[Any]:
    known = exists().where(schema.program.c.hash == _session.c.program)
    return select(_session.c.session_id).where(_session.c.status != "ended", ~known)


def _two_floors(of: ColumnElement[Any]) -> Select[Any]:
    return (
        select(of, func.count().label("waiting"))
        .where(_session.c.status == "waiting", of.is_not(None))
        .group_by(_session.c.bucket, _session.c.box_id, of)
        .having(func.count() > 1)
    )


def _out_of_order() -> Select[Any]:
    before = func.lag(_event.c.seq).over(
        partition_by=(_event.c.bucket, _event.c.box_id, _event.c.session_id), order_by=_event.c.n
    )
    heard = (
        select(_event.c.session_id, _event.c.n, _event.c.seq, before.label("before"))
        # What was stored before it was stepped has its number from then, and what followed from it a later one.
        .where(_event.c.kind == "received", _event.c.session_id.is_not(None), _event.c.tries == 0)
        .subquery()
    )
    return select(heard.c.session_id, heard.c.n).where(heard.c.seq < heard.c.before)


def _beyond_the_counter() -> Select[Any]:
    return (
        select(_event.c.box_id, _event.c.n)
        .join_from(_event, _box, _same(_event, _box))
        .where(_event.c.n >= _box.c.next_event)
    )


_ACCEPTED = exists().where(_same(_event, _session), _event.c.state == literal_column("0"))


def _without_timer() -> Select[Any]:
    there = exists().where(_same(_timer, _session, "session_id"), _timer.c.guard == _session.c.wait)
    return select(_session.c.session_id).where(_session.c.status == "sleeping", ~there, ~_ACCEPTED)


def _without_action() -> Select[Any]:
    called = exists().where(
        _same(_out, _session, "session_id"),
        _out.c.arms == _session.c.wait,
        or_(*(_out.c.channel.startswith(begin) for begin in (ACTION, SUBMIT))),
        _out.c.status.in_(_UNFINISHED),
    )
    asked = exists().where(_same(_mail, _session, "session_id"), _mail.c.done_at.is_(None))
    return select(_session.c.session_id).where(_session.c.status == "acting", ~called, ~asked, ~_ACCEPTED)


def _without_prompt() -> Select[Any]:
    asked = exists().where(_same(_out, _session, "session_id"), _out.c.arms == _session.c.wait)
    return select(_session.c.session_id, _session.c.wait).where(_session.c.status == "waiting", ~asked)


def _miscounted_tries() -> Select[Any]:
    made = (
        select(_attempt.c.bucket, _attempt.c.box_id, _attempt.c.out_id, func.count().label("many"))
        .group_by(_attempt.c.bucket, _attempt.c.box_id, _attempt.c.out_id)
        .subquery()
    )
    many = func.coalesce(made.c.many, 0)
    return (
        select(_out.c.out_id, _out.c.tries, many.label("attempts"))
        .join_from(_out, made, _same(_out, made, "out_id"), isouter=True)
        .where(many != _out.c.tries)
    )


def _needless_try() -> Select[Any]:
    again = _attempt.alias("again")
    done = or_(_attempt.c.outcome.is_(None), _attempt.c.outcome.in_(("sent", "refused")))
    return (
        select(
            _attempt.c.out_id, _attempt.c["try"].label("number"), func.coalesce(_attempt.c.outcome, "none").label("was")
        )
        .join_from(_attempt, again, _same(_attempt, again, "out_id") & (again.c["try"] == _attempt.c["try"] + 1))
        .where(done)
    )


def _gone_back() -> Select[Any]:
    left = exists().where(_same(_attempt, _out, "out_id"), _attempt.c.outcome == "sent")
    ended = exists().where(_same(_attempt, _out, "out_id"), _attempt.c.receipt.in_(_REPORTED))
    return select(_out.c.out_id, _out.c.status).where(
        or_(_out.c.status.in_(_UNFINISHED) & left, _out.c.status.in_(tuple(RANKS)) & ended)
    )


def _after_stop() -> Select[Any]:
    return (
        select(_out.c.out_id, _attempt.c["try"].label("number"), _out.c.line_id)
        .join_from(_out, _line, _line.c.line_id == _out.c.line_id)
        .join(_attempt, _same(_attempt, _out, "out_id"))
        .where(
            _line.c.stopped_at.is_not(None),
            _attempt.c.chain >= _line.c.stopped_row,
            _out.c["class"] != literal_column("0"),
            _out.c.parts > literal_column("0"),  # a report that was given, or an action, is no message
        )
    )


def _without_session(table: Table) -> Select[Any]:
    """Rows of a conversation that is not in their box; what is taken is in a bucket of its own."""
    there = exists().where(
        _session.c.bucket == table.c.box_id % BUCKETS,
        _session.c.box_id == table.c.box_id,
        _session.c.session_id == table.c.session_id,
    )
    return select(table.c.session_id, table.c.box_id).where(~there)


CHECKS = (
    _check(
        "I1", "On line {line_id} a delivery was accepted as event {event_n}, which is not stored.", _lost_delivery()
    ),
    _check("I2", "On line {line_id}, {deliveries} deliveries claim event {event_n}.", _shared_event()),
    _check(
        "I3",
        "Session {session_id} counts {counted} events, and {stored} are stored.",
        _numbered(_event, _event.c.seq, _session.c.seq),
    ),
    _check(
        "I3",
        "Session {session_id} counts {counted} answers, and {stored} are stored.",
        _numbered(_answer, _answer.c.n, _session.c.answered),
    ),
    _check("I4", "The version of its flow that session {session_id} runs is not stored.", _unknown_version()),
    _check("I5", "On line {line_id}, {waiting} questions wait at once.", _two_floors(_session.c.line_id)),
    _check("I5", "For worker {worker_id}, {waiting} questions wait at once.", _two_floors(_session.c.worker_id)),
    _check("I7", "In session {session_id}, event {n} was applied before an earlier one.", _out_of_order()),
    _check("I7", "In box {box_id}, event {n} is stored, and its number will be given again.", _beyond_the_counter()),
    _check("I8", "Session {session_id} sleeps, and no timer will wake it.", _without_timer()),
    _check("I8", "Session {session_id} waits for an action that nobody performs.", _without_action()),
    _check(
        "I9", "Session {session_id} waits for an answer, and no message asked for it (wait {wait}).", _without_prompt()
    ),
    _check("I10", "Message {out_id} counts {tries} tries, and {attempts} are stored.", _miscounted_tries()),
    _check("I10", "Message {out_id} was tried again after try {number}, whose outcome was {was}.", _needless_try()),
    _check("I11", "Message {out_id} stands at {status}, and its provider has reported more.", _gone_back()),
    _check(
        "X1",
        "Something is taken by session {session_id} of box {box_id}, which is not there.",
        _without_session(schema.taken),
    ),
    _check(
        "X2",
        "Session {session_id} of box {box_id} hears of something, and is not there.",
        _without_session(schema.follower),
    ),
    _check("I12", "Message {out_id} was tried (try {number}) after STOP on line {line_id}.", _after_stop()),
)
