"""How long 1,000 simulated programmes of 200 messages take, on all cores; each of them has to keep its promises."""

from __future__ import annotations

import time

from tests.bench.figures import FULL, Figure
from tests.simulation.play import MESSAGES, play_all

SEEDS = 1_000 if FULL else 40


def measure() -> list[Figure]:
    """Seconds, once: so many seeds are their own median."""
    begun = time.perf_counter()
    failed = [played for played in play_all(range(SEEDS)) if played.problem]
    took = time.perf_counter() - begun
    assert not failed, f"{failed[0].seed}: {failed[0].problem}"
    return [Figure(f"simulation, {SEEDS:,} seeds of {MESSAGES} messages", took, "s", took, took)]
