"""What is stored of a conversation is what its events make of it: its state, answers, messages, timers, things.

Breaches of I3, I6, I8, I9, I14, and of X1 and X2, the rules of what one of several takes and hears of.  Whole
conversations are opened and replayed, a page of them at a time; what one statement can tell is in `engine.invariants`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Table,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)

from engine import schema
from engine.box import TIDY
from engine.effects import Act, Begin, Claim, Effect, Follow, Record, Release, Send, SetTimer, Submit, Take, Tell
from engine.events import NOT_TAKEN, UNREACHABLE, Event, Moved, TimedOut
from engine.facts import Facts
from engine.invariants import Breach
from engine.library import Library
from engine.outgoing import EXPIRES
from engine.replaying import Replayed, ReplayError, Told, replay
from engine.session import Session, decode
from engine.sets import BOX, AnyRow, each, listed
from engine.vault import Vault

PAGE = 200
"""Conversations that are opened at once."""

_session, _event, _answer, _timer = schema.session, schema.event, schema.answer, schema.timer
_out, _mail, _attempt, _program = schema.outbox, schema.mail, schema.attempt, schema.program
_keys = each("keys", {**BOX, "session_id": BigInteger})
_read_event: msgspec.msgpack.Decoder[Event] = msgspec.msgpack.Decoder(Event)
_read_facts = msgspec.msgpack.Decoder(Facts)


def _of_sessions(table: Table, *columns: ColumnElement[Any]) -> Select[Any]:
    return select(table.c.session_id, *columns).join_from(
        _keys,
        table,
        (table.c.bucket == _keys.c.bucket)
        & (table.c.box_id == _keys.c.box_id)
        & (table.c.session_id == _keys.c.session_id),
    )


_SESSIONS = (
    select(_session.c.bucket, _session.c.box_id, _session.c.session_id, _session.c.program, _session.c.state)
    .where(_session.c.session_id > bindparam("after"), func.length(_session.c.state) > 0)  # others were purged
    .order_by(_session.c.session_id)
    .limit(bindparam("most"))
)
_EVENTS = (
    _of_sessions(_event, _event.c.n, _event.c.at, _event.c.body, _event.c.facts)
    .where(_event.c.state == literal_column("1"))  # what is parked with it is no event of it yet
    .order_by(_event.c.seq)
)
_ANSWERS = _of_sessions(_answer, _answer.c.question, _answer.c.turn, _answer.c.round).order_by(_answer.c.n)
_MESSAGES = _of_sessions(_out, _out.c.seq, _out.c.item).where(_out.c.item.is_not(None))
_MAIL = _of_sessions(_mail, _mail.c.seq, _mail.c.item)
_TIMERS = _of_sessions(_timer, _timer.c.name, _timer.c.guard)
_FOLLOWS = _of_sessions(schema.follower, schema.follower.c.topic)
_HOLDS = select(schema.taken.c.session_id, schema.taken.c.value_key).join_from(
    _keys,
    schema.taken,
    (schema.taken.c.box_id == _keys.c.box_id) & (schema.taken.c.session_id == _keys.c.session_id),
)
_handed_at = func.coalesce(_attempt.c.ended_at, _out.c.sent_at)  # what is said in the same request has no attempt
_ASKED = (
    _of_sessions(_out, _out.c.arms, _handed_at.label("ended_at"))
    .outerjoin(
        _attempt,
        (_attempt.c.bucket == _out.c.bucket)
        & (_attempt.c.box_id == _out.c.box_id)
        & (_attempt.c.out_id == _out.c.out_id),
    )
    .where(
        _out.c.arms.is_not(None),
        or_(_attempt.c.outcome.in_(("sent", "unknown")), (_out.c.tries == 0) & _out.c.sent_at.is_not(None)),
    )
)
_ACCEPTED = select(_event.c.box_id).distinct().where(_event.c.state != 1)
_VERSIONS = select(_program.c.hash).where(_program.c.flow == bindparam("flow")).order_by(_program.c.published_at.desc())


class Page(NamedTuple):
    """What a page of conversations shows, and the last of them; None after the last page."""

    breaches: list[Breach]
    last: int | None


@dataclass(slots=True)
class Kept:
    """The rows of one session."""

    row: AnyRow
    events: list[AnyRow] = field(default_factory=list)
    answers: list[tuple[Any, ...]] = field(default_factory=list)
    messages: set[tuple[int, int]] = field(default_factory=set)
    timers: dict[str, int | None] = field(default_factory=dict)
    asked: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    follows: set[str] = field(default_factory=set)
    holds: set[str] = field(default_factory=set)


def recount(connection: Connection, vault: Vault, library: Library, after: int = 0, most: int = PAGE) -> Page:
    """Compare the conversations behind the one with the id `after`; `library` holds the versions that they ran."""
    rows = connection.execute(_SESSIONS, {"after": after, "most": most}).all()
    if not rows:
        return Page([], None)
    keys = {"keys": listed((row.bucket, row.box_id, row.session_id) for row in rows)}
    kept = _gather(connection, {row.session_id: Kept(row) for row in rows}, keys)
    pending = set(connection.scalars(_ACCEPTED))
    breaches = []
    for each_kept in kept.values():
        told = [_told(vault, each_kept.row.box_id, event) for event in each_kept.events]
        versions = _versions(connection, vault, each_kept, told)
        breaches += _Recount(each_kept, told, vault).breaches(library, versions, each_kept.row.box_id in pending)
    return Page(breaches, rows[-1].session_id)


def _gather(connection: Connection, kept: dict[int, Kept], keys: dict[str, str]) -> dict[int, Kept]:
    for row in connection.execute(_EVENTS, keys):
        kept[row.session_id].events.append(row)
    for row in connection.execute(_ANSWERS, keys):
        kept[row.session_id].answers.append(tuple(row[1:]))
    for statement in (_MESSAGES, _MAIL):
        for row in connection.execute(statement, keys):
            kept[row.session_id].messages.add((row.seq, row.item))
    for row in connection.execute(_TIMERS, keys):
        kept[row.session_id].timers[row.name] = row.guard
    for row in connection.execute(_ASKED, keys):
        kept[row.session_id].asked[row.arms].append(row.ended_at)
    for session_id, topic in connection.execute(_FOLLOWS, keys):
        kept[session_id].follows.add(topic)
    for session_id, topic in connection.execute(_HOLDS, keys):
        kept[session_id].holds.add(topic)
    return kept


def _told(vault: Vault, box_id: int, row: AnyRow) -> Told:
    event = _read_event.decode(vault.open("event", box_id, row.n, row.body))
    facts = Facts({}) if row.facts is None else _read_facts.decode(vault.open("event.facts", box_id, row.n, row.facts))
    return Told(event, facts, row.at)


def _versions(connection: Connection, vault: Vault, kept: Kept, told: Sequence[Told]) -> list[str]:
    """With which version it may have begun: its own, or an earlier one where it went over to its own (RULES K8)."""
    if not any(isinstance(each_told.event, Moved) for each_told in told):
        return [kept.row.program]
    return list(connection.scalars(_VERSIONS, {"flow": _stored(vault, kept.row).flow}))


def _stored(vault: Vault, row: AnyRow) -> Session:
    return decode(vault.open("session", row.box_id, row.session_id, row.state))


class _Recount:
    """One conversation, told again."""

    def __init__(self, kept: Kept, told: Sequence[Told], vault: Vault) -> None:
        self._kept = kept
        self._told = told
        self._vault = vault
        self._stored = _stored(vault, kept.row)
        self._id = kept.row.session_id
        self._found: list[Breach] = []
        self._timers: dict[str, tuple[SetTimer, int]] = {}

    def breaches(self, library: Library, versions: Sequence[str], pending: bool) -> list[Breach]:
        """`pending`: work for its box is accepted and not applied yet; then timers may be under way."""
        replayed, why = self._replayed(library, versions)
        if not replayed:
            return [Breach("I6", f"Session {self._id} cannot be told again: {why}.")]
        if replayed[-1].session != self._stored:
            self._breach("I6", "is stored otherwise than its events make it")
        self._answers(replayed)
        self._messages(replayed)
        self._walk(replayed)
        self._together(replayed)
        if not pending:
            self._left(replayed[-1].session)
        return self._found

    def _replayed(self, library: Library, versions: Sequence[str]) -> tuple[list[Replayed], str]:
        why = "it has no events"
        for version in versions:
            try:
                replayed = list(replay(library, version, self._stored.flow, self._told))
            except ReplayError as error:
                why = str(error)
                continue
            if replayed and (replayed[-1].session == self._stored or version == versions[-1]):
                return replayed, ""
        return [], why

    def _answers(self, replayed: Sequence[Replayed]) -> None:
        given = [e for step in replayed for e in step.effects if isinstance(e, Record)]
        if [(e.question, e.turn, e.round) for e in given] != self._kept.answers:
            self._breach("I3", f"gave {len(given)} answers, and others are stored ({len(self._kept.answers)})")

    def _messages(self, replayed: Sequence[Replayed]) -> None:
        wanted = [((step.session.seq, place), e) for step in replayed for place, e in enumerate(step.effects)]
        said = {place for place, e in wanted if _leaves(e)}
        codes = {place for place, e in wanted if isinstance(e, Claim)}  # with a new number, its code is told there
        for seq, item in sorted(said - self._kept.messages):
            self._breach("I9", f"said something at event {seq} (number {item}) that is not in the outbox")
        for seq, item in sorted(self._kept.messages - said - codes):
            self._breach("I9", f"never said what is in the outbox for event {seq} (number {item})")

    def _together(self, replayed: Sequence[Replayed]) -> None:
        """What it took, and what it hears of; who hears of what is forgotten some time after its end."""
        effects = [e for step in replayed for e in step.effects]
        freed = {e.topic for e in effects if isinstance(e, Release)}
        holds = self._digests(topic for topic in replayed[-1].session.holds if topic not in freed)
        wanted = self._digests(e.topic for e in effects if isinstance(e, Take) and e.topic not in freed)
        follows = self._digests(e.topic for e in effects if isinstance(e, Follow))
        if holds - self._kept.holds:
            self._breach("X1", "took something that is not kept as its own")
        if self._kept.holds - wanted:
            self._breach("X1", "is kept as who has something that it did not take, or let go")
        if replayed[-1].session.status != "ended" and follows - self._kept.follows:
            self._breach("X2", "will not hear of something that it wants to hear of")

    def _digests(self, topics: Iterable[str]) -> set[str]:
        return {self._vault.digest(topic) for topic in topics}

    def _walk(self, replayed: Sequence[Replayed]) -> None:
        """Timers, as they were set, fired and over."""
        for told, step in zip(self._told, replayed, strict=True):
            if isinstance(told.event, TimedOut) and not _is_notice(told.event.name):
                self._fired(told.event, told.at)
            wait = step.session.wait
            for e in step.effects:
                if isinstance(e, SetTimer):
                    self._timers[e.name] = (e, told.at)
            ended = step.session.status == "ended"
            self._timers = {
                name: timer
                for name, timer in self._timers.items()
                if not ended and (timer[0].guard is None or timer[0].guard >= wait)
            }

    def _fired(self, event: TimedOut, at: int) -> None:
        timer, since = self._timers.pop(event.name, (None, 0))
        if timer is None or timer.guard != event.guard:
            self._breach("I14", f"heard timer {event.name} twice, or for a wait that was over")
        elif at < self._earliest(timer, since):
            self._breach("I14", f"heard timer {event.name} before its time")

    def _earliest(self, timer: SetTimer, since: int) -> int:
        if timer.at is not None:
            return timer.at
        asked = self._kept.asked.get(timer.guard or 0)
        return (min(asked) if asked else since + EXPIRES) + (timer.after or 0)

    def _left(self, session: Session) -> None:
        expected = {name: timer.guard for name, (timer, _) in self._timers.items()}
        for name in sorted(expected.keys() - self._kept.timers.keys()):
            self._breach("I8", f"waits for timer {name}, which is not there")
        for name in sorted(self._kept.timers.keys() - expected.keys() - {TIDY}):
            if not _is_notice(name):
                self._breach("I14", f"has a timer {name} for a wait that is over")

    def _breach(self, invariant: str, what: str) -> None:
        self._found.append(Breach(invariant, f"Session {self._id} {what}."))


def _is_notice(timer: str) -> bool:
    """Does it come from `engine.notices`?  No step sets it."""
    return timer == UNREACHABLE or timer.startswith(f"{NOT_TAKEN}:")


def _leaves(effect: Effect) -> bool:
    return isinstance(effect, Send | Tell | Act | Submit | Begin | Take)
