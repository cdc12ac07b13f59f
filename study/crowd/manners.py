"""How made-up workers are: which share of them answers at once, wrong, late or no more; docs/study names them all."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from engine.limits import DAY, HOUR, MINUTE


class Manner(NamedTuple):
    """One kind of worker.  `share` of 100 workers are so; the others are chances, at each question.

    `wrong`: the answer cannot be taken.  `late`: it comes after hours or days.  `quits`: the worker falls silent.
    """

    name: str
    share: int
    wrong: float
    late: float
    quits: float


MANNERS = (
    Manner("ready", 55, wrong=0.02, late=0.0, quits=0.0),
    Manner("careless", 20, wrong=0.35, late=0.05, quits=0.01),
    Manner("late", 15, wrong=0.05, late=0.6, quits=0.02),
    Manner("silent", 10, wrong=0.05, late=0.2, quits=0.35),
)
AGREES = 0.85
"""At a `confirm`: yes, it is right."""
SKIPS = 0.25
"""An optional question is skipped."""
KNOWS = 0.7
"""A quiz is answered right."""
DETOURS = 0.03
"""Something else than an answer is sent: BACK, or the word of an `on word`; an event comes meanwhile."""
STOPS = 0.003
"""The worker sends STOP."""
FAILS = 0.05
"""For one worker: an action or a health system fails; a role that the flow tells is filled by nobody; he has no PIN."""
BEATEN = 0.3
"""Somebody else takes a thing first (`take`)."""
AHEAD = 0.3
"""A worker who knows the short form uses it."""
UNKNOWN_LANGUAGE = 0.4
"""In a flow that asks for the language: it is not known yet."""


def one_of(random: Random) -> Manner:
    """A manner, by its share."""
    return random.choices(MANNERS, weights=[manner.share for manner in MANNERS])[0]


def delay(manner: Manner, random: Random) -> int:
    """How long a worker takes to answer (ms): a few minutes, or between an hour and four days."""
    if random.random() >= manner.late:
        return random.randint(MINUTE // 4, HOUR // 2)
    return int(HOUR * (4 * DAY / HOUR) ** random.random())
