"""What is past its time is purged in the middle of everything: nothing goes that is young or unfinished.

Boxes do not merge in such a run, so that the witness knows by its number what a wiped event said.
"""

from __future__ import annotations

from engine.limits import MINUTE
from engine.purging import Purge, Terms
from tests.simulation.acts.act import Act, expect
from tests.simulation.disk import drive
from tests.simulation.processes import Process

_UNFINISHED = {
    "a conversation that goes on": "SELECT session_id FROM session WHERE length(state) = 0 AND status <> 'ended'",
    "a message that has to leave": (
        "SELECT out_id FROM outbox WHERE length(body) = 0 AND status IN ('queued', 'sending')"
    ),
    "a letter that nobody has yet": "SELECT session_id FROM mail WHERE length(body) = 0 AND done_at IS NULL",
    "an event that has to be stepped": "SELECT n FROM event WHERE length(body) = 0 AND state = 0",
    "an event of a conversation that goes on": (
        "SELECT e.n FROM event e JOIN session s USING (bucket, box_id, session_id)"
        " WHERE length(e.body) = 0 AND s.status <> 'ended'"
    ),
}
_YOUNG = {
    "event": "SELECT count(*) FROM event WHERE length(body) = 0 AND at >= ?",
    "message": "SELECT count(*) FROM outbox WHERE length(body) = 0 AND queued_at >= ?",
    "answer": "SELECT count(*) FROM answer WHERE length(value) = 0 AND at >= ?",
    "claim": "SELECT count(*) FROM claim WHERE length(new) = 0 AND at >= ?",
}
_LEFT = {
    "conversation": "SELECT count(*) FROM session WHERE length(state) > 0 AND ended_at < ?",
    "answer": "SELECT count(*) FROM answer WHERE length(value) > 0 AND at < ?",
}


class Forgetting(Act):
    """`latest`: what was before (ms UTC) was to go.  `going`: so many purges are under way."""

    latest = 0
    going = 0

    def plan(self, active: float) -> None:
        for moment in self.moments(3, active):
            self.world.later(moment, self._purge)

    def committed(self) -> None:
        if self.going:
            self.world.witness.look()  # it knows what is wiped afterwards

    def conclude(self) -> None:
        self._look()

    def _purge(self) -> None:
        keep = self.chance.choice((4, 8, 15)) * MINUTE
        self.world.witness.look()
        self.going += 1

        async def purge(process: Process) -> None:
            before = process.clock.now() - keep
            self.latest = max(self.latest, before)
            await Purge(process.store, Terms(before, before, None, before)).all()
            if not self.world.set_back:
                self._expect_none(_LEFT, "is kept beyond its time", before)

        def then(_done: bool) -> None:
            self.going -= 1
            self._look()

        self.world.ask(purge, then)

    def _look(self) -> None:
        for what, statement in _UNFINISHED.items():
            row = drive().raw.execute(statement).fetchone()
            expect(row is None, f"I26: {what} was wiped: {row and row[0]}")
        self._expect_none(_YOUNG, "was wiped before its time", self.latest)

    def _expect_none(self, statements: dict[str, str], why: str, before: int) -> None:
        for what, statement in statements.items():
            many = drive().raw.execute(statement, (before,)).fetchone()[0]
            expect(not many, f"I26: a {what} {why}: {many} times")
