"""Very many timers due at once: found in the order of their time, and claimed, each by the batch that deletes it.

They are of waits that are over: the figure is of the claiming alone, and not of what conversations then do.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from commands.listening import spare_memory
from engine.runtime import Runtime
from engine.store import open_store
from tests.bench import crowd
from tests.bench.figures import Figure

CLAIMED = 20_000
SPELLS = 5
"""The claims are timed in so many parts."""


def measure() -> list[Figure]:
    """Timers claimed a second."""
    rates = asyncio.run(_claim())
    what = f"timers of {crowd.CONVERSATIONS:,} claimed a second"
    return [Figure(what, statistics.median(rates), "/s", min(rates), max(rates))]


async def _spell(engine: Runtime) -> float:
    begun, claimed = time.perf_counter(), 0
    while claimed < CLAIMED // SPELLS:
        claimed += await engine.timers.fire_due()
    return claimed / (time.perf_counter() - begun)


async def _claim() -> list[float]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "crowd.sqlite"
        await crowd.build(path, due_at=0)
        store = open_store(path)
        engine = crowd.runtime(store)
        spare_memory()  # as a server does before it begins
        await engine.inbox.start()
        rates = [await _spell(engine) for _ in range(SPELLS)]
        await engine.inbox.stop(1)
        await store.close()
        return rates
