"""Resident memory of a process over very many sleeping conversations, before and after it worked on messages.

`python -m tests.bench.memory DATABASE` opens the database, prints one JSON object, and ends.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from engine.clock import SystemClock
from engine.inbox import Arrival
from engine.limits import DAY
from engine.opening import open_store
from tests.bench import crowd
from tests.bench.figures import Figure, most

MESSAGES = 1_000
ROOT = Path(__file__).parents[2]


def measure() -> list[Figure]:
    """Megabytes at the start, and after the messages."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "crowd.sqlite"
        asyncio.run(crowd.build(path, SystemClock().now() + 365 * DAY))
        command = [sys.executable, "-m", "tests.bench.memory", str(path)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    before, after = json.loads(done.stdout.splitlines()[-1])  # the engine logs above it
    what = f"resident memory, {crowd.CONVERSATIONS:,} conversations asleep"
    return [
        Figure(what, before, "MB", before, before),
        Figure(f"{what}, after {MESSAGES:,} messages", after, "MB", after, after),
    ]


async def _work(path: Path) -> tuple[float, float]:
    store = open_store(path)
    engine = crowd.runtime(store)
    await engine.start()
    before = most()
    for turn in range(MESSAGES // crowd.WRITERS):
        arrivals = [Arrival("line", f"{turn}-{n}", crowd.phone(n), "HELP") for n in range(crowd.WRITERS)]
        await asyncio.gather(*(engine.accept(each) for each in arrivals))
    after = most()
    await engine.stop(1)
    await store.close()
    return before, after


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(_work(Path(sys.argv[1])))) + "\n")
