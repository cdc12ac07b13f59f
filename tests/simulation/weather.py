"""When a simulation plays and what goes wrong in it: every chance of the world outside in one place."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from engine.limits import MINUTE
from tests.simulation.country import OPENING


@dataclass(frozen=True)
class Season:
    """Where and when: `opening` in milliseconds UTC, `quiet` as the deployment says it."""

    zone: str = "UTC"
    opening: int = OPENING
    quiet: tuple[str, str] | None = None


SEASONS = (
    Season(),
    Season("Africa/Monrovia", quiet=("09:10", "09:30")),
    Season("America/New_York", 1_741_503_600_000 - 10 * MINUTE, ("03:05", "03:20")),  # 02:00 is 03:00
    Season("America/New_York", 1_762_063_200_000 - 10 * MINUTE, ("01:05", "01:20")),  # 02:00 is 01:00
    Season("Europe/Lisbon", 1_743_296_400_000 - 10 * MINUTE),  # 01:00 is 02:00
)


@dataclass
class Weather:
    """Shares between 0 and 1.  Calm weather is what a run ends with, so that everything can come to rest."""

    repeats: float = 0.12  # a delivery comes twice although it was acknowledged
    lost_yes: float = 0.10  # the gateway does not hear that a delivery was stored
    gone: float = 0.03  # the gateway hangs up before it is answered
    receipts: float = 0.6
    odd_receipts: float = 0.4
    garbage: float = 0.03
    slow: float = 0.05
    no_answer: float = 0.05
    retry: float = 0.05
    refused: float = 0.02
    fault: float = 0.02

    @classmethod
    def of(cls, chance: Random) -> Weather:
        """Some runs are mild, others are not."""
        if chance.random() < 0.15:
            return cls.calm()
        rough = chance.choice((0.5, 1, 1, 2))
        return cls(**{name: min(share * rough, 0.8) for name, share in vars(cls()).items()})

    @classmethod
    def calm(cls) -> Weather:
        """Nothing goes wrong, and receipts come."""
        return cls(**dict.fromkeys(vars(cls()), 0.0) | {"receipts": 1.0})
