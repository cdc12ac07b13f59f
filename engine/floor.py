"""Who speaks: one conversation at a time waits on a line, and for a worker, whatever the others do; pure.

It has *the floor* (RULES F1).  Whoever has none sends nothing; when it is free, it goes to whoever waited longest.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from engine import limits
from engine.effects import Claim, Effect, Send
from engine.events import (
    Carried,
    Departed,
    Event,
    Opened,
    OptedOut,
    Postponed,
    Received,
    Regained,
    Replaced,
    Started,
    Suspended,
)
from engine.facts import Facts
from engine.library import Library
from engine.linked import Linked
from engine.machine import OUTCOMES, ended, name_of, step
from engine.needs import Need, Unmet
from engine.session import Session
from engine.values import Packed
from engine.view import Applied, Tie, View

NewId = Callable[[], int]
_SPEAKS = ("waiting", "acting")
_QUEUES = ("suspended", "queued")


def no_id() -> int:
    """Where nothing can begin."""
    raise RuntimeError("nothing begins here")


class StuckError(Exception):
    """This conversation cannot be stepped; its cause says why."""

    def __init__(self, session_id: int) -> None:
        super().__init__(f"the conversation s{session_id:x} cannot be stepped")
        self.session_id = session_id


class Floor:
    """The conversations of a box, seen from one of its lines."""

    def __init__(self, view: View, library: Library, now: int, new_id: NewId = no_id) -> None:
        self.view = view
        self.library = library
        self.now = now
        self.new_id = new_id

    # ------------------------------------------------------------ beginning

    def begin(self, linked: Linked, event: Started, worker: str) -> list[Applied]:
        """A new conversation takes the floor, or queues (RULES F1); an open one of the same flow is replaced (F2)."""
        tie = Tie(worker, self.view.line)
        applied = self.replace(linked, event, worker)
        if self._queues(event.by, tie):
            return applied + self._queue(self._new(linked, tie), event)
        applied += self.take_floor(tie)
        return applied + self.apply(self._new(linked, tie), event)

    def open(self, linked: Linked, event: Started, speakers: list[str]) -> list[Applied]:
        """A new conversation on a shared phone, which asks first who is speaking (RULES F3)."""
        tie = Tie("", self.view.line)
        applied = self.take_floor(tie)
        opened = Opened(speakers, event.by, event.channel, event.inputs, event.text, event.chain)
        return applied + self.apply(self._new(linked, tie), opened)

    def _new(self, linked: Linked, tie: Tie) -> int:
        sid = self.new_id()
        self.view.sessions[sid], self.view.box.ties[sid] = Session(linked.hash, linked.program.flow), tie
        return sid

    def replace(self, linked: Linked, event: Started, worker: str, but: int = 0) -> list[Applied]:
        """End the open conversation of the same flow with this worker (RULES F2)."""
        if event.inputs:
            return []
        old = [sid for sid in self.open_ones(linked.program.flow) if self.view.tie(sid).worker == worker]
        return [applied for sid in old if sid != but for applied in self.apply_alone(sid, Replaced())]

    def open_ones(self, flow: str) -> list[int]:
        """The conversations of a flow that are under way."""
        return [sid for sid, session in self.view.sessions.items() if session.flow == flow]

    def has_open(self, flow: str, inputs: dict[str, Packed], worker: str) -> bool:
        """Is a conversation of the flow with this worker and these inputs under way?"""
        sessions = self.view.sessions
        return any(
            self.view.tie(sid).worker == worker and sessions[sid].inputs == inputs for sid in self.open_ones(flow)
        )

    def _queues(self, by: str, tie: Tie) -> bool:
        """A schedule lets everybody else finish; an event interrupts nobody who has just written (RULES F1)."""
        near = {self.view.sessions[sid].status for sid in self.near(tie)}
        if by == "schedule":
            return not near.isdisjoint((*_SPEAKS, *_QUEUES))
        return by == "event" and not near.isdisjoint(_SPEAKS) and self._silent_at > self.now

    def _queue(self, session_id: int, event: Started) -> list[Applied]:
        applied = self.apply(session_id, msgspec.structs.replace(event, floor=False))
        still = self.view.sessions.get(session_id)
        if event.by == "event" and still is not None and still.status == "queued":
            applied += self.apply_alone(session_id, Postponed(self._silent_at))
        return applied

    # ------------------------------------------------------------ the floor

    def ask_for_floor(self, session_id: int) -> list[Applied]:
        """An event has waited for the worker to be silent (RULES F1)."""
        if self._silent_at > self.now:
            return self.apply_alone(session_id, Postponed(self._silent_at))
        return self.take_floor(self.view.tie(session_id)) + self.apply(session_id, Regained())

    @property
    def _silent_at(self) -> int:
        """When the worker will have been silent for so long that an event may interrupt."""
        return 0 if self.view.spoke_at is None else self.view.spoke_at + limits.SILENT

    def take_floor(self, tie: Tie, but: int = 0) -> list[Applied]:
        """Whoever waits there waits without the floor now."""
        waiting = [sid for sid in self.near(tie) if self.view.sessions[sid].status == "waiting"]
        return [applied for sid in waiting if sid != but for applied in self.apply_alone(sid, Suspended())]

    def has_floor(self, session_id: int) -> bool:
        """May this conversation speak: does no other one wait for the worker, or on the line?"""
        near = self.near(self.view.tie(session_id))
        return all(self.view.sessions[sid].status != "waiting" for sid in near if sid != session_id)

    def waiting(self) -> int | None:
        """Who has the floor of this line: the conversation that waits for an answer, else one for an action."""
        by_status = {self.view.sessions[sid].status: sid for sid in self._here()}
        return by_status.get("waiting", by_status.get("acting"))

    def sleeping(self) -> int | None:
        """The oldest conversation on this line that is at a `wait`."""
        return next((sid for sid in self._here() if self.view.sessions[sid].status == "sleeping"), None)

    def _here(self) -> list[int]:
        return [sid for sid in self.view.sessions if self.view.tie(sid).line == self.view.line]

    def near(self, tie: Tie) -> list[int]:
        """The conversations that would speak to the same worker, or on the same line."""
        ties = ((sid, self.view.tie(sid)) for sid in self.view.sessions)
        return [sid for sid, other in ties if other.line == tie.line or (tie.worker and other.worker == tie.worker)]

    def _heir(self) -> int | None:
        """Who waited longest for a floor that is free, but an event before all others (RULES F1)."""
        sessions = self.view.sessions
        queue = [(not s.urgent, s.asked_at, sid) for sid, s in sessions.items() if s.status in _QUEUES]
        return next((sid for _, _, sid in sorted(queue) if self._is_free_for(sid)), None)

    def _is_free_for(self, session_id: int) -> bool:
        near = self.near(self.view.tie(session_id))
        return not any(self.view.sessions[sid].status in _SPEAKS for sid in near)

    # ------------------------------------------------------------ lines

    def tidy(self) -> list[Applied]:
        """Conversations whose line sent STOP, or is their worker's no more, end or go to his other line first."""
        return [applied for sid in list(self.view.sessions) for applied in self._tidy(sid)]

    def _tidy(self, session_id: int) -> list[Applied]:
        tie = self.view.tie(session_id)
        home = self.view.box.views.get(tie.line)
        if home is None:
            return []
        if home.stopped:
            return self.apply_alone(session_id, OptedOut())
        who = self.view.sessions[session_id].who
        if who is not None and not tie.worker:
            return [] if set(who.speakers) & set(home.owners) else self.apply_alone(session_id, Departed())
        if not tie.worker or tie.worker in home.owners:
            return []
        return self._move_house(session_id, tie.worker)

    def _move_house(self, session_id: int, worker: str) -> list[Applied]:
        ways = (line for line in self.view.box.ways.get(worker, ()) if line in self.view.box.views)
        line = next((line for line in ways if not self.view.box.views[line].stopped), None)
        if line is None:
            return self.apply_alone(session_id, Departed())
        applied = self.carry(session_id, line)
        if self.view.sessions[session_id].status != "waiting":
            return applied
        return applied + self.apply_alone(session_id, Regained() if self.has_floor(session_id) else Suspended())

    def follow(self) -> list[Applied]:
        """The conversations of a worker who writes from another line of his own come after him."""
        worker, line = self.view.owner, self.view.line
        if not worker:
            return []
        ties = ((sid, self.view.tie(sid)) for sid in list(self.view.sessions))
        strays = [sid for sid, tie in ties if tie.worker == worker and tie.line != line]
        return [applied for sid in strays for applied in self.carry(sid, line)]

    def carry(self, session_id: int, line: int) -> list[Applied]:
        """The conversation goes on, on this line of its worker's."""
        self.view.box.ties[session_id] = Tie(self.view.tie(session_id).worker, line)
        if self.view.sessions[session_id].status == "parked":
            return []
        return self.apply_alone(session_id, Carried())

    # ------------------------------------------------------------ events

    def apply(self, session_id: int, event: Event) -> list[Applied]:
        """The event, and the floor for whoever has waited longest, where nobody has it then."""
        return self.apply_alone(session_id, event) + self.pass_on()

    def pass_on(self) -> list[Applied]:
        """The floor for whoever has waited longest, wherever nobody has it."""
        applied: list[Applied] = []
        while (heir := self._heir()) is not None:
            applied += self.apply_alone(heir, Regained())
        return applied

    def apply_alone(self, session_id: int, event: Event) -> list[Applied]:
        """The event, and nothing else."""
        tie, facts = self.view.tie(session_id), self.facts(session_id)
        session, effects = self._step(session_id, event, facts)
        if not (_asked_for(event) or self.view.sessions[session_id].who):
            effects = self._addressed(tie, effects)
        self.view.sessions[session_id] = session
        if session.status == "ended":
            del self.view.sessions[session_id]
            self.view.box.ties.pop(session_id, None)
        self._learn(tie.worker, effects)
        return [Applied(session_id, event, session, effects, tie, facts)]

    def _step(self, session_id: int, event: Event, facts: Facts) -> tuple[Session, tuple[Effect, ...]]:
        session = self.view.sessions[session_id]
        if type(event) in OUTCOMES:
            return ended(session, event)  # even where its flow is not there any more
        try:
            stepped = step(self.library.of(session.program), session, event, facts, self.now)
        except Exception as error:
            raise StuckError(session_id) from error
        if isinstance(stepped, Need):
            raise Unmet(stepped, self.view.box.reads)
        return stepped

    def _addressed(self, tie: Tie, effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
        """On a shared phone, what the worker did not just ask for begins with the name of whom it is for."""
        home = self.view.box.views.get(tie.line, self.view)
        if not home.shared or not tie.worker:
            return effects
        name = name_of(self.view.box.people[tie.worker].worker, tie.worker)
        for place, effect in enumerate(effects):
            if isinstance(effect, Send):
                text = self.library.phrases.say(effect.language, "addressed", name=name, text=effect.text)
                return (*effects[:place], msgspec.structs.replace(effect, text=text), *effects[place + 1 :])
        return effects

    def _learn(self, worker: str, effects: tuple[Effect, ...]) -> None:
        """What the record will say once the claims are applied holds for what follows in the same batch."""
        claimed = {effect.field: effect.value for effect in effects if isinstance(effect, Claim)}
        if claimed:
            facts = self.view.box.people[worker]
            self.view.box.people[worker] = msgspec.structs.replace(facts, worker={**facts.worker, **claimed})

    def linked(self, session_id: int) -> Linked:
        """The program of a conversation."""
        return self.library.of(self.view.sessions[session_id].program)

    def facts(self, session_id: int) -> Facts:
        """What a conversation reads: of its worker, or, while it asks who that is, the names on the phone."""
        tie = self.view.tie(session_id)
        return self.facts_of(tie.worker) if tie.worker in self.view.box.people else self.nobody(tie.line)

    def facts_of(self, worker: str) -> Facts:
        """What is known of a worker, who is then the one whose people may be needed."""
        self.view.box.reads = worker
        return self.view.box.people[worker]

    def nobody(self, line: int | None = None) -> Facts:
        """What is known of whoever speaks on a line (None: on this one), as long as that is not known."""
        home = self.view.box.views.get(self.view.line if line is None else line, self.view)
        people = [self.view.box.people[worker] for worker in home.owners if worker in self.view.box.people]
        languages = {each.worker.get("language") for each in people}
        language = languages.pop() if len(languages) == 1 else ""
        zone = people[0].zone if people else "UTC"
        record = {"id": "", "name": "", "first_name": "", "phone": "", "language": language}
        return Facts(record, people={str(each.worker["id"]): each.worker for each in people}, zone=zone)


def _asked_for(event: Event) -> bool:
    """Did whoever is at the phone just write what this answers?"""
    if isinstance(event, Started):
        return event.by == "word"
    return isinstance(event, Received | Opened) or (isinstance(event, Regained) and bool(event.text))
