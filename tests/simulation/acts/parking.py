"""Work that cannot be done, until somebody mends what was wrong: parked, and put back or dropped by whoever looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from sqlalchemy import Connection

from engine import parked
from engine.vault import Vault
from tests.simulation.acts.act import Act, expect, whatever
from tests.simulation.disk import drive
from tests.simulation.processes import Process

Change = Callable[[Connection, Vault, int, int, str, int], list[int]]
_PARKED = "SELECT box_id, n FROM event WHERE state = 2 ORDER BY box_id, n"


class Parking(Act):
    """Texts that speak of cholera cannot be measured, and so not sent."""

    flows = """
    flow echo: Echo
        languages: en
        channels: sms
        start on word ECHO
    ask what: What do you see?
        answer: text up to 60 letters
        give up after 15 minutes: stop as silent
    say: You see {what}.
    """
    words = ("ECHO", "Echo")
    answers = {"What do you see": ("cholera #", "rain #", "cholera #")}

    def plan(self, active: float) -> None:
        self.world.unmeasurable = "You see cholera"
        self.world.later(self.chance.random() * active, self._mend)
        for moment in self.moments(4, active):
            self.world.later(moment, self._unpark)

    def calm(self) -> None:
        self._mend()
        self._unpark()

    def restless(self) -> bool:
        left = self._parked()
        if left:
            self._unpark()
        return bool(left)

    def conclude(self) -> None:
        said = Counter(each.text for _, each in self.bodies() if each.text.startswith("You see cholera"))
        twice = [text for text, many in said.items() if many > 1]
        expect(not twice, f"I2: what was put back was done twice: {twice}")

    def _mend(self) -> None:
        self.world.unmeasurable = ""

    def _parked(self) -> list[tuple[int, int]]:
        return drive().raw.execute(_PARKED).fetchall()

    def _unpark(self) -> None:
        for box, n in self._parked():
            change = parked.drop if self.chance.random() < 0.2 else parked.replay

            async def unpark(process: Process, at: tuple[int, int] = (box, n), change: Change = change) -> None:
                now, vault = process.clock.now(), process.store.vault
                await process.store.write(lambda c: change(c, vault, *at, "admin", now))

            self.world.ask(unpark, whatever)
