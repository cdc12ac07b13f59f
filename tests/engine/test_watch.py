"""Clock jumps delay or fire once, never repeat (I15): a time that cannot be right holds, until a person says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import held
from engine.held import CLOCK, RESTORED
from engine.library import Library
from engine.limits import DAY, HOUR, MINUTE
from tests.engine.motion import MONDAY, MakeLibrary, World, world

FLOW = """
    flow hello: Hello
        languages: en
        channels: sms
        start on word HELLO
    wait 2 hours
    say: Here I am.
"""


@pytest.fixture
def hello(library: MakeLibrary) -> Library:
    return library(FLOW)


async def stored(at: World) -> held.State:
    return await at.store.write(held.state)


@pytest.mark.parametrize(
    ("moved", "holds"),
    [(0, False), (-MINUTE, False), (-MINUTE - 1, True), (DAY, False), (DAY + 1, True), (-30 * DAY, True)],
)
async def test_a_time_that_cannot_be_right_holds(tmp_path: Path, hello: Library, moved: int, holds: bool) -> None:
    async with world(tmp_path, hello, start=False, ahead=DAY) as at:
        assert await at.runtime.watch.holds() is None
        at.clock.move(moved)
        hold = await at.runtime.watch.holds()
        assert (hold is not None) is holds
        assert hold is None or (hold.kind == CLOCK and not hold.everything)


async def test_the_time_is_stored_each_minute(tmp_path: Path, hello: Library) -> None:
    async with world(tmp_path, hello, start=False) as at:
        for moved, expected in ((0, 0), (MINUTE - 1, 0), (1, MINUTE), (DAY, MINUTE + DAY)):
            at.clock.move(moved)
            await at.runtime.watch.holds()
            assert (await stored(at)).clock == MONDAY + expected


async def test_it_holds_until_a_person_says_so_though_the_clock_is_right_again(tmp_path: Path, hello: Library) -> None:
    async with world(tmp_path, hello, start=False, ahead=DAY) as at:
        await at.runtime.watch.holds()
        at.clock.move(-HOUR)
        first = await at.runtime.watch.holds()
        at.clock.move(HOUR)
        assert await at.runtime.watch.holds() == first
        await at.store.write(lambda c: held.release(c, at.clock.now()))
        assert await at.runtime.watch.holds() is None


async def test_a_person_can_say_that_the_time_is_right_as_it_is(tmp_path: Path, hello: Library) -> None:
    async with world(tmp_path, hello, start=False, ahead=DAY) as at:
        await at.runtime.watch.holds()
        at.clock.move(-40 * DAY)
        assert await at.runtime.watch.holds() is not None
        await at.store.write(lambda c: held.release(c, at.clock.now()))
        assert await at.runtime.watch.holds() is None


async def test_the_reason_says_both_times(tmp_path: Path, hello: Library) -> None:
    async with world(tmp_path, hello, start=False, ahead=DAY) as at:
        await at.runtime.watch.holds()
        at.clock.move(-HOUR)
        hold = await at.runtime.watch.holds()
        assert hold is not None
        assert (
            hold.reason == "The clock says 03 March 2025 at 08:00 UTC, but it was 03 March 2025 at 09:00 UTC already."
        )


async def test_a_doubtful_clock_does_not_weaken_the_hold_of_a_copy(tmp_path: Path, hello: Library) -> None:
    async with world(tmp_path, hello, start=False) as at:
        await at.store.write(lambda c: held.hold(c, RESTORED, "This database is a copy.", MONDAY))
        await at.store.write(lambda c: held.hold(c, CLOCK, "The clock is wrong.", MONDAY))
        state = await stored(at)
        assert state.hold is not None
        assert state.hold.everything


async def test_no_timer_fires_while_it_holds_and_each_once_afterwards(tmp_path: Path, hello: Library) -> None:
    async with world(tmp_path, hello, ahead=DAY) as at:
        await at.says("HELLO")
        await at.becomes("SELECT value FROM meta WHERE name = 'clock'", [(str(MONDAY),)])
        at.clock.move(2 * DAY)
        await at.becomes("SELECT count(*) FROM meta WHERE name = 'hold'", [(1,)])
        assert await at.heard() == []
        await at.store.write(lambda c: held.release(c, at.clock.now()))
        await at.becomes("SELECT status FROM session", [("ended",)])
        assert await at.heard() == ["Here I am."]


async def test_a_hold_is_told_once_by_each_process(
    tmp_path: Path, hello: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    async with world(tmp_path, hello, start=False) as at:
        await at.store.write(lambda c: held.hold(c, RESTORED, "This database is a copy.", MONDAY))
        for _ in range(3):
            await at.runtime.watch.holds()
        assert capsys.readouterr().out.count("on hold: nothing leaves until dundun resume") == 1
        await at.crash()
        await at.runtime.watch.holds()
        assert capsys.readouterr().out.count("This database is a copy.") == 1
