"""What workers say of themselves (section 5 of the language): each claim is kept once, and stands in the record."""

from __future__ import annotations

import msgspec

from engine.people import opened
from tests.simulation.acts.act import Act, expect, whatever
from tests.simulation.country import WORKERS
from tests.simulation.disk import drive
from tests.simulation.processes import Process

_CLAIMS = """
    SELECT c.claim_id, c.worker_id, c.box_id, c.new, w.record FROM claim c JOIN worker w USING (worker_id)
    WHERE c.state = 'applied' AND c.field = 'village' ORDER BY c.claim_id
"""
_ANSWERED = """
    SELECT a.box_id, a.session_id || '.' || a.n, a.value, a.session_id,
        (SELECT count(*) FROM claim c WHERE c.session_id = a.session_id)
    FROM answer a JOIN session s USING (bucket, box_id, session_id)
    WHERE a.question = 'village' AND NOT a.aside AND length(a.value) > 0 AND s.worker_id IS NOT NULL
"""
VILLAGES = ("Gbarnga", "Ganta")


class Recording(Act):
    """Everybody says where he lives, and so do the lists that come in meanwhile."""

    flows = """
    flow record: Record
        languages: en
        channels: sms
        start on word RECORD
    ask village: Which village?
        answer: text up to 60 letters
        give up after 15 minutes: stop as silent
    set worker.village to village
    say: You live in {worker.village}.
    """
    words = ("RECORD", "record")
    answers = {"Which village": tuple(f"{village} #" for village in VILLAGES)}

    def plan(self, active: float) -> None:
        self._known: set[int] = set()
        for moment in self.moments(5, active):
            self.world.later(moment, self._import)

    def committed(self) -> None:
        """The last claim of a transaction is what the record says after it."""
        said = {}
        for claim, worker, box, new, record in drive().raw.execute(_CLAIMS):
            if claim not in self._known:
                self._known.add(claim)
                said[worker] = (box, claim, new, record)
        for worker, (box, claim, new, record) in said.items():
            claimed = msgspec.msgpack.decode(self.world.vault.open("claim.new", box, claim, new))
            stands = opened(self.world.vault, "worker", worker, record).get("village")
            expect(stands == claimed, f"O1: {worker} claimed {claimed}, and his record says {stands}")

    def conclude(self) -> None:
        """Nobody names the same village twice; of anything else that was answered, it may have stood there (O4)."""
        for box, place, sealed, session, claims in drive().raw.execute(_ANSWERED):
            said = str(msgspec.msgpack.decode(self.world.vault.open("answer", box, place, sealed)))
            least = 1 if said.startswith(VILLAGES) else 0
            expect(least <= claims <= 1, f"O1: session {session} answered {said}, and has {claims} claims")

    def _import(self) -> None:
        worker = self.chance.choice(WORKERS)
        record = {"id": worker, "village": f"Town {self.chance.randrange(1_000)}"}

        async def take_in(process: Process) -> None:
            await process.registry.put_workers([record], "admin")

        self.world.ask(take_in, whatever)
