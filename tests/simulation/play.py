"""Simulations by seed: `python -m tests.simulation.play --seeds 1000`, or `--seed 7` to repeat one.

A process on each core takes its share; each seed that fails is printed with what was broken and the command that
repeats it.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from unittest.mock import patch

import structlog

from tests.simulation import acts
from tests.simulation.world import World

MESSAGES = 200
PLAIN = "plain"
"""The name of no acts."""
KEPT = Path(__file__).with_name("seeds.txt")
_SELDOM = {
    "engine.broadcasts": {"LOOK_EVERY": 180.0},
    "engine.expiry": {"SWEEP_EVERY": 360_000},
    "engine.inbox": {"SWEEP_EVERY": 150_000, "CAREFUL_BATCHES": 8},
    "engine.leases": {"BEYOND": 480_000, "LEASE": 240_000},
    "engine.mail": {"IDLE": 300.0},
    "engine.movers": {"LOOK_EVERY": 180.0},
    "engine.outbox": {
        "IDLE": 300.0,
        "LEASE": 240_000,
        "POLL": 90.0,
        "RENEW": 90.0,
        "SWEEP_EVERY": 360_000,
        "TAKE_EVERY": 90.0,
    },
    "engine.processes": {"BEAT": 60.0, "DEAD": 200_000},
    "engine.runtime": {"CALLS_EVERY": 180.0},
    "engine.schedules": {"LOOK_EVERY": 360.0},
    "engine.timers": {"LOOK_EVERY": 60.0},
    "engine.versions": {"LOOK_EVERY": 180.0},
}


@dataclass(frozen=True)
class Played:
    """What came of a seed: `problem` is "" where every promise was kept."""

    seed: int
    problem: str
    steps: int = 0
    starts: int = 0


@contextmanager
def simulated_pace() -> Iterator[None]:
    """Whoever looks by himself looks seldom: a virtual hour is gone in a moment.  Nothing is logged."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    patches = [
        patch.object(import_module(module), name, value)
        for module, values in _SELDOM.items()
        for name, value in values.items()
    ]
    for each in patches:
        each.start()
    try:
        yield
    finally:
        for each in patches:
            each.stop()
        structlog.configure(**before)


def play(seed: int, messages: int = MESSAGES, cast: Iterable[str] | None = None, *, closely: bool = False) -> Played:
    """Run one, to its end or to the first promise that was broken.

    `cast`: its acts; None: those that the seed gives.  `closely`: as in `World`.
    """
    with simulated_pace():
        world = World(seed, messages, cast, closely=closely)
        try:
            world.run()
        except Exception as error:  # noqa: BLE001  (whatever it is, the seed has failed)
            return Played(seed, f"{type(error).__name__}: {error}", world.loop.steps, world.processes.starts)
        return Played(seed, "", world.loop.steps, world.processes.starts)


def again(seed: int, cast: Iterable[str] | None = None) -> str:
    """The command that repeats a seed, with these acts or with its own."""
    names = acts.drawn(seed) if cast is None else cast
    return f"python -m tests.simulation.play --seed {seed} --acts {','.join(names) or PLAIN}"


def kept() -> list[tuple[int, tuple[str, ...]]]:
    """Seeds that failed once, each with the acts that it had then."""
    lines = KEPT.read_text(encoding="utf-8").splitlines()
    return [(int(seed), cast_of(names)) for seed, names, *_ in map(str.split, lines) if seed != "#"]


def cast_of(names: str) -> tuple[str, ...]:
    """The acts, as a command and the list of kept seeds name them."""
    return () if names == PLAIN else tuple(names.split(","))


def play_all(seeds: Iterable[int], cast: Iterable[str] | None = None, *, closely: bool = False) -> Iterator[Played]:
    """All of them, one on each core at a time, in any order."""
    with multiprocessing.get_context("spawn").Pool(os.cpu_count(), _spare_memory) as pool:
        yield from pool.imap_unordered(partial(play, cast=cast, closely=closely), seeds, chunksize=5)


def _spare_memory() -> None:
    """A seed makes many objects and keeps few: a collector that looks seldom saves a tenth of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=1000, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--seed", type=int, help="this one alone")
    parser.add_argument("--acts", type=cast_of, help=f"these, with commas between them, or {PLAIN}; else the seed's")
    parser.add_argument(
        "--closely", action="store_true", help="compare all after every transaction; eight times as long"
    )
    asked = parser.parse_args()
    seeds = [asked.seed] if asked.seed is not None else list(range(asked.first, asked.first + asked.seeds))
    begun = time.monotonic()
    failed = 0
    how = {"cast": asked.acts, "closely": asked.closely}
    found = [play(seeds[0], **how)] if len(seeds) == 1 else play_all(seeds, **how)
    for number, played in enumerate(found, start=1):
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{number} of {len(seeds)} ")
        if played.problem:
            failed += 1
            sys.stdout.write(f"seed {played.seed}: {played.problem}\n    {again(played.seed, asked.acts)}\n")
    took = time.monotonic() - begun
    sys.stdout.write(f"{len(seeds)} seeds of {MESSAGES} messages in {took:.0f} s: {failed or 'none'} failed\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
