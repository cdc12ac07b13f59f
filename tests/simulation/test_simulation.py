"""Whatever a gateway, a disk, people and a dying process do: what was promised holds, for every seed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.simulation.play import again, kept, play, play_all

FEW, ALL, SLICE = 40, 640, 100
CLOSELY, ALL_CLOSELY = 3, 23


@pytest.mark.parametrize(("seed", "cast"), [*((seed, None) for seed in range(FEW)), *kept()])
def test_every_promise_is_kept(seed: int, cast: tuple[str, ...] | None) -> None:
    played = play(seed, cast=cast)
    assert not played.problem, f"{played.problem}\nrepeat it with: {again(seed, cast)}"


@pytest.mark.parametrize("seed", range(CLOSELY))
def test_every_promise_is_kept_after_every_transaction(seed: int) -> None:
    played = play(seed, closely=True)
    assert not played.problem, played.problem


def test_the_same_seed_gives_the_same_run_in_any_process() -> None:
    """Python gives sets of texts another order in each process; nothing may hang on that."""
    program = "from tests.simulation.play import play; print(play(1))"
    runs = {
        subprocess.run(  # what is run is our own
            [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": way}, capture_output=True, check=True
        ).stdout
        for way in ("1", "2")
    }
    assert len(runs) == 1


@pytest.mark.real
def test_every_promise_is_kept_after_every_transaction_of_more() -> None:
    failed = [played for played in play_all(range(CLOSELY, ALL_CLOSELY), closely=True) if played.problem]
    assert not failed, "\n".join(f"{again(played.seed)} --closely: {played.problem}" for played in failed)


@pytest.mark.real
@pytest.mark.parametrize("first", range(FEW, ALL, SLICE))
def test_every_promise_is_kept_hundreds_of_times(first: int) -> None:
    failed = [played for played in play_all(range(first, first + SLICE)) if played.problem]
    assert not failed, "\n".join(f"{again(played.seed)}: {played.problem}" for played in failed)
