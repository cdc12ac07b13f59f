"""What is paused waits, uncounted, until it is let go on, or expires."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, UpdateBase

from engine import pauses, schema
from engine.ids import bucket_of
from engine.library import Library
from engine.limits import DAY
from engine.pauses import Button, Paused, UnknownError, go_on, pause, read_list, read_paused, unpause
from engine.sets import many
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
BOX = 4_000_001
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


PUT_OFF: dict[str, Any] = {"status": "queued", "flow": "one", "not_before": 9, "expires_at": 9}
OTHERS: dict[str, dict[str, Any]] = {
    "of another flow": {"flow": "two"},
    "what may have gone through, and waits for its receipt": {"doubtful": True},
    "what is tried again later": {"not_before": 8},
    "what is on its way": {"status": "sending"},
    "what was sent": {"status": "sent"},
}


async def fill(at: World, *rows: dict[str, Any], box: int = BOX) -> None:
    """Messages number 1, 2 … of a box, each as it is said."""
    row = {"bucket": bucket_of(box), "box_id": box, "line_id": 1, "channel": "x", "class": 1, "parts": 1, "tries": 0}
    row |= {"retries": 0, "doubtful": False, "queued_at": 5, "body": b""}
    whole = [{**row, "out_id": n, **each} for n, each in enumerate(rows, 1)]
    await at.store.write(lambda connection: connection.execute(schema.outbox.insert(), whole) and None)


@pytest.mark.parametrize("how", ["let go", "start"])
@pytest.mark.parametrize("other", OTHERS)
async def test_only_what_was_put_off_gets_its_place_again(tmp_path: Path, flows: Library, other: str, how: str) -> None:
    """In particular, what may have gone through is not sent a second time."""
    async with world(tmp_path, flows, start=False) as at:
        await fill(at, PUT_OFF, PUT_OFF | OTHERS[other])
        if how == "let go":
            await let_go_alone(at, ONE)
        else:
            await pause(at.store, Button("flow", "two"), "grace", "", 1)
            await go_on(at.store)
        places = [row.not_before for row in await at.rows("SELECT not_before FROM outbox ORDER BY out_id")]
        assert places == [5, OTHERS[other].get("not_before", 9)]


async def let_go_alone(at: World, button: Button) -> bool:
    """Where nothing is in motion."""
    return await unpause(at.store, button, "grace", at.clock.now())


async def test_a_broadcast_that_is_let_go_is_no_other_one(tmp_path: Path, flows: Library) -> None:
    async with world(tmp_path, flows, start=False) as at:
        await fill(at, *(PUT_OFF | {"broadcast": number} for number in (7, 8, 7)))
        await let_go_alone(at, Button("broadcast", "7"))
        assert await at.rows("SELECT out_id FROM outbox WHERE not_before = 5 ORDER BY out_id") == [(1,), (3,)]


async def test_all_get_their_places_again_slice_by_slice(
    tmp_path: Path, flows: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    slices: list[int] = []

    def counted(connection: Connection, statement: UpdateBase, rows: Sequence[dict[str, Any]]) -> None:
        slices.append(len(rows))
        many(connection, statement, rows)

    monkeypatch.setattr(pauses, "many", counted)
    async with world(tmp_path, flows, start=False) as at:
        await fill(at, *[PUT_OFF] * (pauses.SLICE * 2 + 1))
        await let_go_alone(at, ONE)
        assert set(slices) == {pauses.SLICE, 1}
        assert await at.rows("SELECT count(*) FROM outbox WHERE not_before = 5") == [(pauses.SLICE * 2 + 1,)]


@pytest.mark.parametrize(
    ("pressed", "flow", "broadcast", "waits"),
    [
        (Paused(flows=frozenset({"one"})), "one", None, True),
        (Paused(flows=frozenset({"one"})), "two", None, False),
        (Paused(broadcasts=frozenset({"7"})), "one", 7, True),
        (Paused(broadcasts=frozenset({"7"})), "one", 8, False),
        (Paused(broadcasts=frozenset({"None"})), "one", None, False),
        (Paused(flows=frozenset({"one"}), broadcasts=frozenset({"7"})), "two", 7, True),
    ],
)
def test_a_message_waits_for_its_flow_and_for_its_broadcast(
    pressed: Paused, flow: str, broadcast: int | None, waits: bool
) -> None:
    assert pressed.message(flow, broadcast) == waits


async def test_each_button_is_one_by_its_kind_and_its_name(tmp_path: Path, flows: Library) -> None:
    buttons = [Button("flow", "two"), ONE, Button("channel", "one"), Button("channel", "two")]
    async with world(tmp_path, flows, start=False) as at:
        for each in buttons:
            await press(at, each)
        await pause(at.store, ONE, "james", "again", 9)
        await let_go_alone(at, Button("flow", "two"))
        await let_go_alone(at, Button("channel", "one"))
        async with at.store.read() as connection:
            listed = [tuple(row) for row in await read_list(connection)]
            assert await read_paused(connection) == Paused(channels=frozenset({"two"}), flows=frozenset({"one"}))
        now = at.clock.now()
        assert listed == [("channel", "two", now, "grace", "a wrong dose"), ("flow", "one", 9, "james", "again")]


@pytest.mark.parametrize(
    ("pressed", "sends_nothing"),
    [
        (Paused(), False),
        (Paused(everything=True), True),
        (Paused(channels=frozenset({"sms"})), True),
        (Paused(channels=frozenset({"ussd"})), False),
        (Paused(flows=frozenset({"sms"}), broadcasts=frozenset({"sms"})), False),
    ],
)
def test_a_channel_sends_nothing_where_it_or_everything_is_paused(pressed: Paused, sends_nothing: bool) -> None:
    assert pressed.channel("sms") == sends_nothing
