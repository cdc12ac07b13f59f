"""Parked work: shown without a worker's words, done once more in its turn, or dropped, and the audit knows by whom."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine import auditing, box, floor, machine, parked
from engine.events import Received
from engine.parked import Parked
from engine.view import View
from tests.engine.motion import MOSES, MakeLibrary, World, world

FLOW = """
    flow who: Who
        languages: en
        channels: sms
        start on word WHO
    ask name: What is your name?
        answer: text up to 40 letters
    say: Thank you, {name}.
"""


async def parked_now(here: World) -> list[Parked]:
    async with here.store.read() as connection:
        return await parked.parked(connection, here.store.vault)


async def poisoned(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Moses stands at the question, and his answer cannot be applied."""
    await here.says("WHO")
    await here.gateway.has(1)
    whole = box.receive

    def fail(view: View, text: str, *arguments: Any, **more: Any) -> Any:
        if text == "Flomo":
            raise KeyError("Moses Flomo")
        return whole(view, text, *arguments, **more)

    with monkeypatch.context() as patch:
        patch.setattr(box, "receive", fail)
        await here.says("Flomo")
        await here.becomes("SELECT count(*) FROM event WHERE state = 2", [(1,)])


async def test_it_is_shown_without_what_it_says(
    tmp_path: Path, library: MakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        await poisoned(here, monkeypatch)
        shown = (await parked_now(here))[0]
        assert (shown.kind, shown.channel, shown.n) == ("message", "sms", 2)
        assert shown.where == "who, line 6"
        assert shown.error.startswith("KeyError in ")
        assert "Flomo" not in repr(shown)


async def test_once_more_it_is_applied(tmp_path: Path, library: MakeLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        await poisoned(here, monkeypatch)
        shown = (await parked_now(here))[0]
        vault, now = here.store.vault, here.clock.now()
        assert await here.store.write(lambda c: parked.replay(c, vault, shown.box_id, shown.n, "grace", now))
        here.clock.move(20_000)
        await here.runtime.inbox.sweep()
        assert await here.gateway.has(2) == ["What is your name?", "Thank you, Flomo."]
        assert await parked_now(here) == []
        assert await here.rows("SELECT accepted FROM box WHERE box_id = :box", box=shown.box_id) == [(0,)]
        await noted(here, "replay")


async def test_dropped_it_changes_nothing_ever(
    tmp_path: Path, library: MakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        await poisoned(here, monkeypatch)
        shown = (await parked_now(here))[0]
        vault, now = here.store.vault, here.clock.now()
        assert await here.store.write(lambda c: parked.drop(c, vault, shown.box_id, shown.n, "grace", now))
        assert not await here.store.write(lambda c: parked.replay(c, vault, shown.box_id, shown.n, "grace", now))
        here.clock.move(20_000)
        await here.runtime.inbox.sweep()
        await here.says("Moses", MOSES)
        assert await here.gateway.has(2) == ["What is your name?", "Thank you, Moses."]
        await noted(here, "drop")


async def noted(here: World, what: str) -> None:
    async with here.store.read() as connection:
        rows = await auditing.newest(connection, here.store.vault, 9)
        assert ("grace", what, "event 2") in [(row.actor, row.what, row.detail) for row in rows]
        assert (await auditing.verify(connection, here.store.vault, {}))[1] == []


async def test_what_is_not_parked_cannot_be_put_back(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        await here.says("WHO")
        vault = here.store.vault
        home = (await here.rows("SELECT box_id FROM event"))[0].box_id
        assert not await here.store.write(lambda c: parked.replay(c, vault, home, 1, "grace", 1))
        assert not await here.store.write(lambda c: parked.drop(c, vault, 12345, 1, "grace", 1))


@pytest.mark.parametrize(
    ("trace", "where", "error"),
    [
        ("It ended the process, three times.", "", "It ended the process, three times."),
        (
            "Traceback\nengine.machine.run.MachineError: survey, line 12: it goes round for ever\n",
            "survey, line 12",
            "it goes round for ever",
        ),
        (
            'Traceback\n  File "/x/engine/box.py", line 9, in hear\n    a[b]\nValueError: +231770000001\n',
            "",
            "ValueError in engine/box.py, line 9 (hear)",
        ),
        ("", "", "No trace was kept."),
    ],
)
def test_an_error_is_its_kind_and_its_place(trace: str, where: str, error: str) -> None:
    assert (parked._where(trace), parked._error(trace)) == (where, error)


async def stuck(here: World, monkeypatch: pytest.MonkeyPatch, word: str, count: int) -> None:
    """Moses begins a conversation, which cannot be stepped with his answer."""
    await here.says(word)
    await here.becomes("SELECT count(*) FROM session WHERE status = 'waiting'", [(1,)])
    whole = machine.step

    def fail(linked: Any, session: Any, event: Any, *rest: Any) -> Any:
        if isinstance(event, Received):
            raise KeyError("Flomo")
        return whole(linked, session, event, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(floor, "step", fail)
        await here.says("Flomo")
        await here.becomes("SELECT count(*) FROM session WHERE status = 'parked'", [(count,)])


async def test_only_the_conversation_that_was_parked_with_it_goes_on(
    tmp_path: Path, library: MakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(
        tmp_path, library(FLOW, FLOW.replace("who: Who", "name_too: Name").replace("WHO", "NAME"))
    ) as here:
        await stuck(here, monkeypatch, "WHO", 1)
        [(first,)] = await here.rows("SELECT session_id FROM session WHERE status = 'parked'")
        await stuck(here, monkeypatch, "NAME", 2)
        second = (await parked_now(here))[1]
        now, vault = here.clock.now(), here.store.vault
        assert await here.store.write(lambda c: parked.replay(c, vault, second.box_id, second.n, "grace", now))
        here.clock.move(20_000)
        await here.runtime.inbox.sweep()
        await here.becomes("SELECT count(*) FROM event WHERE state = 2", [(1,)])
        await here.becomes("SELECT session_id FROM session WHERE status = 'parked'", [(first,)])
        await here.becomes("SELECT count(*) FROM session WHERE status = 'ended'", [(1,)])
