"""A channel goes as fast as it may, evenly, and a restart is no reason to go faster (I13)."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from engine.pace import Pace


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Time stands still but for waiting; gives the moments at which waiting ended, from the start."""
    moments: list[float] = []
    clock = [100.0]

    class Loop:
        def time(self) -> float:
            return clock[0]

    async def sleep(seconds: float) -> None:
        moments.append(round(clock[0] + seconds - 100.0, 6))

    monkeypatch.setattr("engine.pace.asyncio", SimpleNamespace(get_running_loop=Loop, sleep=sleep))
    return moments


async def test_without_a_limit_nothing_waits(waits: list[float]) -> None:
    pace = Pace(None)
    await pace.wait(10)
    assert waits == []
    assert pace.in_a_second() > 1_000_000


@pytest.mark.parametrize(
    ("per_second", "parts", "moments"),
    [
        (10, [1, 1, 1, 1], [0.1, 0.2, 0.3, 0.4]),
        (10, [3, 1, 1], [0.1, 0.4, 0.5]),
        (0.5, [1, 1], [2.0, 4.0]),
        (10, [0, 1], [0.1, 0.2]),
    ],
)
async def test_parts_are_spread_evenly(
    waits: list[float], per_second: float, parts: list[int], moments: list[float]
) -> None:
    pace = Pace(per_second)
    for each in parts:
        await pace.wait(each)
    assert waits == moments


@pytest.mark.parametrize(("per_second", "most"), [(10, 10), (0.5, 1), (1.5, 2)])
def test_no_more_is_taken_than_goes_within_a_second(per_second: float, most: int) -> None:
    assert Pace(per_second).in_a_second() == most
