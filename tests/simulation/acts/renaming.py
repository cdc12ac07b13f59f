"""A version that renames questions takes along who waits there (RULES K8), and a roll-back lasts; no answer is lost."""

from __future__ import annotations

import re
from contextlib import suppress
from random import Random
from textwrap import dedent
from typing import TYPE_CHECKING

from engine.versions import NoVersionError
from tests.simulation.acts.act import Act, expect
from tests.simulation.country import country, programs_of
from tests.simulation.disk import drive
from tests.simulation.processes import Process

if TYPE_CHECKING:
    from tests.simulation.world import World

OLD = """
    flow visit: Visit
        languages: en
        channels: sms
        start on word VISIT
    ask seen: Whom did you see?
        answer: text up to 60 letters
        give up after 15 minutes: stop as silent
    ask cases: What did they have?
        answer: text up to 60 letters
        give up after 15 minutes: stop as silent
    ask given: What did you give?
        answer: text up to 60 letters
        give up after 15 minutes: stop as silent
    ask advice: What did you say?
        answer: text up to 60 letters
        give up after 15 minutes: stop as silent
    say: Old {seen}, {cases}, {given}, {advice}.
"""
MOVED = {"seen": "who", "cases": "illness", "given": "cure", "advice": "words"}
NEW = (
    OLD.replace(
        "start on word VISIT",
        "start on word VISIT\n" + "\n".join(f"        moved {old} -> {new}" for old, new in MOVED.items()),
    )
    .replace("ask seen", "ask who")
    .replace("ask cases", "ask illness")
    .replace("ask given", "ask cure")
    .replace("ask advice", "ask words")
    .replace("Old {seen}, {cases}, {given}, {advice}", "New {who}, {illness}, {cure}, {words}")
)
GO_BACK = 0.5
"""So many of them."""
# An answer that is not there takes the space before it along (RULES I8).
_TEXT = re.compile(r"(?:Worker w\d: )?(Old|New)( .+?)?,( .+?)?,( .+?)?,( .+)?\.", re.DOTALL)
_PROGRAM = "SELECT program FROM session WHERE session_id = ?"
_CURRENT = "SELECT hash FROM current WHERE flow = 'visit'"
_MOVES = "SELECT session_id, count(*) FROM event WHERE kind = 'moved' GROUP BY session_id HAVING count(*) > 1"


class Renaming(Act):
    """The flow is published with other names of its questions, and some go back to the version before."""

    flows = OLD
    words = ("VISIT", "Visit.")
    answers = {
        "Whom did you see": ("Mothers #", "Children #"),
        "What did they have": ("Fever #", "Measles #"),
        "What did you give": ("ORS #", "Zinc #"),
        "What did you say": ("Drink #", "Come back #"),
    }

    def __init__(self, world: World, chance: Random) -> None:
        super().__init__(world, chance)
        self._old, self._new = (programs_of(dedent(text))[0] for text in (OLD, NEW))
        country().library.keep(self._new)
        self._is_published = self._gone_back = False

    def plan(self, active: float) -> None:
        renamed = self.chance.random() * active
        self.world.later(renamed, self._publish)
        if self.chance.random() < GO_BACK:
            self.world.later(renamed + self.chance.random() * (active - renamed), self._roll_back)

    def conclude(self) -> None:
        versions = {"Old": self._old.hash(), "New": self._new.hash()}
        for session, said in self.bodies():
            found = _TEXT.fullmatch(said.text)
            if found:
                runs = drive().raw.execute(_PROGRAM, (session,)).fetchone()[0]
                expect(versions[found[1]] == runs, f"I17: session {session} runs {runs[:12]}, and said {said.text!r}")
                expect(all(found.groups()), f"K8: session {session} has lost an answer: {said.text!r}")
        twice = drive().raw.execute(_MOVES).fetchall()
        expect(not twice, f"K8: conversations went over more than once: {twice}")
        self._lasts()

    def _lasts(self) -> None:
        """With several processes, one that begins with the older file may have published it after the newer.

        Who went back between a backup and its restore has to do it again.
        """
        if not self.world.shared and "restore" not in self.world.cast:
            meant = self._old if self._gone_back else self._new
            (current,) = drive().raw.execute(_CURRENT).fetchone()
            expect(current == meant.hash(), f"versions: {current[:12]} is current, and not {meant.hash()[:12]}")

    def _publish(self) -> None:
        published = self.world.published
        published[published.index(self._old)] = self._new

        async def publish(process: Process) -> None:
            await process.runtime.publish(self._new)
            self._is_published = True

        self.world.until_heard(publish)

    def _roll_back(self) -> None:
        if not self._is_published:
            self.world.later(30, self._roll_back)
            return

        async def roll_back(process: Process) -> None:
            with suppress(NoVersionError):  # it is the one
                await process.runtime.versions.roll_back("visit", self._old.hash(), "admin")
            self._gone_back = True

        self.world.until_heard(roll_back)
