"""What commands ask of a running server, and who answers where none runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from commands import listening, neighbour
from commands.errors import CommandError
from console.taking_in import TAKE_IN, People, Taken
from engine.store import StoreError
from server import House
from settings import Settings
from tests.asgi import ask

NEW = People([{"id": "awa", "name": "Awa Touré", "phone": "0590000120"}, {"id": "bad", "phone": "not a number"}])
SAID = ["Worker bad: the phone number cannot be a real one. Write it like +231770000001."]


async def test_workers_are_taken_in_and_what_cannot_be_is_told(house: House) -> None:
    reply = await ask(house.neighbours, "POST", "/workers", msgspec.json.encode(NEW))
    assert (reply.status, reply.json) == (200, {"taken": 1, "problems": SAID})


@pytest.mark.parametrize("body", [b"", b"{}", b'{"workers": 1}'])
async def test_another_version_is_told_so(house: House, body: bytes) -> None:
    reply = await ask(house.neighbours, "POST", "/workers", body)
    assert (reply.status, reply.json) == (400, {"problem": "The command and the server are of different versions."})


async def test_the_world_cannot_reach_it(house: House) -> None:
    assert (await ask(house.world, "POST", "/workers", msgspec.json.encode(NEW))).status == 404


async def taken(settings: Settings) -> Taken:
    async with neighbour.errands(settings, first=True) as run:
        return await run(TAKE_IN, NEW)


@pytest.fixture
async def listened(house: House) -> AsyncIterator[House]:
    """A house whose socket is listened at."""
    ready, stop = asyncio.Event(), asyncio.Event()
    apps = {listening.beside(house.settings.socket): house.neighbours}
    serving = asyncio.create_task(listening.until(stop, apps, ready.set))
    await ready.wait()
    yield house
    stop.set()
    await serving


async def test_a_running_server_is_asked(listened: House) -> None:
    assert await taken(listened.settings) == Taken(1, SAID)
    assert listened.settings.socket.stat().st_mode & 0o777 == 0o600


async def test_a_command_does_it_where_no_server_runs(tmp_path: Path) -> None:
    assert await taken(Settings(database=tmp_path / "own.sqlite")) == Taken(1, SAID)


async def test_what_a_dead_server_left_behind_does_not_matter(tmp_path: Path) -> None:
    settings = Settings(database=tmp_path / "own.sqlite")
    listening.beside(settings.socket).close()
    assert await taken(settings) == Taken(1, SAID)


async def test_a_server_that_does_not_listen_yet_still_owns_the_database(house: House) -> None:
    with pytest.raises(StoreError, match=r"is in use by another Dundun"):
        await taken(house.settings)


async def test_what_the_server_refuses_is_said(listened: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_people: object) -> None:
        raise StoreError("The disk is full. Nothing was stored.")

    monkeypatch.setattr(listened.registry, "put_facilities", full)
    with pytest.raises(CommandError, match=r"The disk is full"):
        await taken(listened.settings)
