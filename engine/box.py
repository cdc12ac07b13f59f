"""The box: which of a worker's conversations a message, a timer or a start belongs to, and what follows; pure.

The memory loads a `View`, calls one of the four functions for everything that arrived for the box, in order, and
stores what they return in one transaction.  The view is a working copy: a function leaves it as it is after the
event, so that the next one of the same batch is folded upon it.  One conversation has the floor of a line at a time
(RULES F1).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Concatenate, NamedTuple, ParamSpec, TypeVar

import msgspec

from engine import limits, needs, shortform
from engine.answers import ReadAs, Right
from engine.answers import read as read_answer
from engine.effects import Claim, Consent, Effect, Greeted, Send
from engine.events import (
    ActionDone,
    Event,
    Moved,
    OptedOut,
    Postponed,
    Received,
    Regained,
    Replaced,
    Started,
    Suspended,
    TimedOut,
)
from engine.facts import Facts, Needed
from engine.library import Library
from engine.linked import Linked
from engine.machine import FLOOR, reads_ahead, step, word_block, would_take
from engine.moving import move as moved
from engine.needs import Need, Unmet
from engine.scene import Scene
from engine.session import Session
from engine.values import Packed


@dataclass(slots=True)
class View:
    """What one line's box holds.

    `facts` is None for a number that no worker has.  `stopped`: the line, or the worker who owns it alone, sent
    STOP.  `greeted`: an unknown number that was answered already.  `sessions`: all open ones on this line, by id.
    `silent_since`: when the last conversation here ended for want of an answer (ms), None if none did within 7 days.
    `proof`: how a PIN compared, kept while the people are fetched whom its step has to know: it is compared once.
    `spoke_at`: when somebody last wrote from here, None if nobody ever did.
    """

    facts: Facts | None
    stopped: bool = False
    greeted: bool = False
    sessions: dict[int, Session] = field(default_factory=dict)
    silent_since: int | None = None
    spoke_at: int | None = None
    proof: str = ""


class Applied(NamedTuple):
    """One event as it was applied: `session_id` and `session` are None for a message that belongs to none."""

    session_id: int | None
    event: Event
    session: Session | None
    effects: tuple[Effect, ...]


Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def _whole(act: Callable[Concatenate[View, Arguments], Result]) -> Callable[Concatenate[View, Arguments], Result]:
    """All of an act, or nothing: where a step has to know people first, Unmet is raised and the view is as before."""

    @functools.wraps(act)
    def acted(view: View, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        before = view.facts, view.stopped, view.greeted, dict(view.sessions)
        try:
            result = act(view, *args, **kwargs)
        except (Needed, Unmet) as need:
            view.facts, view.stopped, view.greeted, view.sessions = before
            raise (need if isinstance(need, Unmet) else Unmet(needs.of(need))) from None
        view.proof = ""
        return result

    return acted


NewId = Callable[[], int]
ComparePin = Callable[[str], str]
"""Digits → right, wrong, no_pin or locked."""


@_whole
def receive(
    view: View, text: str, library: Library, now: int, new_id: NewId, pin: ComparePin, channel: str = "sms"
) -> list[Applied]:
    """A worker's message: tried in the order of RULES E1, the first that fits takes it."""
    return _Box(view, library, now, new_id).receive(text, pin, channel)


@_whole
def start(
    view: View,
    flow: str,
    inputs: dict[str, Packed],
    by: str,
    library: Library,
    now: int,
    new_id: NewId,
    channel: str = "sms",
) -> list[Applied]:
    """A conversation begins that the worker did not ask for: by event, person or schedule.

    Nothing begins on a stopped line, for a number that no worker has, or for a flow that is not there.
    """
    linked = library.current(flow)
    if linked is None or view.facts is None or view.stopped:
        return []
    return _Box(view, library, now, new_id).begin(linked, Started(by, channel, inputs))


@_whole
def fire(view: View, session_id: int, name: str, guard: int | None, library: Library, now: int) -> list[Applied]:
    """A timer is due.  A timer of a wait that is over gives nothing."""
    session = view.sessions.get(session_id)
    if session is None or (guard is not None and guard != session.wait):
        return []
    here = _Box(view, library, now)
    if name == FLOOR:
        return here.ask_for_floor(session_id)
    return here.apply(session_id, TimedOut(name, guard, here.has_floor(session_id)))


@_whole
def done(view: View, session_id: int, event: ActionDone, library: Library, now: int) -> list[Applied]:
    """An action came back."""
    session = view.sessions.get(session_id)
    if session is None or session.status != "acting" or session.wait != event.guard:
        return []
    here = _Box(view, library, now)
    return here.apply(session_id, msgspec.structs.replace(event, floor=here.has_floor(session_id)))


@_whole
def move(view: View, session_id: int, library: Library, now: int) -> list[Applied] | str:
    """The conversation goes over to the current version of its flow, or a sentence says why it stays (RULES K8).

    Its question is asked again where the worker could read it otherwise than it is now.
    """
    session = view.sessions[session_id]
    new = library.current(session.flow)
    if new is None or new.hash == session.program:
        return "There is no newer version of its flow."
    found = moved(library.of(session.program).program, new.program, new.hash, session, now)
    if isinstance(found, str):
        return found
    view.sessions[session_id] = found.session
    applied = [Applied(session_id, Moved(new.hash), found.session, found.effects)]
    if found.anew and found.session.status == "waiting":
        applied += _Box(view, library, now).apply(session_id, Regained())
    return applied


def _no_id() -> int:
    raise RuntimeError("nothing begins here")


class _Box:
    def __init__(self, view: View, library: Library, now: int, new_id: NewId = _no_id) -> None:
        self.view = view
        self.library = library
        self.now = now
        self.new_id = new_id

    # ------------------------------------------------------------ a message

    def receive(self, text: str, pin: ComparePin, channel: str) -> list[Applied]:
        """RULES E1."""
        waiting = self._waiting()
        consent = self._consent(text, waiting is not None, channel)
        if consent is not None:
            return consent
        if self.view.facts is None:
            return self._unknown(text, channel)
        if self.view.stopped:
            return [Applied(None, Received(text, channel), None, ())]
        return self._converse(text, waiting, pin, channel)

    def _converse(self, text: str, waiting: int | None, pin: ComparePin, channel: str) -> list[Applied]:
        floor = waiting if waiting is not None else self._sleeping()
        if floor is not None and word_block(self._linked(floor), text) is not None:
            return self.apply(floor, Received(text, channel))
        if self.library.means("help", text):
            return self._answer("help" if waiting is not None else "help_idle", text, channel)
        if waiting is not None and self._takes(waiting, text):
            return self._hear(waiting, text, pin, channel)
        flow = self._called(text, strictly=waiting is not None)
        if flow is not None:
            return self._called_again(flow, text, waiting, channel)
        if waiting is not None:
            return self._hear(waiting, text, pin, channel)
        return self._nobody_waits(text, floor, channel)

    def _nobody_waits(self, text: str, sleeping: int | None, channel: str) -> list[Applied]:
        silent = self.view.silent_since
        if sleeping is not None:
            return self.apply(sleeping, Received(text, channel))
        late = silent is not None and self.now - silent <= limits.LATE
        return self._answer("late" if late else "nothing", text, channel)

    def _takes(self, waiting: int, text: str) -> bool:
        session = self.view.sessions[waiting]
        return would_take(self._linked(waiting), session, text, self._facts(), self.now)

    def _hear(self, waiting: int, text: str, pin: ComparePin, channel: str) -> list[Applied]:
        """The question that waits hears the text; a PIN is compared here, and its digits go no further."""
        session, linked = self.view.sessions[waiting], self._linked(waiting)
        question = linked.questions.get(session.asked)
        if question is None or question.source.kind != "verify":
            return self.apply(waiting, Received(text, channel))
        form = ReadAs("digits", limit=question.source.type.limit)
        zone_day = Scene(linked, session, self._facts(), self.now).today()
        got = read_answer(form, text, linked.base, zone_day, linked.phrases, channel)
        self.view.proof = self.view.proof or (pin(str(got.value)) if isinstance(got, Right) else "unreadable")
        proof = self.view.proof
        return self.apply(waiting, Received("", channel, proof))

    def _called(self, text: str, *, strictly: bool) -> Linked | None:
        """The flow whose start word the message begins with.

        `strictly`, while a question waits: the word must be the whole message, or its short form must read the rest.
        """
        words = shortform.cut(text)
        linked = self.library.by_word(words[0]) if words else None
        if linked is None or not self._may_start(linked):
            return None
        if strictly and len(words) > 1 and not reads_ahead(linked, text, self._facts(), self.now):
            return None
        return linked

    def _may_start(self, linked: Linked) -> bool:
        group = linked.program.word_group
        return not group or group in self._facts().groups

    def _called_again(self, flow: Linked, text: str, waiting: int | None, channel: str) -> list[Applied]:
        """RULES E2: the start word of the flow that has the floor, alone, asks its question again."""
        alone = len(shortform.cut(text)) == 1
        if waiting is not None and alone and self.view.sessions[waiting].flow == flow.program.flow:
            return self.apply(waiting, Regained(text))
        return self.begin(flow, Started("word", channel, {}, text))

    # ------------------------------------------------------------ words for the engine

    def _consent(self, text: str, waits: bool, channel: str) -> list[Applied] | None:
        """STOP and START come first, always (RULES E5); words that could be answers only where no question waits."""
        idle = not waits and self.library.means("stop_idle", text)
        if idle or self.library.means("stop", text):
            return self._stop(text, channel)
        if self.library.means("start", text) and (self.view.stopped or self._called(text, strictly=True) is None):
            self.view.stopped = False
            return self._answer("start", text, channel, Consent(stopped=False), kind="consent")
        return None

    def _stop(self, text: str, channel: str) -> list[Applied]:
        applied = [step for sid in list(self.view.sessions) for step in self._apply(sid, OptedOut())]
        self.view.stopped = True
        return applied + self._answer("stop", text, channel, Consent(stopped=True), kind="consent")

    def _unknown(self, text: str, channel: str) -> list[Applied]:
        if self.view.greeted:
            return [Applied(None, Received(text, channel), None, ())]
        self.view.greeted = True
        return self._answer("unknown_number", text, channel, Greeted())

    def _answer(self, key: str, text: str, channel: str, *effects: Effect, kind: str = "reply") -> list[Applied]:
        """A message that belongs to no conversation, and a phrase of the engine's as the reply."""
        language = str(self.view.facts.worker.get("language") or "") if self.view.facts else ""
        language = language or self.library.phrases.languages[0]
        send = Send(self.library.phrases.say(language, key), kind, language=language)
        return [Applied(None, Received(text, channel), None, (*effects, send))]

    # ------------------------------------------------------------ conversations

    def begin(self, linked: Linked, event: Started) -> list[Applied]:
        """A new conversation takes the floor, or queues (RULES F1); an open one of the same flow is replaced (F2)."""
        applied: list[Applied] = []
        for sid, session in list(self.view.sessions.items()):
            if session.flow == linked.program.flow and not event.inputs:
                applied += self._apply(sid, Replaced())
        sid = self.new_id()
        new = Session(linked.hash, linked.program.flow)
        if self._queues(event.by):
            self.view.sessions[sid] = new
            return applied + self._queue(sid, event)
        applied += self._take_floor()
        self.view.sessions[sid] = new
        return applied + self.apply(sid, event)

    def ask_for_floor(self, session_id: int) -> list[Applied]:
        """An event has waited for the worker to be silent (RULES F1)."""
        if self._silent_at > self.now:
            return self._apply(session_id, Postponed(self._silent_at))
        return self._take_floor() + self.apply(session_id, Regained())

    @property
    def _silent_at(self) -> int:
        """When the worker will have been silent for so long that an event may interrupt."""
        return 0 if self.view.spoke_at is None else self.view.spoke_at + limits.SILENT

    def _queues(self, by: str) -> bool:
        """A schedule lets everybody else finish; an event interrupts nobody who has just written (RULES F1)."""
        if by == "schedule":
            return self._waiting() is not None or self._heir() is not None
        return by == "event" and self._waiting() is not None and self._silent_at > self.now

    def _queue(self, session_id: int, event: Started) -> list[Applied]:
        applied = self.apply(session_id, msgspec.structs.replace(event, floor=False))
        still = self.view.sessions.get(session_id)
        if event.by == "event" and still is not None and still.status == "queued":
            applied += self._apply(session_id, Postponed(self._silent_at))
        return applied

    def _take_floor(self) -> list[Applied]:
        waiting = [sid for sid, session in self.view.sessions.items() if session.status == "waiting"]
        return [applied for sid in waiting for applied in self._apply(sid, Suspended())]

    def has_floor(self, session_id: int) -> bool:
        """May this conversation speak: does no other one wait for the worker?"""
        return all(s.status != "waiting" for sid, s in self.view.sessions.items() if sid != session_id)

    def apply(self, session_id: int, event: Event) -> list[Applied]:
        """The event, and the floor for whoever has waited longest, if nobody has it then."""
        applied = self._apply(session_id, event)
        while self._waiting() is None and (heir := self._heir()) is not None:
            applied += self._apply(heir, Regained())
        return applied

    def _apply(self, session_id: int, event: Event) -> list[Applied]:
        stepped = step(self._linked(session_id), self.view.sessions[session_id], event, self._facts(), self.now)
        if isinstance(stepped, Need):
            raise Unmet(stepped)
        session, effects = stepped
        self.view.sessions[session_id] = session
        if session.status == "ended":
            del self.view.sessions[session_id]
        self._learn(effects)
        return [Applied(session_id, event, session, effects)]

    def _learn(self, effects: tuple[Effect, ...]) -> None:
        """What the record will say once the claims are applied holds for what follows in the same batch."""
        facts = self._facts()
        claimed = {effect.field: effect.value for effect in effects if isinstance(effect, Claim)}
        if claimed:
            self.view.facts = msgspec.structs.replace(facts, worker={**facts.worker, **claimed})

    def _linked(self, session_id: int) -> Linked:
        return self.library.of(self.view.sessions[session_id].program)

    def _facts(self) -> Facts:
        if self.view.facts is None:
            raise RuntimeError("a conversation without a worker")
        return self.view.facts

    def _waiting(self) -> int | None:
        """Who has the floor: the conversation that waits for the worker, else one that waits for an action."""
        by_status = {s.status: sid for sid, s in self.view.sessions.items()}
        return by_status.get("waiting", by_status.get("acting"))

    def _sleeping(self) -> int | None:
        return next((sid for sid, s in self.view.sessions.items() if s.status == "sleeping"), None)

    def _heir(self) -> int | None:
        """Who waited longest, but an event before all others (RULES F1)."""
        waits = ("suspended", "queued")
        queue = [(not s.urgent, s.asked_at, sid) for sid, s in self.view.sessions.items() if s.status in waits]
        return min(queue)[2] if queue else None
