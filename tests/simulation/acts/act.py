"""An act: what only some runs play beside the usual, drawn by the seed, with chances of its own.

Whoever leaves an act out leaves all others as they were: a run is named by its seed and its acts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import TYPE_CHECKING, ClassVar

from engine.outgoing import Body, body
from tests.simulation.disk import drive
from tests.simulation.witness import ViolationError

if TYPE_CHECKING:
    from tests.simulation.world import World


_OUTBOX = "SELECT session_id, box_id, out_id, body FROM outbox WHERE parts > 0 AND length(body) > 0"


class Act:
    """One of them, in one run.

    `flows`: published beside those of the country.  `words`: what people write to begin them.  `answers`: by a part of
    a question, what people answer; "#" becomes a number that each phone counts up.
    """

    flows: ClassVar[str] = ""
    words: ClassVar[tuple[str, ...]] = ()
    answers: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def __init__(self, world: World, chance: Random) -> None:
        self.world = world
        self.chance = chance

    def plan(self, active: float) -> None:
        """What it does in so many seconds."""

    def committed(self) -> None:
        """A transaction is on the disk."""

    def calm(self) -> None:
        """From here on all comes to rest."""

    def restless(self) -> bool:
        """Has something of it still to happen?"""
        return False

    def conclude(self) -> None:
        """All has come to rest.  ViolationError where a promise was broken."""

    def moments(self, most: int, active: float) -> list[float]:
        """When it does something: once at least."""
        return [self.chance.random() * active for _ in range(self.chance.randrange(most) + 1)]

    def bodies(self) -> Iterator[tuple[int | None, Body]]:
        """All messages that were ever queued, each with its conversation."""
        for session, box, out, sealed in drive().raw.execute(_OUTBOX):
            yield session, body(self.world.vault.open("outbox", box, out, sealed))


def expect(holds: bool, sentence: str) -> None:
    """ViolationError where it does not."""
    if not holds:
        raise ViolationError(sentence)


def whatever(_done: bool) -> None:
    """Nobody minds what came of it."""
