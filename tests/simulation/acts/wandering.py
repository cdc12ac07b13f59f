"""Numbers go from one worker to another, or away: whoever has one now hears nothing that was asked the one before."""

from __future__ import annotations

from tests.simulation.acts.act import Act, expect, whatever
from tests.simulation.country import WORKERS, country
from tests.simulation.disk import drive
from tests.simulation.phones import Phone
from tests.simulation.processes import Process

NEW = tuple(f"+2317700007{number:02}" for number in range(4))
_STRANGE = """
    SELECT o.out_id, a.try, s.worker_id, o.line_id
    FROM attempt a JOIN outbox o USING (bucket, box_id, out_id) JOIN session s USING (bucket, box_id, session_id)
    LEFT JOIN worker_line l ON l.worker_id = s.worker_id AND l.line_id = o.line_id
    WHERE a.outcome IS NULL AND o.parts > 0 AND s.worker_id IS NOT NULL AND l.line_id IS NULL
"""


class Wandering(Act):
    """A worker has a new number, changes it with another worker, or has none."""

    def plan(self, active: float) -> None:
        for number in NEW:
            self.world.phones[number] = Phone(number, self.chance)
        for moment in self.moments(4, active):
            self.world.later(moment, self._move)
        for count in range(20):
            self.world.later(self.chance.random() * active, lambda n=count: self._write(n))

    def committed(self) -> None:
        picked, now = self.world.witness.picked, self.world.witness.commits
        for out, number, worker, line in drive().raw.execute(_STRANGE):
            strange = picked[out, number] == now
            expect(not strange, f"moved: {out}, for {worker}, goes to line {line}, which is his no more")

    def _write(self, count: int) -> None:
        """Whoever has a new number writes, too."""
        self.world.write(self.world.phones[self.chance.choice(NEW)], f"new{count}")

    def _move(self) -> None:
        if "purge" in self.world.cast:  # as for administrators
            return
        worker, other = self.chance.sample(WORKERS, 2)
        mine, theirs, new = country().phones[worker], country().phones[other], self.chance.choice(NEW)
        people = self.chance.choice(
            (
                [{"id": worker, "phones": new}],
                [{"id": worker, "phones": theirs}, {"id": other, "phones": mine}],
                [{"id": worker, "phones": new}, {"id": other, "phones": mine}],
                [{"id": worker, "phones": ""}],
            )
        )

        async def move(process: Process) -> None:
            await process.registry.put_workers(people, "admin")

        self.world.ask(move, whatever)
