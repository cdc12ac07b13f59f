"""For the same seed people read the same, word for word, whether a database remembers or a few dictionaries do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.motion import world  # noqa: F401  (so that each test runs on both databases)
from tests.simulation.agreement import PEOPLE, Dictionaries, engine, moves

MOVES = 40


@pytest.mark.parametrize("seed", range(4))
async def test_people_read_the_same(tmp_path: Path, seed: int) -> None:
    model = Dictionaries()
    async with engine(tmp_path) as tried:
        for move in moves(seed, MOVES, model):
            model.move(move)
            await tried.move(move)
            for worker in PEOPLE:
                assert await tried.read_by(worker) == model.read_by(worker), move
