"""Very many timers due at once, in the order of their time: claimed, and fired.

*Claimed*: found, its box locked, read again under the lock, and taken off.  They are of waits that are over, so that
this is the time of the claim alone.  *Fired*: claimed, and its conversation goes on, says something and ends.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import func, select, update

from commands.listening import spare_memory
from engine import schema
from engine.audience import Audience
from engine.clock import SystemClock
from engine.facts import Record
from engine.ids import Ids
from engine.opening import open_store
from engine.orders import Order
from engine.registry import Registry
from engine.runtime import Runtime
from engine.store import Store
from grammar.loader import load_text
from tests.bench import crowd
from tests.bench.figures import FULL, Figure

CLAIMED = 100_000 if FULL else 20_000
FIRED = 10_000
SPELLS = 5
"""Claims and fires are timed in so many parts."""

FLOW = """\
flow morning: The next day
    languages: en
    start on word MORNING

wait 1 day
say: Good morning, {worker.first_name}.
"""


def measure() -> list[Figure]:
    """Timers claimed a second, and timers fired a second."""
    claimed, fired = asyncio.run(_run())
    return [
        _figure(f"timers of {crowd.CONVERSATIONS:,} claimed a second", claimed),
        _figure("timers fired a second, each with a step and a message", fired),
    ]


def _figure(what: str, rates: list[float]) -> Figure:
    return Figure(what, statistics.median(rates), "/s", min(rates), max(rates))


async def _run() -> tuple[list[float], list[float]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "crowd.sqlite"
        await crowd.build(path, due_at=1)
        store = open_store(path)
        engine = crowd.runtime(store)
        await engine.inbox.start()
        await _put_to_sleep(engine, store)
        spare_memory()  # as a server does before it begins
        fired = [await _spell(engine, FIRED // SPELLS) for _ in range(SPELLS)]
        await _have_spoken(store)
        claimed = [await _spell(engine, CLAIMED // SPELLS) for _ in range(SPELLS)]
        await engine.inbox.stop(1)
        await store.close()
        return claimed, fired


async def _spell(engine: Runtime, many: int) -> float:
    begun, done = time.perf_counter(), 0
    while done < many:
        done += await engine.timers.fire_due()
    return done / (time.perf_counter() - begun)


async def _put_to_sleep(engine: Runtime, store: Store) -> None:
    """Conversations that wait for tomorrow, and tomorrow is there, before the timers of all others."""
    clock = SystemClock()
    await Registry(store, Ids(clock), clock).put_workers(_sleepers())
    compiled = load_text(FLOW, "morning.flow").compiled
    assert compiled is not None
    await engine.publish(compiled.programs[0])
    await engine.broadcasts.orders.place(Order(Audience("sleepers"), "morning"), "bench")
    await engine.broadcasts.send_due()
    wake = update(schema.timer).where(schema.timer.c.due_at > 1).values(due_at=0)
    assert await store.write(lambda connection: connection.execute(wake).rowcount) == FIRED


async def _have_spoken(store: Store) -> None:
    async with store.read() as connection:
        said = await connection.scalar(select(func.count()).select_from(schema.outbox))
    assert said == FIRED, f"only {said} of {FIRED} spoke"


def _sleepers() -> Iterator[Record]:
    for n in range(FIRED):
        yield {"id": f"s{n}", "name": f"Sleeper {n}", "phone": f"+23177{n:07}", "language": "en", "groups": "sleepers"}
