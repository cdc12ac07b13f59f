"""The box: which of a worker's conversations a message, a timer or a start belongs to, and what follows; pure.

The memory loads a `View`, calls one of the four functions for everything that arrived for the box, in order, and
stores what they return in one transaction.  The view is a working copy: a function leaves it as it is after the
event, so that the next one of the same batch is folded upon it.  One conversation has the floor of a line at a time
(RULES F1).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, Protocol, TypeVar

import msgspec

from engine import limits, needs, shortform
from engine.answers import ReadAs, Wrong
from engine.answers import read as read_answer
from engine.effects import Confirm, Consent, Effect, Greeted, Send
from engine.events import ActionDone, Heard, Moved, OptedOut, Received, Regained, Replaced, Started, TimedOut
from engine.facts import Needed
from engine.floor import Floor, NewId, StuckError
from engine.library import Library
from engine.linked import Linked
from engine.machine import FLOOR, going_back, reads_ahead, word_block, would_take
from engine.moving import move as moved
from engine.needs import Unmet
from engine.questions import LinkedQuestion
from engine.scene import Scene
from engine.values import Packed
from engine.view import Applied, Tie, View

__all__ = ["Applied", "View", "done", "fire", "move", "receive", "start", "tell"]

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def _whole(act: Callable[Concatenate[View, Arguments], Result]) -> Callable[Concatenate[View, Arguments], Result]:
    """All of an act, or nothing: where a step has to know people first, Unmet is raised and the view is as before."""

    @functools.wraps(act)
    def acted(view: View, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        restore = view.saved()
        try:
            result = act(view, *args, **kwargs)
        except (Needed, Unmet) as need:
            restore()
            raise (need if isinstance(need, Unmet) else Unmet(needs.of(need), view.box.reads)) from None
        view.proof = ""
        return result

    return acted


TIDY = "tidy"
"""A timer that only looks after conversations whose line is stopped, or their worker's no more."""


class ComparePin(Protocol):
    """A worker and digits → right, wrong, no_pin or locked; with `new`, what is to be kept of them as a PIN."""

    def __call__(self, worker: str, digits: str, new: bool = False, /) -> str:
        """See above."""
        ...


@_whole
def receive(
    view: View,
    text: str,
    library: Library,
    now: int,
    new_id: NewId,
    pin: ComparePin,
    channel: str = "sms",
    before: int | None = None,
) -> list[Applied]:
    """A worker's message: tried in the order of RULES E1, the first that fits takes it.

    `before`: when the message just before this one came on the line (ms), where it was the same text.
    """
    return _Box(view, library, now, new_id).receive(text, pin, channel, before)


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
    worker: str = "",
    chain: int = 0,
) -> list[Applied]:
    """A conversation begins that the worker did not ask for: by event, person, schedule or flow.

    `chain`: as in `events.Started`.  `worker`: whom it is for, on the best of his lines; "" for whoever has the line,
    who is asked where several do.  Nothing begins on a stopped line, for a worker who sent STOP, for a number that no
    worker has, for a flow that is not there, or by a flow where the same is under way with the same inputs (RULES K6).
    """
    linked = library.current(flow)
    view = view.best(worker)
    if linked is None or view.facts is None:
        return []
    here = _Box(view, library, now, new_id)
    applied = here.tidy()
    if view.stopped or worker in view.box.stopped or (by == "flow" and here.has_open(flow, inputs, worker)):
        return applied + here.pass_on()
    return applied + here.start(linked, Started(by, channel, inputs, chain=chain), worker)


@_whole
def fire(view: View, session_id: int, name: str, guard: int | None, library: Library, now: int) -> list[Applied]:
    """A timer is due.  A timer of a wait that is over gives nothing."""
    here = _Box(view, library, now)
    applied = here.tidy()
    session = view.sessions.get(session_id)
    if session is None or name == TIDY or (guard is not None and guard != session.wait):
        return applied + here.pass_on()
    if name == FLOOR:
        return applied + here.ask_for_floor(session_id)
    return applied + here.apply(session_id, TimedOut(name, guard, here.has_floor(session_id)))


@_whole
def done(view: View, session_id: int, event: ActionDone, library: Library, now: int) -> list[Applied]:
    """An action came back."""
    here = _Box(view, library, now)
    applied = here.tidy()
    session = view.sessions.get(session_id)
    if session is None or session.status != "acting" or session.wait != event.guard:
        return applied + here.pass_on()
    return applied + here.apply(session_id, msgspec.structs.replace(event, floor=here.has_floor(session_id)))


@_whole
def tell(view: View, session_id: int, event: Heard, library: Library, now: int) -> list[Applied]:
    """A conversation hears of something that happened elsewhere.  Nothing where it is over."""
    here = _Box(view, library, now)
    applied = here.tidy()
    session = view.sessions.get(session_id)
    if session is None or session.status == "parked":
        return applied + here.pass_on()
    return applied + here.apply(session_id, msgspec.structs.replace(event, floor=here.has_floor(session_id)))


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
    tie = view.tie(session_id)
    facts = view.box.people.get(tie.worker)
    applied = [Applied(session_id, Moved(new.hash), found.session, found.effects, tie, facts)]
    if found.anew and found.session.status == "waiting":
        applied += _Box(view, library, now).apply(session_id, Regained())
    return applied


NUMBERS = ("whole", "number", "decimal")
"""Kinds of answers that are read out of the words around them."""


class _Box(Floor):
    # ------------------------------------------------------------ a message

    def receive(self, text: str, pin: ComparePin, channel: str, before: int | None) -> list[Applied]:
        """RULES E1."""
        applied = self.tidy() + self.follow()
        waiting = self.waiting()
        consent = self._consent(text, waiting is not None, channel)
        if consent is not None:
            return applied + consent + self.pass_on()
        applied += self.pass_on()
        if text in self.view.codes:
            return applied + self._confirmed(text, channel, before)
        if self.view.facts is None:
            return applied + self._unknown(text, channel)
        if self.view.stopped or self._is_double(before):
            return [*applied, Applied(None, Received(text, channel), None, ())]
        return applied + self._converse(text, self.waiting(), pin, channel)

    def _is_double(self, before: int | None) -> bool:
        """RULES E4: the same text again, and the next question cannot have been read."""
        waiting = self.waiting()
        if before is None or not self._just_after(before):
            return False
        out = self.view.box.handed.get(waiting or 0)
        if waiting is None or out is None or out.at is None or out.seq != self.view.sessions[waiting].seq:
            return True
        return out.at < before or self.now < out.at + limits.HASTY

    def _just_after(self, before: int | None) -> bool:
        return before is not None and self.now - before <= limits.DOUBLE

    def _converse(self, text: str, waiting: int | None, pin: ComparePin, channel: str) -> list[Applied]:
        floor = waiting if waiting is not None else self.sleeping()
        if floor is not None and self._is_word(floor, text):
            return self.apply(floor, Received(text, channel))
        if self.library.means("help", text):
            return self._answer("help" if waiting is not None else "help_idle", text, channel)
        flow = self._called(text, strictly=waiting is not None)
        if flow is not None and not (waiting is not None and self._takes(waiting, text)):
            return self._called_again(flow, text, waiting, channel)
        if waiting is not None:
            return self._hear(waiting, text, pin, channel)
        return self._nobody_waits(text, floor, channel)

    def _is_word(self, session_id: int, text: str) -> bool:
        session = self.view.sessions[session_id]
        return session.who is None and word_block(self.linked(session_id), text, session.at) is not None

    def _nobody_waits(self, text: str, sleeping: int | None, channel: str) -> list[Applied]:
        silent = self.view.silent_since
        if sleeping is not None:
            return self.apply(sleeping, Received(text, channel))
        late = silent is not None and self.now - silent <= limits.LATE
        return self._answer("late" if late else "nothing", text, channel)

    def _takes(self, waiting: int, text: str) -> bool:
        """Does the question that waits read what begins with a start word?"""
        session, linked = self.view.sessions[waiting], self.linked(waiting)
        if _is_report(linked.questions.get(session.asked), text):
            return False
        try:
            return would_take(linked, session, text, self.facts(waiting), self.now)
        except Needed:
            raise
        except Exception as error:
            raise StuckError(waiting) from error

    def _hear(self, waiting: int, text: str, pin: ComparePin, channel: str) -> list[Applied]:
        """The question that waits hears the text; a PIN is compared here, and its digits go no further."""
        session, linked = self.view.sessions[waiting], self.linked(waiting)
        if session.who is not None:
            return self._hear_who(waiting, text, channel)
        question = linked.questions.get(session.asked)
        if question is None or question.source.kind not in ("verify", "pin"):
            return self.apply(waiting, Received(text, channel))
        form = ReadAs("digits", limit=question.source.type.limit)
        zone_day = Scene(linked, session, self.facts(waiting), self.now).today()
        got = read_answer(form, text, linked.base, zone_day, linked.phrases, channel)
        worker = self.view.tie(waiting).worker
        new = session.new_pin is not None and session.new_pin.asked != "old"
        if question.source.kind == "pin" and self.view.shared:
            self.view.proof = "shared"  # a PIN is set from the worker's own phone only (RULES J6)
        elif isinstance(got, Wrong):
            self.view.proof = "back" if going_back.means(linked, text) else "unreadable"
        else:
            self.view.proof = self.view.proof or pin(worker, str(got.value), new)
        return self.apply(waiting, Received("", channel, self.view.proof))

    # ------------------------------------------------------------ who speaks (RULES F3)

    def start(self, linked: Linked, event: Started, worker: str = "") -> list[Applied]:
        """A conversation with this worker, or with whoever it is at the phone."""
        speakers = [worker] if worker else self._speakers(linked, event) or list(self.view.owners)
        if len(speakers) == 1:
            return self.begin(linked, event, speakers[0])
        return self.open(linked, event, speakers)

    def _speakers(self, linked: Linked, event: Started) -> list[str]:
        """Who of those who have the line could begin it so."""
        group = linked.program.word_group if event.by == "word" else ""
        return [worker for worker in self.view.owners if not group or group in self.view.box.people[worker].groups]

    def _hear_who(self, waiting: int, text: str, channel: str) -> list[Applied]:
        applied = self.apply_alone(waiting, Received(text, channel))
        who = applied[-1].session.who if applied[-1].session else None
        if who is None or not who.chosen or waiting not in self.view.sessions:
            return applied + self.pass_on()
        self.view.box.ties[waiting] = Tie(who.chosen, self.view.line)
        event = Started(who.by, who.channel, who.inputs, who.text, chain=who.chain)
        mine = self._asks_again(waiting, who.chosen, event)
        if mine is not None:
            return applied + self.apply_alone(waiting, Replaced()) + self._take_up(mine, who.text)
        applied += self.replace(self.linked(waiting), event, who.chosen, waiting)
        return applied + self.take_floor(Tie(who.chosen, self.view.line), waiting) + self.apply(waiting, event)

    def _asks_again(self, waiting: int, worker: str, event: Started) -> int | None:
        """His conversation of this flow, where he only sent its word once more (RULES E2)."""
        if event.by != "word" or len(shortform.cut(event.text)) > 1:
            return None
        same = self.open_ones(self.view.sessions[waiting].flow)
        mine = (sid for sid in same if sid != waiting and self.view.tie(sid).worker == worker)
        return next((sid for sid in mine if self.view.sessions[sid].status in ("waiting", "suspended")), None)

    def _take_up(self, session_id: int, text: str) -> list[Applied]:
        """A conversation goes on here, and its question is asked again."""
        tie = self.view.tie(session_id)
        applied = [] if tie.line == self.view.line else self.carry(session_id, self.view.line)
        applied += self.take_floor(self.view.tie(session_id), session_id)
        return applied + self.apply(session_id, Regained(text))

    # ------------------------------------------------------------ start words

    def _called(self, text: str, *, strictly: bool) -> Linked | None:
        """The flow whose start word the message begins with.

        `strictly`, while a question waits: the word must be the whole message, or its short form must read the rest.
        """
        words = shortform.cut(text)
        linked = self.library.by_word(words[0]) if words else None
        speakers = self._speakers(linked, Started("word")) if linked is not None else []
        if linked is None or not speakers:
            return None
        if strictly and len(words) > 1 and not reads_ahead(linked, text, self.facts_of(speakers[0]), self.now):
            return None
        return linked

    def _called_again(self, flow: Linked, text: str, waiting: int | None, channel: str) -> list[Applied]:
        """RULES E2: the start word of the flow that has the floor, alone, asks its question again."""
        alone = len(shortform.cut(text)) == 1
        if waiting is not None and alone and self.view.sessions[waiting].flow == flow.program.flow:
            asks_who = self.view.sessions[waiting].who is not None
            if asks_who or not self.view.shared:
                return self.apply(waiting, Regained(text))
        return self.start(flow, Started("word", channel, {}, text))

    # ------------------------------------------------------------ words for the engine

    def _consent(self, text: str, waits: bool, channel: str) -> list[Applied] | None:
        """STOP and START come first, always (RULES E5); words that could be answers only where no question waits."""
        idle = not waits and self.library.means("stop_idle", text)
        if idle or self.library.means("stop", text):
            return self._stop(text, channel)
        if self._opts_in(text):
            self._allow(stopped=False)
            return self._answer("start", text, channel, Consent(stopped=False), kind="consent")
        return None

    def _opts_in(self, text: str) -> bool:
        """YES is an answer wherever a question can wait."""
        if self.view.stopped:
            return self.library.means("start", text) or self.library.means("start_idle", text)
        return self.library.means("start", text) and self._called(text, strictly=True) is None

    def _stop(self, text: str, channel: str) -> list[Applied]:
        """For all who share the line, and for who has it alone on all his lines."""
        mine = self.near(Tie(self.view.owner, self.view.line))
        applied = [step for sid in mine for step in self.apply_alone(sid, OptedOut())]
        self._allow(stopped=True)
        return applied + self._answer("stop", text, channel, Consent(stopped=True), kind="consent")

    def _allow(self, *, stopped: bool) -> None:
        self.view.stopped = stopped
        worker = self.view.owner
        if not worker:
            return
        (self.view.box.stopped.add if stopped else self.view.box.stopped.discard)(worker)
        for view in self.view.box.views.values():
            if view.owner == worker:
                view.stopped = stopped

    def _confirmed(self, text: str, channel: str, before: int | None) -> list[Applied]:
        """The code of a claim, from the number that it is about (RULES O2); whoever sends it twice hears it once."""
        claim, language = self.view.codes[text]
        if self.view.stopped or self._just_after(before):
            return [Applied(None, Received(text, channel), None, (Confirm(claim),))]
        language = language or self.library.phrases.languages[0]
        send = Send(self.library.phrases.say(language, "phone_confirmed"), "reply", language=language)
        return [Applied(None, Received(text, channel), None, (Confirm(claim), send))]

    def _unknown(self, text: str, channel: str) -> list[Applied]:
        if self.view.greeted:
            return [Applied(None, Received(text, channel), None, ())]
        self.view.greeted = True
        return self._answer("unknown_number", text, channel, Greeted())

    def _answer(self, key: str, text: str, channel: str, *effects: Effect, kind: str = "reply") -> list[Applied]:
        """A message that belongs to no conversation, and a phrase of the engine's as the reply."""
        facts = self.nobody() if self.view.shared else self.view.facts
        language = str(facts.worker.get("language") or "") if facts else ""
        language = language or self.library.phrases.languages[0]
        send = Send(self.library.phrases.say(language, key), kind, language=language)
        return [Applied(None, Received(text, channel), None, (*effects, send))]


def _is_report(question: LinkedQuestion | None, text: str) -> bool:
    """Is it no number in spite of one in it?  "12 days" is 12, but "SOH act 5" is a start word with its values."""
    return question is not None and question.source.type.kind in NUMBERS and len(shortform.cut(text)) > 1
