"""A channel goes as fast as it may, evenly, and neither a restart nor another owner goes faster (I13)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

import pytest

from engine.pace import MOST_PARTS, Pace, Plan
from tests.engine.motion import MONDAY, HandClock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> HandClock:
    """Goes by as often as somebody waits, and exactly as long."""
    moving = HandClock()

    async def wait(_: asyncio.Event, seconds: float) -> None:
        moving.move(max(round(seconds * 1000), 1))
        await asyncio.sleep(0)

    monkeypatch.setattr("engine.pace.told", wait)
    return moving


@pytest.mark.parametrize(
    ("per_second", "parts", "moments"),
    [
        (None, [10, 10, 10], [0, 0, 0]),
        (10, [1, 1, 1, 1], [0, 100, 200, 300]),
        (10, [3, 1, 1], [0, 300, 400]),
        (0.5, [1, 1], [0, 2000]),
        (10, [0, 1], [0, 100]),
        (3, [1, 1, 1, 1], [0, 334, 668, 1002]),
    ],
)
async def test_parts_are_spread_evenly(
    clock: HandClock, per_second: float | None, parts: list[int], moments: list[int]
) -> None:
    pace, gone = Pace(per_second, clock), []
    for each in parts:
        await pace.turn(MONDAY, each)
        gone.append(clock.now() - MONDAY)
    assert gone == moments


async def test_who_came_first_goes_first(clock: HandClock) -> None:
    pace, gone = Pace(10, clock), []

    async def go(name: str) -> None:
        await pace.turn(MONDAY, 1)
        gone.append(name)

    await asyncio.gather(*(go(name) for name in "abcd"))
    assert gone == list("abcd")


async def test_at_the_end_nobody_waits_for_his_turn() -> None:
    pace = Pace(0.001, HandClock())
    await pace.turn(MONDAY, 1)
    waiting = asyncio.gather(*(pace.turn(MONDAY, 1) for _ in range(3)))
    pace.end()
    async with asyncio.timeout(10):
        await waiting


def plans(per_second: float, used_up: int, now: int, parts: int = 1) -> Iterator[int]:
    plan = Plan(1000 / per_second, used_up, now)
    while (begin := plan.take(parts)) is not None:
        yield begin - now


@pytest.mark.parametrize(
    ("per_second", "used_up", "parts", "begins"),
    [
        (4, 0, 1, [0, 250, 500, 750, 1000]),
        (4, -60_000, 1, [0, 250, 500, 750, 1000]),
        (4, -1, 3, [0, 750]),
        (4, 600, 1, [600, 850]),
        (4, 1001, 1, []),
        (4, 0, 3, [0, 750]),
        (0.1, 0, 1, [0]),
    ],
)
def test_what_is_picked_goes_within_a_second(per_second: float, used_up: int, parts: int, begins: list[int]) -> None:
    assert list(plans(per_second, MONDAY + used_up, MONDAY, parts)) == begins


def test_a_clock_that_was_set_back_holds_a_channel_no_longer_than_a_message_takes() -> None:
    plan = Plan(100.0, MONDAY + 10**9, MONDAY)
    assert plan.used_up <= MONDAY + 1000 + MOST_PARTS * 100


def test_what_was_used_up_before_the_clock_was_set_back_holds_nothing_up() -> None:
    assert Plan(100.0, MONDAY + 10**9, MONDAY).take(1) is not None
    pace = Pace(10, HandClock())
    assert [pace.is_used_up(MONDAY + ms) for ms in (1_000, 1_001, 20_000, 10**9)] == [False, True, True, False]


async def test_whoever_waits_for_his_turn_does_not_wait_for_a_clock_that_was_set_back(clock: HandClock) -> None:
    pace = Pace(10, clock)
    clock.move(-(10**9))
    async with asyncio.timeout(10):
        await pace.turn(MONDAY + 500, 1)
    assert clock.now() < MONDAY


@pytest.mark.parametrize("restarts", [0, 1, 5])
async def test_no_second_has_more_than_the_rate_over_restarts(clock: HandClock, restarts: int) -> None:
    gone: list[int] = []
    stored = 0
    for _ in range(restarts + 1):
        pace = Pace(10, clock)
        stored = max(stored, pace.empty())
        for _ in range(3):
            plan = pace.plan(stored)
            with contextlib.suppress(StopIteration):
                while (begin := plan.take(1)) is not None:
                    await pace.turn(begin, 1)
                    gone.append(clock.now())
            stored = max(int(plan.used_up), pace.used_up)
    assert len(gone) >= 30
    assert max(sum(each <= other < each + 1000 for other in gone) for each in gone) <= 10


@pytest.mark.parametrize(("per_second", "most"), [(10, 10), (0.5, 1), (1.5, 2)])
def test_no_more_is_taken_than_goes_within_a_second(per_second: float, most: int) -> None:
    assert Pace(per_second, HandClock()).in_a_second() == most
