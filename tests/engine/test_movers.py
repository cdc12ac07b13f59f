"""Whoever runs an older version of a flow whose newest takes along is looked at, once; nobody else is."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from engine import movers
from engine.lanes import BULK
from engine.library import Library
from engine.movers import Movers
from engine.work import Accepted, Item, Move
from grammar.program import Program
from tests.engine.motion import MakeLibrary, World, world

if TYPE_CHECKING:
    from engine.inbox import Inbox

FLOW = """
    flow {name}: {name}
        languages: en
        channels: sms
        start on word {name}
        {header}
    ask cases: {asks}
        answer: whole number from 0 to 500
"""
ROW = """
    INSERT INTO session
        (bucket, box_id, session_id, program, status, seq, wait, line_id, state, started_at, changed_at)
    VALUES (:number % 1024, :number, :number, :program, :status, 1, 1, 1, :state, 1, 1)
"""


class Noted:
    """An inbox that only notes whom it is asked to move."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int, int]] = []
        self.was_asked = asyncio.Event()

    async def do(self, item: Item, lane: int) -> Accepted:
        """Note it."""
        assert isinstance(item.work, Move)
        assert lane == BULK
        self.asked.append((item.bucket, item.box_id, item.work.session_id))
        self.was_asked.set()
        return Accepted()


class Flows:
    """The flows one and two in two versions each: `old`, which no line takes along, and `new`, which does."""

    def __init__(self, library: MakeLibrary) -> None:
        self.library: Library = library()
        self.old, self.new = ({name: _made(library, name, header) for name in ("one", "two")} for header in MOVED)


MOVED = ("", "moved cases -> cases")


def _made(library: MakeLibrary, name: str, header: str) -> Program:
    text = FLOW.format(name=name, header=header, asks="How many today?" if header else "How many?")
    return next(iter(library(text).flows())).program


@pytest.fixture
def flows(library: MakeLibrary) -> Flows:
    return Flows(library)


async def published(at: World, flows: Flows) -> None:
    for versions in (flows.old, flows.new):
        for program in versions.values():
            at.clock.move(1000)
            await at.runtime.publish(program)


async def sessions(at: World, program: Program, *numbers: int, status: str = "waiting") -> None:
    for number in numbers:
        await at.change(ROW, number=number, program=program.hash(), status=status, state=b"")


def mover(at: World, noted: Noted) -> Movers:
    return Movers(at.store, cast("Inbox", noted), at.library)


async def test_who_runs_an_older_version_is_moved_and_nobody_else(tmp_path: Path, flows: Flows) -> None:
    async with world(tmp_path, flows.library, start=False) as at:
        await published(at, flows)
        await at.runtime.versions.roll_back("two")  # the newest that runs takes nobody along
        await sessions(at, flows.old["one"], 1101, 1102)
        await sessions(at, flows.old["one"], 1103, status="suspended")
        await sessions(at, flows.old["one"], 1104, status="ended")
        await sessions(at, flows.new["one"], 1105)
        await sessions(at, flows.old["two"], 1106)
        await sessions(at, flows.new["two"], 1107)
        noted = Noted()
        movers_ = mover(at, noted)
        assert await movers_.move() == 3
        assert sorted(noted.asked) == [(77, 1101, 1101), (78, 1102, 1102), (79, 1103, 1103)]
        assert await movers_.move() == 0, "each version is looked at once"
        assert await mover(at, noted).move() == 3, "whoever starts anew looks again"


async def test_what_becomes_current_again_is_looked_at_again(tmp_path: Path, flows: Flows) -> None:
    async with world(tmp_path, flows.library, start=False) as at:
        await published(at, flows)
        await sessions(at, flows.old["one"], 1101)
        noted = Noted()
        movers_ = mover(at, noted)
        assert await movers_.move() == 1
        at.library.publish(flows.old["one"])
        assert await movers_.move() == 0
        at.library.publish(flows.new["one"])
        assert await movers_.move() == 1


@pytest.mark.parametrize("many", [1, 2, 3, 4, 5])
async def test_slice_after_slice_everybody_is_looked_at_once(
    tmp_path: Path, flows: Flows, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(movers, "AT_ONCE", 2)
    monkeypatch.setattr(movers, "_OLDER", movers._OLDER.limit(2))
    async with world(tmp_path, flows.library, start=False) as at:
        await published(at, flows)
        numbers = range(1101, 1101 + many)
        await sessions(at, flows.old["one"], *reversed(numbers))
        noted = Noted()
        async with asyncio.timeout(10):
            assert await mover(at, noted).move() == many
        assert [session for _, _, session in noted.asked] == list(numbers)


async def test_whom_a_crash_left_standing_is_moved_at_the_start(tmp_path: Path, flows: Flows) -> None:
    async with world(tmp_path, flows.library, start=False) as at:
        await published(at, flows)
        await sessions(at, flows.old["one"], 1101)
        noted = Noted()
        movers_ = mover(at, noted)
        movers_.start()
        async with asyncio.timeout(10):
            await noted.was_asked.wait()
        await movers_.stop()
        assert movers_._task is not None
        assert movers_._task.done()
