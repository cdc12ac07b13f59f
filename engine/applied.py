"""What a step wants becomes rows of every table; nothing here reads the database, and nothing is written yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import msgspec

from engine import confirming
from engine import effects as wanted
from engine.addresses import PHONE, is_whole, key_of, like
from engine.box import Applied
from engine.effects import Effect
from engine.enrolment import plain_fields
from engine.events import Carried, Received
from engine.outgoing import (
    ACTION,
    CLASSES,
    CONFIRMED,
    EXPIRES,
    LETTER,
    NOWHERE,
    START,
    SUBMIT,
    TAKE,
    Body,
    Call,
    Confirmed,
    Invitation,
    Letter,
)
from engine.people import Pin, sealed
from engine.places import Place
from engine.rows import Origin, Rows
from engine.session import Session, encode
from engine.values import Packed
from engine.work import Take
from engine.work import encode as encode_work

APPLIED = 1
_SILENT = frozenset({"replaced", "opted_out", "unreachable"})
"""Outcomes after which nothing of the conversation is sent any more."""
_pack = msgspec.msgpack.Encoder().encode
_NOT_AT_ONCE = frozenset({"phone"})  # RULES O2; until the new number has confirmed it (engine.confirming)


class Step:
    """One applied event, which came in at `place`."""

    def __init__(self, rows: Rows, place: Place, applied: Applied) -> None:
        self._rows = rows
        self._home = place.home
        self._line = place.home.lines[applied.tie.line] if applied.tie else place.line
        self._worker = applied.tie.worker if applied.tie else place.view.owner
        self._shares = place.home.common.views[self._line.line_id].shared
        self._applied = applied
        self._session_id = applied.session_id or 0
        self._seq = applied.session.seq if applied.session else 0
        self._answered = place.home.answered.get(self._session_id, 0)
        self._vault = rows.kit.vault
        self._n = 0

    def run(self, stored_as: int = 0) -> int:
        """Add the rows; returns the event's number.  `stored_as`: the one under which it was accepted before."""
        self._n = n = stored_as or self._rows.number(self._line.box_id)
        (self._rows.stepped if stored_as else self._rows.events).append(self._event(n))
        self._rows.flow = self._applied.session.flow if self._applied.session else ""
        for item, effect in enumerate(self._applied.effects):
            self._handlers[type(effect)](self, effect, Origin(self._session_id, self._seq, item))
        if isinstance(self._applied.event, Received) and self._session_id:
            self._rows.heard.append(self._bound_key())
        if isinstance(self._applied.event, Carried):
            self._rows.carried[self._session_id] = self._bound_key()
        if self._applied.session is not None:
            self._home.answered[self._session_id] = self._answered
            self._session(self._applied.session)
        return n

    def _key(self) -> dict[str, int]:
        return {"bucket": self._line.bucket, "box_id": self._line.box_id, "session_id": self._session_id}

    def _event(self, n: int) -> dict[str, Any]:
        event, box = self._applied.event, self._line.box_id
        read = self._applied.facts
        facts = None if read is None else self._vault.seal("event.facts", box, n, _pack(read))
        return {
            "bucket": self._line.bucket,
            "box_id": box,
            "n": n,
            "kind": event.__struct_config__.tag,
            "state": APPLIED,
            "session_id": self._applied.session_id,
            "seq": self._seq or None,
            "line_id": self._line.line_id,
            "channel": self._line.channel,
            "at": self._rows.now,
            "body": self._vault.seal("event", box, n, _pack(event)),
            "facts": facts,
        }

    def _session(self, session: Session) -> None:
        rows, ended = self._rows, session.status == "ended"
        worker = self._worker or None
        same = self._vault.digest(f"same {session.flow} {worker} {sorted(session.inputs.items())}")
        if ended or session.seq > 1 or session.wait > 1:  # who has just come to the first wait has left none
            rows.over.append({**self._bound_key(), "wait": session.wait, "ended": ended})
        rows.sessions[self._session_id] = {
            **self._key(),
            "worker_id": worker,
            "program": session.program,
            "status": session.status,
            "urgency": int(session.urgent),
            "seq": session.seq,
            "wait": session.wait,
            "line_id": self._line.line_id,
            "answered": self._answered,
            "state": self._vault.seal("session", self._line.box_id, self._session_id, encode(session)),
            "outcome": session.outcome,
            "same": same,
            "started_at": session.started,
            "changed_at": rows.now,
            "ended_at": rows.now if ended else None,
        }

    def _bound_key(self) -> dict[str, int]:
        """The key under names that are free in a statement that also sets columns."""
        return {"in_bucket": self._line.bucket, "in_box": self._line.box_id, "in_session": self._session_id}

    def _send(self, effect: wanted.Send, origin: Origin) -> None:
        body = Body(effect.text, "", effect.language, effect.line, effect.sensitive, plain=self._has_plain_letters())
        own = origin if self._session_id else None
        self._rows.message(self._line, body, CLASSES[effect.kind], own, effect.arms)

    def _has_plain_letters(self) -> bool:
        """Does the flow of the conversation say `sms letters: plain`?"""
        session, library = self._applied.session, self._rows.kit.library
        return (
            session is not None and library.knows(session.program) and library.of(session.program).program.plain_letters
        )

    def _record(self, effect: wanted.Record, _origin: Origin) -> None:
        self._answered += 1
        box, place = self._line.box_id, f"{self._session_id}.{self._answered}"
        code, number = _readable(effect)
        self._rows.answers.append(
            {
                **self._key(),
                "n": self._answered,
                "question": effect.question,
                "turn": effect.turn,
                "round": effect.round,
                "label": "" if effect.sensitive else effect.label,
                "code": code,
                "number": number,
                "value": self._vault.seal("answer", box, place, _pack(effect.value)),
                "raw": self._vault.seal("answer.raw", box, place, effect.raw.encode()),
                "sensitive": effect.sensitive,
                "aside": effect.aside,
                "at": self._rows.now,
            }
        )

    def _forget(self, effect: wanted.Forget, _origin: Origin) -> None:
        for row in self._rows.answers:
            mine = row["session_id"] == self._session_id
            if mine and (row["question"], row["turn"]) == (effect.question, effect.turn):
                row["aside"] = True
        self._rows.aside.append({**self._bound_key(), "of_question": effect.question, "of_turn": effect.turn})

    def _set_timer(self, effect: wanted.SetTimer, _origin: Origin) -> None:
        waits = self._rows.now + EXPIRES + (effect.after or 0)
        due_at = effect.at if effect.at is not None else waits
        self._rows.timers.append(
            {**self._key(), "name": effect.name, "guard": effect.guard, "after": effect.after, "due_at": due_at}
        )

    def _tell(self, effect: wanted.Tell, origin: Origin) -> None:
        letter = Letter(effect.texts, effect.urgent, effect.line, self._rows.flow, effect.gather)
        self._mail(LETTER, effect.target, _pack(letter), origin)

    def _mail(self, kind: str, target: dict[str, Packed], body: bytes, origin: Origin) -> None:
        box, place = self._line.box_id, f"{origin.session_id}.{origin.seq}.{origin.item}"
        self._rows.ring.mail = True
        self._rows.mail.append(
            {
                **self._key(),
                "session_id": origin.session_id,
                "seq": origin.seq,
                "item": origin.item,
                "sender": self._worker or None,
                "target": msgspec.json.encode(target).decode(),
                "due_at": self._rows.now,
                "body": self._vault.seal("mail", box, place, body),
                "kind": kind,
            }
        )

    def _claim(self, effect: wanted.Claim, origin: Origin) -> None:
        worker, facts = self._worker, self._applied.facts
        if not worker or facts is None:
            return
        if effect.field == "phone":
            effect = msgspec.structs.replace(effect, value=like(str(effect.value), str(effect.old or "")))
            if effect.value == effect.old:
                return  # the same again, as its owner types it (RULES O4)
        review = effect.field in _NOT_AT_ONCE or self._shares
        row = self._claim_row(effect, worker, "review" if review else "applied")
        self._rows.claims.append(row)
        if review:
            self._ask_to_confirm(row, effect, origin)
            return
        self._rows.note(self._line.box_id, "record", f"{worker}: {effect.field}")
        record = {**self._rows.records.get(worker, facts.worker), effect.field: effect.value}
        self._rows.records[worker] = record
        self._rows.workers[worker] = {
            "worker": worker,
            **plain_fields(record),
            "record": sealed(self._vault, "worker", worker, record),
            "changed_at": self._rows.now,
        }

    def _claim_row(self, effect: wanted.Claim, worker_id: str, state: str) -> dict[str, Any]:
        claim_id, box = self._rows.kit.ids.new(), self._line.box_id
        return {
            **self._key(),
            "claim_id": claim_id,
            "worker_id": worker_id,
            "field": effect.field,
            "old": self._vault.seal("claim.old", box, claim_id, _pack(effect.old)),
            "new": self._vault.seal("claim.new", box, claim_id, _pack(effect.value)),
            "state": state,
            "at": self._rows.now,
            "address": "",
        }

    def _ask_to_confirm(self, row: dict[str, Any], effect: wanted.Claim, origin: Origin) -> None:
        """He is told the code that his new phone has to send; on a shared phone anybody could read it (RULES O2)."""
        phone, session = str(effect.value), self._applied.session
        if effect.field != "phone" or self._shares or session is None or not is_whole(phone):
            return
        row["address"] = key_of(self._vault, PHONE, phone)
        code, phrases = confirming.code_of(self._vault, row["claim_id"]), self._rows.kit.library.phrases
        text = phrases.say(session.language, "confirm_phone", phone=phone, code=code)
        self._send(wanted.Send(text, "reply", language=session.language, sensitive=True), origin)

    def _confirm(self, effect: wanted.Confirm, origin: Origin) -> None:
        """The record is changed in transactions of their own, for a number may bring boxes together."""
        own = Origin(effect.claim, self._n, origin.item)
        self._mail(CONFIRMED, {}, _pack(Confirmed(effect.claim)), own)

    def _set_pin(self, effect: wanted.SetPin, _origin: Origin) -> None:
        """The wrong ones before are forgotten with the old one."""
        person = self._home.people.get(self._worker)
        if person is None:
            return
        kept = bytes.fromhex(effect.digest)
        person.pin = Pin(kept, 0, 0, changed=True)
        person.facts = msgspec.structs.replace(person.facts, has_pin=True)
        self._rows.new_pins.append({"worker": self._worker, "mac": kept})
        self._rows.note(self._line.box_id, "pin", self._worker)

    def _membership(self, effect: wanted.Membership, _origin: Origin) -> None:
        self._rows.memberships[effect.group, effect.worker] = effect.add

    def _act(self, effect: wanted.Act, origin: Origin) -> None:
        self._rows.call(self._line, ACTION + effect.name, Call(effect.args), origin, effect.guard)

    def _submit(self, effect: wanted.Submit, origin: Origin) -> None:
        wants_to_know = effect.guard is not None or effect.at is not None
        nowhere = wants_to_know and effect.system not in self._rows.kit.systems
        body = Call(effect.args, effect.values, effect.at)
        self._rows.call(self._line, (NOWHERE if nowhere else SUBMIT) + effect.system, body, origin, effect.guard)

    def _begin(self, effect: wanted.Begin, origin: Origin) -> None:
        invited = Invitation(effect.flow, effect.inputs, effect.chain, effect.guard)
        self._mail(START, effect.target, _pack(invited), origin)

    def _follow(self, effect: wanted.Follow, _origin: Origin) -> None:
        session = self._applied.session
        topic = self._vault.digest(effect.topic)
        self._rows.follows.append({**self._key(), "topic": topic, "program": session.program if session else ""})

    def _take(self, effect: wanted.Take, origin: Origin) -> None:
        """In a transaction of its own, in which it hears whether it got the thing."""
        topic = self._vault.digest(effect.topic)
        work = Take(self._session_id, self._rows.flow, topic, effect.thing, effect.guard, effect.after, effect.value)
        self._mail(TAKE, {}, encode_work(work), origin)

    def _release(self, effect: wanted.Release, _origin: Origin) -> None:
        self._rows.free(self._rows.flow, self._vault.digest(effect.topic), self._session_id)

    def _end(self, effect: wanted.End, _origin: Origin) -> None:
        self._line.silent_at = self._rows.now if effect.silent else None
        self._line.changed = True
        if effect.outcome in _SILENT:
            self._rows.replaced.append({**self._bound_key(), "now": self._rows.now})

    def _consent(self, effect: wanted.Consent, _origin: Origin) -> None:
        """STOP holds for the line, and for the worker who has it alone, on all lines of his own."""
        at = self._rows.now if effect.stopped else None
        views = self._home.common.views.values()
        mine = [self._home.lines[view.line] for view in views if self._worker and view.owner == self._worker]
        for line in mine or [self._line]:
            self._rows.note(line.box_id, "stop" if effect.stopped else "start", f"line {line.line_id}")
            line.stopped_at, line.changed = at, True
            row = self._rows.held[line.box_id].audit_n if effect.stopped else None
            self._rows.stop_rows.append({"line": line.line_id, "row": row})
            if effect.stopped:
                key = {"in_bucket": line.bucket, "in_box": line.box_id, "in_line": line.line_id}
                self._rows.stopped.append(key)
        if self._worker:
            self._rows.worker_stops.append({"worker": self._worker, "at": at})

    def _greeted(self, _effect: wanted.Greeted, _origin: Origin) -> None:
        self._line.greeted_at, self._line.changed = self._rows.now, True

    _handlers: ClassVar[dict[type[Effect], Callable[[Any, Any, Origin], None]]] = {
        wanted.Send: _send,
        wanted.Record: _record,
        wanted.Forget: _forget,
        wanted.SetTimer: _set_timer,
        wanted.Tell: _tell,
        wanted.Claim: _claim,
        wanted.Confirm: _confirm,
        wanted.SetPin: _set_pin,
        wanted.Membership: _membership,
        wanted.Act: _act,
        wanted.Submit: _submit,
        wanted.Begin: _begin,
        wanted.Follow: _follow,
        wanted.Take: _take,
        wanted.Release: _release,
        wanted.End: _end,
        wanted.Consent: _consent,
        wanted.Greeted: _greeted,
    }


def _readable(effect: wanted.Record) -> tuple[str | None, float | None]:
    """The code and the number that SQL may read: of answers that are not sensitive, and never a free text."""
    value: Packed = effect.value
    if effect.sensitive or value is None:
        return None, None
    if isinstance(value, bool):
        return ("yes" if value else "no"), None
    if isinstance(value, int):
        return None, float(value)
    if isinstance(value, str):
        return (value if effect.label else None), None
    if value[0] == "n":
        return None, float(value[1])
    if value[0] == "l" and effect.label:
        return " ".join(str(item) for item in value[1:]), None
    return None, None
