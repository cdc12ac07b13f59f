"""Whatever a gateway, a disk, people and a dying process do: what was promised holds, for every seed."""

from __future__ import annotations

import pytest

from tests.simulation.play import again, kept_seeds, play, play_all

FEW, ALL = 40, 1_000


@pytest.mark.parametrize("seed", [*range(FEW), *kept_seeds()])
def test_every_promise_is_kept(seed: int) -> None:
    played = play(seed)
    assert not played.problem, f"{played.problem}\nrepeat it with: {again(seed)}"


def test_the_same_seed_gives_the_same_run() -> None:
    assert play(1) == play(1)


@pytest.mark.real
def test_every_promise_is_kept_a_thousand_times() -> None:
    failed = [played for played in play_all(range(FEW, ALL)) if played.problem]
    assert not failed, "\n".join(f"{again(played.seed)}: {played.problem}" for played in failed)
