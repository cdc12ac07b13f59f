"""What goes wrong in a simulation, and how often: every chance of the world outside in one place."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


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
