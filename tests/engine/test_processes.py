"""Who is silent has died, and all others hear of it once."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.clock import DatabaseClock
from engine.limits import MINUTE
from engine.processes import DEAD, KEPT, Processes
from engine.schema import VERSION
from tests.engine.motion import MONDAY, HandClock, MakeLibrary, World, world


class One:
    """A process among others; `heard`: how many deaths it was told of."""

    def __init__(self, at: World, number: int) -> None:
        self.heard = 0
        self.life = Processes(at.store, at.clock, number, self._died)

    def _died(self) -> None:
        self.heard += 1


async def test_whoever_starts_after_a_clean_end_need_not_be_careful(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(), start=False) as at:
        first = One(at, 1)
        assert not await first.life.start()
        await first.life.stop()
        assert not await One(at, 2).life.start()


@pytest.mark.parametrize(("later", "careful"), [(DEAD - 1, False), (DEAD, True), (DEAD + 2 * MINUTE, True)])
async def test_whoever_starts_after_a_death_is_careful(
    tmp_path: Path, library: MakeLibrary, database: str, later: int, careful: bool
) -> None:
    async with world(tmp_path, library(), start=False) as at:
        await One(at, 1).life.start()
        at.clock.move(later)
        second = One(at, 2)
        assert await second.life.start() is (careful or database == "sqlite"), "a file's lock says it at once"
        await second.life.stop()


async def test_the_living_hear_of_a_death_once_each(tmp_path: Path, library: MakeLibrary, database: str) -> None:
    if database == "sqlite":
        pytest.skip("a file has one process")
    async with world(tmp_path, library(), start=False) as at:
        dead, *others = (One(at, number) for number in (1, 2, 3))
        for each in (dead, *others):
            await each.life.start()
        heard = []
        for _ in range(3):
            at.clock.move(DEAD // 2)
            for each in others:
                await each.life.beat()
            heard.append([each.heard for each in others])
        assert heard == [[0, 0], [1, 1], [1, 1]]
        for each in (dead, *others):
            await each.life.stop()


NOW = MONDAY
OTHERS = {
    "silent for ten seconds": (NOW - DEAD, None),
    "heard of since": (NOW - DEAD + 1, None),
    "silent for an hour": (NOW - 60 * MINUTE, None),
    "stopped in good order": (NOW - 1, NOW - 1),
    "dead for a minute": (NOW - MINUTE - DEAD, NOW - MINUTE),
    "dead for longer": (NOW - MINUTE - DEAD - 1, NOW - MINUTE - 1),
}
"""When each of them beat last, and when it stopped."""
JOINED = """
    INSERT INTO process (process_id, release, host, started_at, beat_at, stopped_at)
    VALUES (:number, '', :name, 1, :beat, :stop)
"""


async def lives(at: World) -> dict[str, tuple[int, int | None]]:
    return {
        row.host: (row.beat_at, row.stopped_at) for row in await at.rows("SELECT * FROM process WHERE host <> 'me'")
    }


async def test_who_is_silent_for_ten_seconds_is_dead_and_nobody_else(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(), start=False) as at:
        me = One(at, 1)
        at.clock.move(-1)
        await me.life.start()
        await at.change("UPDATE process SET host = 'me', stopped_at = 5")
        for number, (name, (beat, stop)) in enumerate(OTHERS.items(), 2):
            await at.change(JOINED, number=number, name=name, beat=beat, stop=stop)
        at.clock.moment = NOW
        await me.life.beat()
        buried = {"silent for ten seconds": (NOW - DEAD, NOW), "silent for an hour": (NOW - 60 * MINUTE, NOW)}
        assert await lives(at) == {**OTHERS, **buried}
        assert me.life._known == {2, 4, 6}
        mine = await at.rows("SELECT beat_at, stopped_at FROM process WHERE host = 'me'")
        assert [tuple(row) for row in mine] == [(NOW, None)], "who was taken for dead, and beats, lives"
        await me.life.beat()
        assert me.heard == 1
        at.clock.move(1)
        await me.life.stop()
        assert await lives(at) == {**OTHERS, **buried}
        mine = await at.rows("SELECT beat_at, stopped_at FROM process WHERE host = 'me'")
        assert [tuple(row) for row in mine] == [(NOW + 1, NOW + 1)]


async def test_who_beats_is_alive(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(), start=False) as at:
        first = One(at, 1)
        await first.life.start()
        for _ in range(5):
            at.clock.move(DEAD // 2)
            await first.life.beat()
        assert [tuple(row) for row in await at.rows("SELECT process_id, stopped_at FROM process")] == [(1, None)]
        await first.life.stop()


async def test_old_processes_are_forgotten(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(), start=False) as at:
        first = One(at, 1)
        await first.life.start()
        await first.life.stop()
        at.clock.move(KEPT + 1)
        second = One(at, 2)
        await second.life.start()
        assert [row.process_id for row in await at.rows("SELECT process_id FROM process")] == [2]
        await second.life.stop()


async def test_the_time_is_the_database_servers(tmp_path: Path, library: MakeLibrary, database: str) -> None:
    if database == "sqlite":
        pytest.skip("a file has no clock")
    async with world(tmp_path, library(), start=False) as at:
        own = HandClock()
        own.moment = 0
        life = Processes(at.store, DatabaseClock(own), 1, lambda: None)
        await life.start()
        rows = await at.rows("SELECT started_at, extract(epoch FROM clock_timestamp()) * 1000 AS now FROM process")
        began = rows[0]
        assert 0 <= float(began.now) - began.started_at < MINUTE
        await life.stop()


def test_a_clock_is_corrected_by_the_middle_of_asking() -> None:
    own = HandClock()
    clock = DatabaseClock(own)
    clock.correct(theirs=5_000, asked=1_000, answered=1_200)
    assert clock.now() == own.now() + 3_900
    assert clock.own() == own.now()


@pytest.mark.parametrize(("change", "stops"), [(0, 0), (1, 1), (-1, 1)])
async def test_who_knows_the_tables_no_more_stops(
    tmp_path: Path, library: MakeLibrary, change: int, stops: int
) -> None:
    async with world(tmp_path, library(), start=False) as at:
        life = One(at, 1).life
        asked: list[None] = []
        life.outdated = lambda: asked.append(None)
        version = str(VERSION + change)
        await at.change("DELETE FROM meta WHERE name = 'schema'")
        for name, value in (("another", "99"), ("schema", version)):
            await at.change("INSERT INTO meta (name, value) VALUES (:name, :value)", name=name, value=value)
        await life.agree()
        assert len(asked) == stops
