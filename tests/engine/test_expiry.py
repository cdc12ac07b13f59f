"""What expired is found however much waits before it, and no look goes through more of the queue than a slice."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import expiry, schema
from engine.delivery import Down
from engine.expiry import PAUSE, SWEEP_EVERY, Sweep
from engine.limits import DAY
from tests.engine.motion import MONDAY, MakeLibrary, World, world
from tests.engine.test_outbox import queue


async def fill(at: World, *expires_at: int, channel: str = "sms", status: str = "queued") -> None:
    """Messages number 1, 2 …, in the order in which they would go, each with its expiry."""
    rows = [
        {
            "bucket": 1,
            "box_id": 1,
            "out_id": n,
            "line_id": 1,
            "channel": channel,
            "class": 1 + n % 2,
            "status": status,
            "parts": 1,
            "tries": 0,
            "retries": 0,
            "doubtful": False,
            "queued_at": MONDAY,
            "not_before": MONDAY,
            "expires_at": moment,
            "body": b"",
        }
        for n, moment in enumerate(expires_at, 1)
    ]
    await at.store.write(lambda c: c.execute(schema.outbox.insert(), rows))


async def look(at: World, sweep: Sweep, now: int) -> list[int]:
    async with at.store.read() as connection:
        return [each.out_id for each in await connection.run_sync(sweep.look, now)]


async def test_a_round_goes_through_the_queue_slice_by_slice(
    tmp_path: Path, library: MakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiry, "SLICE", 3)
    over, later = MONDAY - 1, MONDAY + 1
    async with world(tmp_path, library(), start=False) as at:
        await fill(at, later, later, over, over, MONDAY, later, over, over)  # in order: 2 4 6 8, then 1 3 5 7
        sweep = Sweep("sms")
        assert sweep.due(MONDAY)
        assert await look(at, sweep, MONDAY) == [4]
        assert sweep.next_at == MONDAY + PAUSE
        assert not sweep.due(MONDAY)
        assert await look(at, sweep, MONDAY + PAUSE - 999) == [8, 1, 3], "1 expired meanwhile"
        assert await look(at, sweep, MONDAY) == [5, 7]
        assert sweep.begins
        assert sweep.next_at == MONDAY + SWEEP_EVERY
        assert await look(at, sweep, MONDAY) == [4], "a new round"


async def test_where_much_expired_the_next_slice_comes_at_once(
    tmp_path: Path, library: MakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiry, "MOST", 2)
    async with world(tmp_path, library(), start=False) as at:
        await fill(at, *[MONDAY] * 5)
        sweep, found = Sweep("sms"), []
        while sweep.due(MONDAY):
            found.append(await look(at, sweep, MONDAY))
        assert found == [[2, 4], [1, 3], [5]]


async def test_each_channel_has_a_queue_of_its_own(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(), start=False) as at:
        await fill(at, MONDAY, channel="other")
        assert await look(at, Sweep("sms"), MONDAY) == []
        assert await look(at, Sweep("other"), MONDAY) == [1]


@pytest.mark.parametrize("status", ["sending", "sent", "failed", "unknown", "stopped"])
async def test_what_left_or_is_leaving_does_not_expire(tmp_path: Path, library: MakeLibrary, status: str) -> None:
    async with world(tmp_path, library(), start=False) as at:
        await fill(at, MONDAY - DAY, status=status)
        assert await look(at, Sweep("sms"), MONDAY) == []


@pytest.mark.parametrize(("now", "due"), [(MONDAY, False), (MONDAY + PAUSE, True), (MONDAY - DAY, True)])
def test_a_clock_that_was_set_back_makes_no_pause_longer(now: int, due: bool) -> None:
    sweep = Sweep("sms")
    sweep.next_at = MONDAY + PAUSE
    assert sweep.due(now) == due


async def test_what_expires_while_its_channel_is_down_is_dropped_all_of_it(
    tmp_path: Path, library: MakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiry, "MOST", 2)
    async with world(tmp_path, library()) as at:
        at.gateway.outcomes.extend([Down("no route")] * 9)
        await queue(at, *"abcdefg")
        await at.becomes("SELECT state FROM channel", [("down",)])
        at.clock.move(8 * DAY)
        at.runtime.wake()
        await at.becomes("SELECT DISTINCT status FROM outbox", [("expired",)])
