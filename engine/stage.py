"""A stage: one worker, the flows and a clock that only moves when told; what happens here happens in the engine too.

The same box and machine as in the server, with dicts for a memory.  Every session is saved and loaded again between
two events, so whatever plays here is durable.  Nothing is sent, nothing is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

from engine import box, effects, needs, session
from engine.box import Applied, View
from engine.cast import Member, facts_of, somebody, supervisor_of
from engine.events import ActionDone, Received
from engine.facts import Record
from engine.library import Library
from engine.limits import MINUTE
from engine.moments import to_ms
from engine.values import Packed

OPENING = to_ms(datetime(2025, 3, 3, 9, 0, tzinfo=UTC))
"""Monday 3 March 2025 at 09:00 (RULES T1)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said: by "worker", "flow" or "engine".  `to`: who hears it; `line`: of the file that spoke, or 0."""

    at: int
    by: str
    text: str
    to: str = ""
    line: int = 0
    kind: str = ""


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


class Stage:
    """`log` is all that was said; `last` the session that changed last, also after its end."""

    def __init__(
        self, library: Library, worker: Member, now: int = OPENING, others: Mapping[str, Member] | None = None
    ) -> None:
        """`others`: who else there is, by id."""
        self.library = library
        self.worker = worker
        self.others = {**(others or {}), str(worker.record["id"]): worker}
        self.now = now
        self.log: list[Line] = []
        self.last: session.Session | None = None
        self.actions: dict[str, Told] = {}
        self.called: list[effects.Act] = []
        self.submitted: dict[str, dict[str, Packed]] = {}
        self.claims: dict[str, Packed] = {}
        self.nobody: set[str] = set()
        self.view = View.of(facts_of(worker))
        self._timers: dict[tuple[int, str], Timer] = {}
        self._ids = count(1)
        self._wrong_pins = 0

    # ------------------------------------------------------------ what a person does

    def start(self, flow: str, inputs: dict[str, Packed], channel: str = "sms", by: str = "word") -> None:
        """The conversation begins, as if the worker had sent its word, or another system its event."""
        self._act(lambda: box.start(self.view, flow, inputs, by, self.library, self.now, self._new_id, channel))

    def say(self, text: str, minutes: int = 1, channel: str = "sms") -> None:
        """The worker sends a message, a minute after what was before."""
        self.wait(minutes * MINUTE)
        self.log.append(Line(self.now, "worker", text))
        self._act(lambda: box.receive(self.view, text, self.library, self.now, self._new_id, self._pin, channel))

    def wait(self, ms: int) -> None:
        """Time goes by, and every timer that comes due fires at its moment; a time reached exactly has come."""
        end = self.now + ms
        while (due := self._next()) is not None and due[0] <= end:
            moment, (sid, name) = due
            self.now = max(self.now, moment)
            timer = self._timers.pop((sid, name))
            self._fire(sid, name, timer)
        self.now = end

    def _fire(self, session_id: int, name: str, timer: Timer) -> None:
        self._act(lambda: box.fire(self.view, session_id, name, timer.guard, self.library, self.now))

    def _next(self) -> tuple[int, tuple[int, str]] | None:
        due = [(timer.due, key) for key, timer in self._timers.items()]
        return min(due, default=None)

    def _new_id(self) -> int:
        return next(self._ids)

    def _pin(self, _worker: str, digits: str) -> str:
        if not self.worker.pin:
            return "no_pin"
        if self._wrong_pins >= 5:
            return "locked"
        right = digits == self.worker.pin
        self._wrong_pins = 0 if right else self._wrong_pins + 1
        return "right" if right else "wrong"

    # ------------------------------------------------------------ who is there

    def _act(self, act: Callable[[], list[Applied]]) -> None:
        """Do what follows; whom a step has to know is told at once."""
        for _ in range(needs.ROUNDS):
            try:
                self._keep(act())
            except needs.Unmet as unmet:
                people = self.view.box.people
                people[unmet.worker] = needs.answered(people[unmet.worker], unmet.need, self.people(unmet.need.target))
            else:
                return
        raise RuntimeError("a step asks for people again and again")

    def people(self, target: Mapping[str, Packed]) -> dict[str, Record]:
        """The people of a target, by id: every role and every group has one made-up person (RULES T9)."""
        if target.get("kind") == "where":
            when = str(target.get("when") or "")
            fit = [one for one in self.others.values() if needs.fits(when, _candidate(one))]
            return {str(one.record["id"]): one.record for one in fit}
        name = receiver(dict(target), self.worker)
        if not name or name in self.nobody:
            return {}
        boss = supervisor_of(self.worker)
        if name == boss["id"]:
            return {name: boss}
        return {name: self.others[name].record if name in self.others else somebody(name)}

    # ------------------------------------------------------------ what follows

    def _keep(self, applied: list[Applied]) -> None:
        for session_id, event, state, wanted, *_ in applied:
            if session_id is not None and state is not None:
                self._remember(session_id, state)
            for effect in wanted:
                self._effect(session_id, effect)
            self._answer_actions(session_id, wanted)
            self._note_silence(event, state)

    def _remember(self, session_id: int, state: session.Session) -> None:
        saved = session.decode(session.encode(state))
        self.last = saved
        if session_id in self.view.sessions:
            self.view.sessions[session_id] = saved
        gone = [key for key in self._timers if key[0] == session_id and session_id not in self.view.sessions]
        for key in gone:
            del self._timers[key]

    def _note_silence(self, event: object, state: session.Session | None) -> None:
        if state is not None and state.status == "ended" and not isinstance(event, Received):
            self.view.silent_since = self.now

    def _effect(self, session_id: int | None, effect: effects.Effect) -> None:
        if isinstance(effect, effects.Send):
            by = "flow" if effect.line else "engine"
            self.log.append(Line(self.now, by, effect.text, line=effect.line, kind=effect.kind))
        elif isinstance(effect, effects.Tell):
            self._tell(effect)
        elif isinstance(effect, effects.SetTimer) and session_id is not None:
            due = effect.at if effect.at is not None else self.now + (effect.after or 0)
            self._timers[session_id, effect.name] = Timer(due, effect.guard)
        elif isinstance(effect, effects.Submit):
            self.submitted[effect.system] = dict(effect.values)
        elif isinstance(effect, effects.Claim):
            self._claim(effect)

    def _tell(self, tell: effects.Tell) -> None:
        for to, record in self.people(tell.target).items():
            text = tell.texts.get(str(record.get("language"))) or next(iter(tell.texts.values()))
            self.log.append(Line(self.now, "flow", text, to=to, line=tell.line))

    def _claim(self, claim: effects.Claim) -> None:
        """In tests claims are applied at once (RULES T7)."""
        self.claims[claim.field] = claim.value
        self.worker.record[claim.field] = claim.value

    def _answer_actions(self, session_id: int | None, wanted: tuple[effects.Effect, ...]) -> None:
        """An action succeeds with empty results, unless the test says otherwise (RULES T8)."""
        for act in wanted:
            if isinstance(act, effects.Act) and session_id is not None:
                self.called.append(act)
                told = self.actions.get(act.name, Told())
                event = ActionDone(act.guard, told.failed, told.results)
                self._done(session_id, event)

    def _done(self, session_id: int, event: ActionDone) -> None:
        self._act(lambda: box.done(self.view, session_id, event, self.library, self.now))


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
