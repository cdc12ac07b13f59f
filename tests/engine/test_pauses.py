"""What is paused waits, uncounted, until it is let go on, or expires."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.library import Library
from engine.limits import DAY
from engine.pauses import Button, UnknownError, pause, unpause
from tests.engine.motion import FATOU, MakeLibrary, World, world

FLOWS = """
    flow one: One
        languages: en
        channels: sms
        start on word ONE
    say: of one
    say: more of one

    flow two: Two
        languages: en
        channels: sms
        start on word TWO
    say: of two
"""
ALL, SMS, ONE = Button("all", ""), Button("channel", "sms"), Button("flow", "one")
WAITING = "SELECT count(*) FROM outbox WHERE status = 'queued'"


@pytest.fixture
def flows(library: MakeLibrary) -> Library:
    return library(FLOWS)


async def press(at: World, button: Button) -> None:
    await pause(at.store, button, "grace", "a wrong dose", at.clock.now())


async def let_go(at: World, button: Button) -> bool:
    was = await unpause(at.store, button, "grace", at.clock.now())
    at.runtime._owners["sms"].wake()
    return was


@pytest.mark.parametrize("button", [ALL, SMS, ONE])
async def test_it_waits_and_goes_on_where_it_was(tmp_path: Path, flows: Library, button: Button) -> None:
    async with world(tmp_path, flows) as at:
        await press(at, button)
        await at.says("ONE")
        await at.becomes(WAITING, [(2,)])
        assert await let_go(at, button)
        assert await at.gateway.has(2) == ["of one", "more of one"]
        await at.becomes("SELECT status, tries FROM outbox ORDER BY out_id", [("sent", 1), ("sent", 1)])


async def test_other_flows_go_on(tmp_path: Path, flows: Library) -> None:
    async with world(tmp_path, flows) as at:
        await press(at, ONE)
        await at.says("ONE")
        await at.says("TWO", FATOU)
        assert await at.gateway.has(1) == ["of two"]
        await at.becomes(WAITING, [(2,)])
        await let_go(at, ONE)
        assert (await at.gateway.has(3))[1:] == ["of one", "more of one"]


async def test_other_channels_go_on(tmp_path: Path, flows: Library) -> None:
    async with world(tmp_path, flows) as at:
        await pause(at.store, Button("channel", "other"), "grace", "", at.clock.now())
        await at.says("TWO")
        assert await at.gateway.has(1) == ["of two"]


@pytest.mark.parametrize("button", [ALL, ONE])
async def test_what_waited_too_long_is_not_sent(tmp_path: Path, flows: Library, button: Button) -> None:
    async with world(tmp_path, flows) as at:
        await press(at, button)
        await at.says("ONE")
        await at.becomes(WAITING, [(2,)])
        at.clock.move(7 * DAY)
        at.runtime._owners["sms"].wake()
        await at.becomes("SELECT DISTINCT status FROM outbox", [("expired",)])
        await let_go(at, button)
        assert at.gateway.texts == []


async def test_stop_holds_for_what_is_paused(tmp_path: Path, flows: Library) -> None:
    async with world(tmp_path, flows) as at:
        await press(at, ONE)
        await at.says("ONE")
        await at.says("STOP")
        await let_go(at, ONE)
        await at.gateway.has(1)
        await at.becomes("SELECT status FROM outbox ORDER BY out_id", [("stopped",), ("stopped",), ("sent",)])


async def test_who_pressed_it_is_in_the_audit(tmp_path: Path, flows: Library) -> None:
    async with world(tmp_path, flows, start=False) as at:
        await press(at, ONE)
        assert await let_go(at, ONE)
        assert not await let_go(at, ONE)
        rows = await at.rows("SELECT actor, what FROM audit WHERE actor = 'grace' ORDER BY n")
        assert [tuple(row) for row in rows] == [("grace", "pause"), ("grace", "unpause")]


@pytest.mark.parametrize("button", [Button("flow", "three"), Button("broadcast", "7")])
async def test_what_there_is_not_cannot_be_paused(tmp_path: Path, flows: Library, button: Button) -> None:
    async with world(tmp_path, flows, start=False) as at:
        with pytest.raises(UnknownError, match=f"There is no {button}"):
            await press(at, button)


async def test_what_a_crash_cut_off_while_it_was_let_go_goes_on_at_the_next_start(
    tmp_path: Path, flows: Library
) -> None:
    async with world(tmp_path, flows) as at:
        await press(at, ONE)
        await at.says("ONE")
        await at.becomes("SELECT count(*) FROM outbox WHERE not_before = expires_at", [(1,)])
        await at.change("DELETE FROM pause")  # and no message has its place again yet
        await at.crash()
        await at.runtime.start()
        assert await at.gateway.has(2) == ["of one", "more of one"]


async def test_what_is_still_paused_waits_over_a_crash(tmp_path: Path, flows: Library) -> None:
    async with world(tmp_path, flows) as at:
        await press(at, ONE)
        await at.says("ONE")
        await at.becomes("SELECT count(*) FROM outbox WHERE not_before = expires_at", [(1,)])
        await at.crash()
        await at.runtime.start()
        await at.says("TWO", FATOU)
        assert await at.gateway.has(1) == ["of two"]
