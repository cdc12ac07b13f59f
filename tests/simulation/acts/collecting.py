"""One of several conversations takes a thing (RULES X1), and all of them hear of events (X2): one taker, never two."""

from __future__ import annotations

from collections import Counter, defaultdict

from engine import session
from tests.simulation.acts.act import Act, expect
from tests.simulation.country import WORKERS
from tests.simulation.disk import drive
from tests.simulation.processes import Process

BATCHES = ("B1", "B2", "B3")
SILENT = ("no_answer", "opted_out", "unreachable")
_SESSIONS = """
    SELECT box_id, session_id, state, outcome FROM session
    WHERE length(state) > 0 AND program IN (SELECT hash FROM program WHERE flow = 'collect')
"""


class Collecting(Act):
    """A few batches, for several workers each; they move."""

    flows = """
    flow collect: Collect
        languages: en
        channels: sms
        start on event batch_ready
        inputs:
            batch: text up to 20 letters
            place: text up to 20 letters optional
    on event batch_moved with same batch:
        say: {batch} is in {place} now.
    after 9 minutes unless batch is taken:
        say: Nobody collects {batch}.
    ask can: Can you collect {batch}?
        answer: yes or no
        give up after 12 minutes
    if can is yes:
        take batch:
            say: {taker.name} collects {batch}.
        say: {batch} is yours.
        ask boxes: How many boxes are there?
            answer: whole number from 0 to 99
            give up after 12 minutes
    """
    answers = {"Can you collect": ("yes", "yes", "yes", "no", "perhaps"), "is yours": ("7",)}

    def plan(self, active: float) -> None:
        for batch in BATCHES:
            ready = self.chance.random() * active * 0.8
            for worker in self.chance.sample(WORKERS, 4):
                self.world.later(ready, lambda w=worker, b=batch: self._tell_of(b, w))
            for moment in self.moments(2, active):
                self.world.later(moment, lambda b=batch, m=moment: self._move(b, f"p{m:.0f}"))

    def conclude(self) -> None:
        takers: dict[str, list[str]] = defaultdict(list)
        for box, number, sealed, outcome in drive().raw.execute(_SESSIONS):
            state = session.decode(self.world.vault.open("session", box, number, sealed))
            for thing in state.holds:
                takers[thing].append(outcome)
        for thing, outcomes in takers.items():
            keeps = [each for each in outcomes if each not in SILENT]
            expect(len(keeps) <= 1, f"X1: {thing} was taken by {len(outcomes)}, and {len(keeps)} of them keep it")
        self._said_once()

    def _said_once(self) -> None:
        heard: Counter[tuple[int | None, str]] = Counter()
        nobody: Counter[str] = Counter()
        for number, said in self.bodies():
            heard[number, said.text] += " is in p" in said.text
            nobody[said.text] += said.text.startswith("Nobody collects")
        twice = [text for (_, text), many in heard.items() if many > 1]
        expect(not twice, f"X2: an event was heard twice by one conversation: {twice}")
        twice = [text for text, many in nobody.items() if many > 1]
        expect(not twice, f"X1: more than one conversation acts for all: {twice}")

    def _tell_of(self, batch: str, worker: str) -> None:
        async def start(process: Process) -> None:
            await process.runtime.start_flow("collect", worker, {"batch": batch}, batch)
            self.world.witness.accepted(f"event {batch} {worker}")

        self.world.until_heard(start)

    def _move(self, batch: str, place: str) -> None:
        async def post(process: Process) -> None:
            await process.runtime.hearers.post("batch_moved", {"batch": batch, "place": place}, place)

        self.world.until_heard(post)
