"""Lines that conversations gather for one person until an hour (RULES X5): each is told once, in one message."""

from __future__ import annotations

import re
from collections import Counter

from engine.outgoing import letter
from tests.simulation.acts.act import Act, expect
from tests.simulation.disk import drive

_LETTERS = """
    SELECT m.box_id, m.session_id || '.' || m.seq || '.' || m.item, m.body, m.done_at IS NOT NULL AND m.reached > 0
    FROM mail m JOIN session s USING (bucket, box_id, session_id) JOIN program p ON p.hash = s.program
    WHERE p.flow = 'news' AND m.kind = 'letter' AND length(m.body) > 0
"""
SUPERVISOR = "w0"
# Whoever sent STOP is told nothing; his number may be another's by now, and his box a part of another one.
_STOPPED = """
    WITH RECURSIVE his (box) AS (
        SELECT box_id FROM line JOIN worker_line USING (line_id) WHERE worker_id = ?
        UNION SELECT box_id FROM box JOIN his ON box.merged_into = his.box
    )
    SELECT count(*) FROM audit WHERE what = 'stop' AND box_id IN (SELECT box FROM his)
"""


class Gathering(Act):
    """Everybody has news for his supervisor, for three times of day: one comes in each season."""

    flows = """
    flow news: News
        languages: en
        channels: sms
        start on word NEWS
    ask new: What is new?
        answer: text up to 60 letters
        give up after 15 minutes: stop as silent
    tell supervisor every day at 09:25: First {new}
    tell supervisor every day at 02:15: Second {new}
    tell supervisor every day at 01:15: Third {new}
    say: Noted.
    """
    words = ("NEWS", "news")
    answers = {"What is new": ("Flood #", "Fire #")}

    def conclude(self) -> None:
        told = Counter(line for _, said in self.bodies() if said.gathers for line in _lines(said.text))
        meant: Counter[str] = Counter()
        reached: Counter[str] = Counter()
        for box, place, sealed, done in drive().raw.execute(_LETTERS):
            (text,) = letter(self.world.vault.open("mail", box, place, sealed)).texts.values()
            meant[text] += 1
            reached[text] += done
        self._compare(told, meant, reached)

    def _compare(self, told: Counter[str], meant: Counter[str], reached: Counter[str]) -> None:
        expect(self.forgets or not told - meant, f"X5: gathered more often than told: {dict(told - meant)}")
        if not self.forgets and not drive().raw.execute(_STOPPED, (SUPERVISOR,)).fetchone()[0]:
            expect(not reached - told, f"X5: told, and in no message: {dict(reached - told)}")

    @property
    def forgets(self) -> bool:
        """Nobody knows what was purged."""
        return "purge" in self.world.cast


def _lines(text: str) -> list[str]:
    """On a shared phone the first one begins with the name of whom it is for."""
    return re.sub(r"^Worker w\d: ", "", text).split("\n")
