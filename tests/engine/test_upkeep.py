"""Anchors, and what is purged by night: once, by whoever comes first, and never by a clock that cannot be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import anchoring, audit, held
from engine.audit import Entry
from engine.limits import DAY, HOUR
from engine.upkeep import Upkeep
from tests.engine.motion import MONDAY, MakeLibrary, World, world

FLOW = """
    flow who: Who
        languages: en
        channels: sms
        start on word WHO
    say: Hello.
"""


def upkeep(here: World) -> Upkeep:
    return Upkeep(here.store, here.clock, here.folder / "test.anchors", (1, None, 30), "Africa/Monrovia")


async def test_what_is_noted_is_anchored_in_both_places(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library()) as here:
        keeping = upkeep(here)
        await keeping.anchor()
        assert anchoring.kept(tmp_path / "test.anchors") == {}
        entry = Entry("grace", "pause")
        await here.store.write(lambda c: audit.note(c, here.store.vault, entry, here.clock.now()))
        await keeping.anchor()
        stored = {row.n: bytes(row.mac) for row in await here.rows("SELECT n, mac FROM audit_anchor")}
        assert len(stored) == 1
        assert anchoring.kept(tmp_path / "test.anchors") == stored


async def test_the_last_anchor_comes_with_the_stop(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        keeping = upkeep(here)
        keeping.start()
        await here.says("STOP")
        await keeping.stop()
        assert len(await here.rows("SELECT n FROM audit_anchor")) == 1


async def test_once_a_night_whoever_comes_first(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        await here.says("WHO")
        await here.gateway.has(1)
        assert not await upkeep(here).purge()  # a database begins by day
        here.clock.move(DAY - HOUR)
        one, two = upkeep(here), upkeep(here)
        assert [await one.purge(), await two.purge(), await one.purge()] == [True, False, False]
        assert (await here.rows("SELECT count(*) FROM event WHERE length(body) = 0"))[0][0] == 0
        here.clock.move(DAY - HOUR)
        assert [await two.purge(), await one.purge()] == [True, False]
        assert (await here.rows("SELECT count(*) FROM event WHERE length(body) = 0"))[0][0] == 1


@pytest.mark.parametrize(("hours", "again"), [(1, False), (16, False), (17, True)])
async def test_the_night_begins_at_two(tmp_path: Path, library: MakeLibrary, hours: int, again: bool) -> None:
    """The clock stands at 09:00 of Monday, in Monrovia."""
    async with world(tmp_path, library(FLOW)) as here:
        keeping = upkeep(here)
        assert not await keeping.purge()
        here.clock.moment = MONDAY + hours * HOUR
        assert await keeping.purge() is again


@pytest.mark.parametrize("kind", [held.CLOCK, held.RESTORED])
async def test_nothing_goes_while_all_is_held(tmp_path: Path, library: MakeLibrary, kind: str) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        await here.store.write(lambda c: held.hold(c, kind, "A reason.", here.clock.now()))
        assert not await upkeep(here).purge()


async def test_a_clock_that_jumped_wipes_nothing(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        await here.says("WHO")
        await here.gateway.has(1)
        await here.store.write(lambda c: held.store_clock(c, here.clock.now()))
        here.clock.move(400 * DAY)
        assert not await upkeep(here).purge()
        assert (await here.rows("SELECT count(*) FROM event WHERE length(body) = 0"))[0][0] == 0
