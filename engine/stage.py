"""A stage: workers, the flows and a clock that only moves when told; what happens here happens in the engine too.

The same box and machine as in the server, with dicts for a memory.  Every session is saved and loaded again between
two events, so whatever plays here is durable.  Nothing is sent, nothing is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from itertools import count

import msgspec

from engine import box, effects, named, needs, quiet, session, topics
from engine.box import Applied, View
from engine.cast import Member, facilities, facts_of, made_up, somebody, supervisor_of
from engine.dialogue import Dialogue, Line
from engine.events import ActionDone, Granted, Happened, Heard, HungUp, NotTaken, Received, Taken
from engine.facts import PLACES, Facts, Record, told
from engine.library import Library
from engine.limits import CHAIN, MINUTE
from engine.moments import next_time, to_ms
from engine.prompts import CALL
from engine.values import Packed

OPENING = to_ms(datetime(2025, 3, 3, 9, 0, tzinfo=UTC))
"""Monday 3 March 2025 at 09:00 (RULES T1)."""


@dataclass(slots=True)
class Timer:
    """Due at `due` (ms), for the wait with the number `guard`."""

    due: int
    guard: int | None


@dataclass(slots=True)
class Told:
    """What an action will answer: `failed`, or results."""

    results: dict[str, Packed] = field(default_factory=dict)
    failed: bool = False


@dataclass(slots=True)
class Seat:
    """Somebody with a phone; `name`: who hears and says what passes there, "" for the worker of the stage."""

    name: str
    member: Member
    view: View
    wrong_pins: int = 0
    spoke_at: int | None = None

    def pin(self, _worker: str, digits: str, new: bool = False, /) -> str:
        """How a PIN compares; a new one of somebody made up is kept as it is."""
        if new:
            return digits
        if not self.member.pin:
            return "no_pin"
        if self.wrong_pins >= 5:
            return "locked"
        right = digits == self.member.pin
        self.wrong_pins = 0 if right else self.wrong_pins + 1
        return "right" if right else "wrong"


class Stage:
    """`log` is all that was said; `last` is the worker's session that changed last, also after its end.

    `watch` is told of everything that is applied, on every seat.
    """

    def __init__(
        self,
        library: Library,
        worker: Member,
        now: int = OPENING,
        others: Mapping[str, Member] | None = None,
        sharing: Sequence[Member] = (),
    ) -> None:
        """`others`: who else there is, by id.  `sharing`: those of them who share the worker's phone."""
        self.library = library
        self.worker = worker
        self.others = {**(others or {}), str(worker.record["id"]): worker}
        self.now = now
        self._dialogue = Dialogue()
        self.last: session.Session | None = None
        self.actions: dict[str, Told] = {}
        self.called: list[effects.Act] = []
        self.submitted: dict[str, dict[str, Packed]] = {}
        self.claims: dict[str, Packed] = {}
        self.nobody: set[str] = set()
        self.watch: Callable[[Sequence[Applied]], None] | None = None
        self._seat = Seat("", worker, View.of(*(self._facts(member) for member in (worker, *sharing))))
        self._seats = {str(member.record["id"]): self._seat for member in (worker, *sharing)}
        self._seat_of: dict[int, Seat] = {}
        self._timers: dict[tuple[int, str], Timer] = {}
        self._ids = count(1)
        self._sent_at: dict[tuple[int, int | None], int] = {}
        self._following: dict[str, list[int]] = {}
        self._taken: dict[str, tuple[int, str]] = {}

    @property
    def view(self) -> View:
        """The worker's line."""
        return self._seat.view

    @property
    def log(self) -> list[Line]:
        """All that was said, in order."""
        return self._dialogue.said

    # ------------------------------------------------------------ what a person does

    def start(self, flow: str, inputs: dict[str, Packed], channel: str = "sms", by: str = "word") -> None:
        """The conversation begins, as if the worker had sent its word, or another system its event."""
        linked = self.library.current(flow)
        if by == "word" and linked is not None and linked.program.words:
            self._seat.spoke_at = self.now
        said = by == "word" and linked is not None and bool(linked.program.words)
        asked = said and self.view.shared  # who begins alone on a phone is in every group (RULES T9)
        whom = "" if asked else str(self.worker.record["id"])
        if self.view.shared and not said:
            by = "event"  # nobody at the phone asked for it
        self._begin(self._seat, flow, inputs, by, channel, worker=whom)

    def say(self, text: str, minutes: int = 1, channel: str = "sms", who: str = "") -> None:
        """Somebody sends a message (the worker, if nobody is named), a minute after what was before."""
        self.wait(minutes * MINUTE)
        seat = self.seat(who)
        seat.spoke_at = self.now
        self.log.append(Line(self.now, "worker", text, seat.name))
        self._act(seat, lambda: box.receive(seat.view, text, self.library, self.now, self._new_id, seat.pin, channel))

    def press(self, keys: str) -> None:
        """The worker presses keys in a call."""
        self.say(keys, minutes=0, channel=CALL)

    def hang_up(self) -> None:
        """The worker's call ends."""
        for session_id, state in list(self.view.sessions.items()):
            if state.status == "waiting" and state.channel == CALL:
                self._hear(session_id, HungUp())

    def seat(self, who: str) -> Seat:
        """The phone of somebody: of the worker for "", of one of the others, or of one who is made up now."""
        if not who:
            return self._seat
        if who not in self._seats:
            member = self.others.get(who) or made_up(self.people({"kind": "worker", "worker": who})[who], self.worker)
            self._seats[who] = Seat(who, member, View.of(self._facts(member)))
        return self._seats[who]

    def _facts(self, member: Member) -> Facts:
        """What a step may know: who is on the stage knows the others."""
        facts = facts_of(member)
        others = {who: one.record for who, one in self.others.items()}
        return msgspec.structs.replace(facts, people={**facts.people, **others})

    def _begin(
        self,
        seat: Seat,
        flow: str,
        inputs: dict[str, Packed],
        by: str,
        channel: str = "sms",
        chain: int = 0,
        worker: str = "",
    ) -> None:
        def begin() -> list[Applied]:
            new, view, now = self._new_id, seat.view, self.now
            return box.start(view, flow, inputs, by, self.library, now, new, channel, worker=worker, chain=chain)

        self._act(seat, begin)

    def wait(self, ms: int) -> None:
        """Time goes by, and every timer that comes due fires at its moment; a time reached exactly has come."""
        end = self.now + ms
        while (due := self._next()) is not None and due[0] <= end:
            moment, (sid, name) = due
            self.now = max(self.now, moment)
            self._dialogue.until(self.now)
            timer = self._timers.pop((sid, name))
            self._fire(sid, name, timer)
        self.now = end
        self._dialogue.until(self.now)

    @property
    def next_at(self) -> int | None:
        """When something happens by itself if nobody says anything (ms), None if nothing will."""
        due = self._next()
        return None if due is None else due[0]

    def take_away(self, topic: str, by: str) -> None:
        """The worker `by`, who is not on the stage, has taken a thing before anybody here does (RULES X1)."""
        self._taken.setdefault(topic, (0, by))

    def _fire(self, session_id: int, name: str, timer: Timer) -> None:
        seat = self._seat_of[session_id]
        self._act(seat, lambda: box.fire(seat.view, session_id, name, timer.guard, self.library, self.now))

    def _next(self) -> tuple[int, tuple[int, str]] | None:
        due = [(timer.due, key) for key, timer in self._timers.items()]
        return min(due, default=None)

    def _new_id(self) -> int:
        return next(self._ids)

    # ------------------------------------------------------------ who is there

    def _act(self, seat: Seat, act: Callable[[], list[Applied]]) -> None:
        """Do what follows on a phone; whom a step has to know is told at once."""
        for _ in range(needs.ROUNDS):
            try:
                applied = act()
            except needs.Unmet as unmet:
                people = seat.view.box.people
                people[unmet.worker] = needs.answered(
                    people[unmet.worker], unmet.need, self.people(unmet.need.target, seat.member)
                )
            else:
                self._keep(seat, applied)
                return
        raise RuntimeError("a step asks for people again and again")

    def people(self, target: Mapping[str, Packed], of: Member | None = None) -> dict[str, Record]:
        """The people of a target, by id: every role and every group has one made-up person (RULES T9).

        `of`: whose supervisor is meant; the worker's if nobody is named.
        """
        worker = of or self.worker
        if target.get("kind") == "where":
            when = str(target.get("when") or "")
            fit = [one for one in self.others.values() if needs.fits(when, _candidate(one))]
            found = {str(one.record["id"]): one.record for one in fit}
            return {who: found[who] for who in sorted(found)}
        if target.get("kind") == PLACES:
            return named.fitting(target, {**facilities(), **_places(self.others.values())})
        name = receiver(dict(target), worker)
        if not name or name in self.nobody:
            return {}
        boss = supervisor_of(worker)
        if name == boss["id"]:
            return {name: boss}
        return {name: self.others[name].record if name in self.others else somebody(name)}

    # ------------------------------------------------------------ what follows

    def _keep(self, seat: Seat, applied: list[Applied]) -> None:
        if self.watch is not None:
            self.watch(applied)
        for session_id, event, state, wanted, *_ in applied:
            if session_id is not None and isinstance(event, Received):
                self._dialogue.release(session_id, seat.name, self.now)
            if session_id is not None and state is not None:
                self._remember(seat, session_id, state)
            for effect in wanted:
                self._effect(seat, session_id, effect, state)
            self._answer(seat, session_id, wanted)
            _note_silence(seat, wanted, self.now)

    def _remember(self, seat: Seat, session_id: int, state: session.Session) -> None:
        saved = session.decode(session.encode(state))
        self._seat_of[session_id] = seat
        if seat is self._seat:
            self.last = saved
        if session_id in seat.view.sessions:
            seat.view.sessions[session_id] = saved
        gone = [key for key in self._timers if key[0] == session_id and session_id not in seat.view.sessions]
        for key in gone:
            del self._timers[key]

    def _effect(
        self, seat: Seat, session_id: int | None, effect: effects.Effect, state: session.Session | None
    ) -> None:
        if isinstance(effect, effects.Send):
            self._send(seat, session_id or 0, effect, state)
        elif isinstance(effect, effects.Tell):
            self._tell(seat, session_id or 0, effect, state)
        elif isinstance(effect, effects.SetTimer) and session_id is not None:
            sent_at = self._sent_at.get((session_id, effect.guard), self.now)
            due = effect.at if effect.at is not None else sent_at + (effect.after or 0)
            self._timers[session_id, effect.name] = Timer(due, effect.guard)
        elif isinstance(effect, effects.Claim):
            self._claim(seat, effect)
        elif isinstance(effect, effects.SetPin):
            seat.member.pin, seat.wrong_pins = effect.digest, 0

    def _send(self, seat: Seat, session_id: int, send: effects.Send, state: session.Session | None) -> None:
        """A message goes now, or when the quiet hours of its flow end; its question's clock starts then (RULES G3)."""
        voice = state is not None and state.channel == CALL
        line = Line(self.now, "flow" if send.line else "engine", send.text, seat.name, send.line, send.kind, voice)
        due = quiet.may_go(self.now, seat.member.zone, self._quiet(state), send.kind, spoke_at=seat.spoke_at)
        self._dialogue.add(line, session_id, due)
        if due > self.now:
            self._sent_at[session_id, send.arms] = due

    def _quiet(self, state: session.Session | None) -> quiet.Hours | None:
        return quiet.hours(self.library.of(state.program).program.quiet) if state is not None else None

    def _tell(self, seat: Seat, session_id: int, tell: effects.Tell, state: session.Session | None) -> None:
        zone = seat.member.zone
        people = self.people(tell.target, seat.member)
        for to in told(tell.target, people, str(seat.member.record["id"])):
            record = people[to]
            text = tell.texts.get(str(record.get("language"))) or next(iter(tell.texts.values()))
            line = Line(self.now, "flow", text, to=to, line=tell.line)
            if tell.gather is None:
                due = quiet.may_go(self.now, zone, self._quiet(state), "bulk", urgent=tell.urgent)
                self._dialogue.add(line, session_id, due)
            else:
                day, hour = tell.gather
                home = str(record.get("zone") or zone)
                due = next_time(self.now, day, time.fromisoformat(hour), home)
                self._dialogue.gather(line, quiet.may_go(due, home, self._quiet(state), "bulk"))

    def _claim(self, seat: Seat, claim: effects.Claim) -> None:
        """In tests claims are applied at once (RULES T7)."""
        if seat is self._seat:
            self.claims[claim.field] = claim.value
        seat.member.record[claim.field] = claim.value

    def _answer(self, seat: Seat, session_id: int | None, wanted: tuple[effects.Effect, ...]) -> None:
        """What a conversation hears of others: an action succeeds, unless the test says otherwise (RULES T8)."""
        for effect in wanted if session_id is not None else ():
            if isinstance(effect, effects.Act):
                self.called.append(effect)
                told = self.actions.get(effect.name, Told())
                self._done(seat, session_id or 0, ActionDone(effect.guard, told.failed, told.results))
            elif isinstance(effect, effects.Submit):
                self._submit(seat, session_id or 0, effect)
            elif isinstance(effect, effects.Follow):
                self._follow(session_id or 0, effect.topic)
            elif isinstance(effect, effects.Release):
                self._taken.pop(effect.topic, None)
            elif isinstance(effect, effects.Take):
                self._take(seat, session_id or 0, effect)
            elif isinstance(effect, effects.Begin):
                begun = self._begin_with(seat, effect)
                if effect.guard is not None:
                    self._done(seat, session_id or 0, ActionDone(effect.guard, not begun))

    def _submit(self, seat: Seat, session_id: int, submit: effects.Submit) -> None:
        """A system takes what it gets, unless the test says that it fails."""
        failed = self.actions.get(submit.system, Told()).failed
        if not failed:
            self.submitted[submit.system] = dict(submit.values)
        if submit.guard is not None:
            self._done(seat, session_id, ActionDone(submit.guard, failed))
        elif failed and submit.at is not None:
            self._hear(session_id, NotTaken(submit.at))

    def post(self, name: str, inputs: dict[str, Packed]) -> None:
        """Another system posts an event for conversations that run (RULES X2)."""
        self.wait(MINUTE)
        for linked in self.library.flows():
            for each in linked.program.on_events:
                if each.event.casefold() == name.casefold():
                    topic = topics.of_event(linked.program.flow, each.event, each.same, inputs)
                    self._tell_followers(topic, Happened(each.event, inputs))

    def _take(self, seat: Seat, session_id: int, take: effects.Take) -> None:
        """The first gets it; all others who follow the topic hear of it."""
        holder, taker = self._taken.setdefault(take.topic, (session_id, str(seat.member.record["id"])))
        got = holder == session_id
        if take.guard is not None:
            self._done(seat, session_id, ActionDone(take.guard, not got, {"taker": taker}))
        elif got and take.after is not None:
            self._hear(session_id, Granted(take.after))
        if got and take.thing:
            self._tell_followers(take.topic, Taken(take.thing, taker, value=take.value), but=session_id)

    def _follow(self, session_id: int, topic: str) -> None:
        following = self._following.setdefault(topic, [])
        if session_id not in following:
            following.append(session_id)

    def _tell_followers(self, topic: str, event: Heard, but: int = 0) -> None:
        for session_id in self._following.get(topic, ()):
            if session_id != but:
                self._hear(session_id, event)

    def _hear(self, session_id: int, event: Heard) -> None:
        seat = self._seat_of[session_id]
        self._act(seat, lambda: box.tell(seat.view, session_id, event, self.library, self.now))

    def _begin_with(self, starter: Seat, wanted: effects.Begin) -> bool:
        """Begin a conversation with others (RULES K6): did it, or was it with one of them already?"""
        if wanted.chain > CHAIN or self.library.current(wanted.flow) is None:
            return False
        begun = False
        for who, record in self.people(wanted.target, starter.member).items():
            seat = self.seat("" if who == self.worker.record["id"] else who)
            can = bool(record.get("phone")) and not seat.view.stopped
            if can:
                self._begin(seat, wanted.flow, dict(wanted.inputs), "flow", chain=wanted.chain, worker=who)
            begun = begun or can
        return begun

    def _done(self, seat: Seat, session_id: int, event: ActionDone) -> None:
        self._act(seat, lambda: box.done(seat.view, session_id, event, self.library, self.now))


def _note_silence(seat: Seat, wanted: Sequence[effects.Effect], now: int) -> None:
    for effect in wanted:
        if isinstance(effect, effects.End):
            seat.view.silent_since = now if effect.silent else None


def _places(members: Iterable[Member]) -> dict[str, Record]:
    return {str(member.facility["code"]): member.facility for member in members if member.facility.get("code")}


def _candidate(member: Member) -> needs.Candidate:
    return needs.Candidate(member.record, member.facility, member.groups)


def receiver(target: dict[str, Packed], worker: Member) -> str:
    """Who a `tell` reaches on a stage: every role and every group has one made-up person (RULES T9)."""
    kind, name = str(target.get("kind")), str(target.get("name") or "")
    if kind == "supervisor":
        return str(worker.record["supervisor"])
    if kind == "worker":
        return str(target.get("worker") or "")
    return name if kind == "role" else f"{kind} {name}".strip()
