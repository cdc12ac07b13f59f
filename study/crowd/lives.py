"""One made-up worker's conversation, to its end, on a stage of its own; the same seed gives the same life."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from engine import moments, topics
from engine.cast import supervisor_of
from engine.effects import End, Record
from engine.floor import StuckError
from engine.library import Library
from engine.limits import DAY
from engine.linked import Linked
from engine.machine.run import Run
from engine.prompts import CALL
from engine.scene import Scene
from engine.session import Session
from engine.stage import OPENING, Stage
from engine.view import Applied
from grammar.gsm7 import measure, plain
from study.crowd import inputs, manners
from study.crowd.hints import Hints, hints
from study.crowd.worker import Worker
from study.walks import Walks

LONGEST = 400 * DAY
"""A conversation that has not ended by then is left."""
MOST_REPLIES = 500
"""As many as a stock report on 200 products, with a follow-up for each, needs."""
OPEN, STUCK = "still_open", "stuck"
"""How a conversation stands that did not end: so many replies or days were not enough, or it could not go on."""


@dataclass(slots=True)
class Life:
    """What came of one worker's conversation.

    `asked`: the questions that he was asked, in the order in which they came first; `left_at`: the one at which it
    ended unanswered, "" where it ended otherwise.  `wrong`: answers that were not taken, by question.  `messages` and
    `parts`: what he got by SMS; `others`: messages to other people.  `took`: from its start to its end (ms).
    `fault`: why it could not go on, with the line.
    """

    manner: str
    outcome: str = OPEN
    left_at: str = ""
    asked: list[str] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)
    messages: int = 0
    parts: int = 0
    others: int = 0
    took: int = 0
    fault: str = ""
    _last: Session | None = None
    _main: int | None = None

    def applied(self, applied: Sequence[Applied], now: int) -> None:
        """What a stage applied, at `now`."""
        for one in applied:
            if one.session is None:
                continue
            if self._main is None:
                self._main = one.session_id
            if one.session_id == self._main:
                self._note(one, one.session, now)

    def _note(self, one: Applied, session: Session, now: int) -> None:
        before = self._last
        kept = {effect.question for effect in one.effects if isinstance(effect, Record)}
        if before is not None and session.tries > before.tries and session.asked == before.asked:
            self.wrong[session.asked] += 1
        if session.asked and session.status == "waiting" and session.asked not in self.asked:
            self.asked.append(session.asked)
        end = next((effect for effect in one.effects if isinstance(effect, End)), None)
        if end is not None:
            self.outcome, self.took = end.outcome, now - session.started
            waited = before is not None and before.status == "waiting" and before.asked not in kept
            self.left_at = before.asked if before is not None and waited else ""
        self._last = session


class Crowd:
    """All workers of one simulation of one flow."""

    def __init__(self, library: Library, flow: str, seed: int) -> None:
        """`flow` is one of the library.  KeyError where it is not."""
        self.linked = _linked(library, flow)
        self.walks = Walks(library)
        self._library = library
        self._seed = seed
        self._hints: Hints = hints(self.linked.program)

    def live(self, number: int) -> Life:
        """The life of the worker with this number, from 1."""
        random = Random(f"{self._seed}/{number}")  # noqa: S311 - nothing here is a secret
        return _Living(self._library, self.linked, self._hints, self.walks, random).life()


def _linked(library: Library, flow: str) -> Linked:
    linked = library.current(flow)
    if linked is None:
        raise KeyError(flow)
    return linked


class _Living:
    def __init__(self, library: Library, linked: Linked, known: Hints, walks: Walks, random: Random) -> None:
        program = linked.program
        self.linked, self.program, self.random, self.walks = linked, program, random, walks
        self.worker = Worker(inputs.member(program, known, random), manners.one_of(random), known, random)
        others = inputs.colleagues(program, known, random)
        self.stage = Stage(library, self.worker.member, others=others)
        self.stage.actions = inputs.outcomes(program, known, random)
        self.stage.nobody = inputs.nobody(program, self.worker.member, random)
        self.stage.watch = self._watch
        today = moments.day_of(OPENING, self.worker.member.zone)
        self.inputs = inputs.Giver(program, self.worker.member, known, random, today, library.phrases).given()
        self.channel = "sms" if "sms" in program.channels or not program.channels else CALL
        self.told = Life(self.worker.manner.name)

    def _watch(self, applied: Sequence[Applied]) -> None:
        self.walks.applied(applied)
        self.told.applied(applied, self.stage.now)

    def life(self) -> Life:
        try:
            self._live()
        except StuckError as error:
            self.told.outcome, self.told.fault = STUCK, str(error.__cause__ or error)
        self._count()
        return self.told

    def _live(self) -> None:
        self._begin()
        replies = 0
        while self.stage.view.sessions and replies < MOST_REPLIES and self.stage.now - OPENING < LONGEST:
            waiting = next((s for s in self.stage.view.sessions.values() if s.status == "waiting"), None)
            if waiting is None:
                if not self._time_goes_by():
                    break
            elif self._answers(waiting):
                replies += 1
            else:
                self._silence()

    def _begin(self) -> None:
        program, stage = self.program, self.stage
        if program.words and all(spec.optional for spec in program.inputs.values()) and self.channel == "sms":
            stage.say(" ".join(filter(None, (program.words[0], self._ahead()))), minutes=0)
        else:
            by = "event" if program.event else "schedule"
            stage.start(program.flow, self.inputs, self.channel, by)
        self._beaten()

    def _ahead(self) -> str:
        if self.random.random() >= manners.AHEAD:
            return ""
        return self.worker.short_form(self._run(Session(self.linked.hash, self.program.flow)))

    def _beaten(self) -> None:
        """Somebody else takes a thing before this worker can."""
        state = self.stage.last
        if state is None or not self.linked.takes or self.random.random() >= manners.BEATEN:
            return
        scene = Scene(self.linked, state, self._run(state).facts, self.stage.now)
        for at, take in self.linked.takes:
            value = self.linked.reads[at]["value"](scene)
            topic = topics.to_take(self.program.flow, take.thing, value)
            self.stage.take_away(topic, str(supervisor_of(self.worker.member)["id"]))

    def _run(self, state: Session) -> Run:
        facts = self.stage.view.facts
        if facts is None:
            raise RuntimeError("a worker of a stage is always known")
        return Run(self.stage.library.of(state.program), state, facts, self.stage.now)

    def _answers(self, state: Session) -> bool:
        """He answers, sooner or later; False where he never will."""
        if self.random.random() < self.worker.manner.quits:
            return False
        self.stage.wait(manners.delay(self.worker.manner, self.random))
        if self.random.random() < manners.DETOURS:
            self._something_happens(state)
        waiting = next((s for s in self.stage.view.sessions.values() if s.status == "waiting"), None)
        if waiting is not None:
            if self.random.random() < manners.STOPS:
                self.stage.say("STOP", minutes=0)
            else:
                self.stage.say(self.worker.next_text(self._run(waiting)), minutes=0, channel=waiting.channel)
        return True

    def _something_happens(self, state: Session) -> None:
        if self.program.on_events:
            event = self.random.choice(self.program.on_events)
            self.stage.post(event.event, {name: state.inputs.get(name) for name in event.same})

    def _silence(self) -> None:
        """He says nothing more: what happens by itself happens, to the end."""
        while self.stage.view.sessions and self._time_goes_by():
            pass
        if self.stage.view.sessions:
            self.stage.wait(LONGEST)

    def _time_goes_by(self) -> bool:
        """Until something happens by itself; False where nothing will any more."""
        due = self.stage.next_at
        if due is None or due - OPENING >= LONGEST:
            return False
        self.stage.wait(max(due - self.stage.now, 0))
        return True

    def _count(self) -> None:
        for line in self.stage.log:
            if line.by == "worker":
                continue
            if line.to:
                self.told.others += 1
            elif not line.voice:
                text = plain(line.text) if self.program.plain_letters else line.text
                self.told.messages += 1
                self.told.parts += measure(text)[1]
