"""The composition root: what a server is made of, and what keeps it from starting."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from engine import schema
from engine.phrases import LANGUAGES
from engine.store import StoreError
from server import Extras, FlowsError, House
from settings import Action, Settings, SettingsError
from tests.asgi import ask
from tests.commands.conftest import FLOW

TOKEN = "t" * 16
LINE = {"type": "http", "send_url": "http://127.0.0.1:9/", "token": TOKEN, "fields": {"id": "id"}}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with one flow."""
    (tmp_path / "flows").mkdir()
    started = FLOW.replace("    languages: en\n", "    languages: en\n    start on word SURVEY\n")
    (tmp_path / "flows/survey.flow").write_text(started, encoding="utf-8")
    return tmp_path


def a_house(home: Path, **keys: Any) -> House:
    settings = Settings(**{"database": home / "own.sqlite", "flows": home / "flows", **keys})
    return House(settings, Extras(), "dundun.toml")


@pytest.mark.parametrize(("languages", "first"), [(("en",), "en"), (("fr", "en"), "fr"), (("pt-BR",), "pt")])
async def test_the_engine_speaks_every_language_and_the_deployments_first(
    home: Path, languages: tuple[str, ...], first: str
) -> None:
    house = a_house(home, languages=languages)
    async with house.running():
        spoken = house.library.phrases.languages
    assert spoken[0] == first
    assert set(spoken) == set(LANGUAGES)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"flows": Path("nowhere")}, "flows: there is no folder nowhere. Make it, or give another path."),
        ({"languages": ("en", "xx")}, "languages: the engine does not speak xx yet."),
        ({"channels": {"a": {"type": "pigeon"}}}, "channels.a.type: there is no kind of channel"),
        ({"channels": {"a": LINE | {"send_ulr": ""}}}, "channels.a.send_ulr: there is no such key. Did you mean"),
        ({"channels": {"a": LINE | {"token": "t"}}}, "channels.a.token: Set a token of at least 16 letters"),
        ({"channels": {"a": LINE | {"per_second": 0}}}, "channels.a.per_second: a number of SMS parts a second"),
        ({"channels": {"a": LINE | {"unknown": "x"}}}, 'channels.a.unknown: "resend", "hold" or "receipt" is'),
        ({"channels": {"a": LINE | {"fields": {"ide": "id"}}}}, "channels.a.fields.ide: there is no such key."),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_used_is_named(home: Path, keys: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingsError) as error:
        a_house(home, **keys)
    assert str(error.value).startswith(f"dundun.toml, key {says}")
    assert not (home / "own.sqlite").exists()


def test_flows_with_mistakes_open_nothing(home: Path) -> None:
    (home / "flows/broken.flow").write_text("flow x: X\nif y\n", encoding="utf-8")
    with pytest.raises(FlowsError) as error:
        a_house(home)
    assert {Path(finding.file).name for finding in error.value.project.findings} >= {"broken.flow"}
    assert not (home / "own.sqlite").exists()


def test_a_database_that_is_none(home: Path) -> None:
    (home / "own.sqlite").write_text("a letter to grandmother " * 99, encoding="utf-8")
    with pytest.raises(StoreError):
        a_house(home)


async def test_a_message_goes_from_the_gateway_s_door_to_the_machine(home: Path) -> None:
    house = a_house(home, channels={"line": LINE}, unknown_number="Who are you?")
    async with house.running():
        door = f"/channels/line/receive?token={TOKEN}"
        form = {"content-type": "application/x-www-form-urlencoded"}
        reply = await ask(house.world, "POST", door, b"from=%2B231590000109&text=SURVEY&id=1", form)
        assert (reply.status, reply.body) == (200, b"Accepted")
        said = await ask(house.world, "GET", "/ready")
        assert said.status == 200


async def test_health_and_readiness(home: Path) -> None:
    house = a_house(home)
    async with house.running():
        assert (await ask(house.world, "GET", "/health")).status == 200
        assert (await ask(house.world, "GET", "/ready")).status == 200
        async with house.store.read() as connection:
            proved = await connection.scalar(select(schema.meta.c.value).where(schema.meta.c.name == "proved"))
        assert proved  # a full disk still lets one read: only a write shows that there is room

        async def full(*_: object) -> None:
            raise StoreError("The disk is full.")

        house.store.write = full  # type: ignore[method-assign, assignment]
        reply = await ask(house.world, "GET", "/ready")
        assert (reply.status, reply.body) == (503, b"The disk is full.")
        del house.store.write


def move(old: Path, new: Path) -> None:
    old.rename(new)


@pytest.mark.skipif(sys.platform == "win32", reason="nobody moves an open file away there")
async def test_a_database_that_was_moved_away_takes_no_message(home: Path) -> None:
    house = a_house(home)
    async with house.running():
        path = Path(house.settings.database)
        move(path, home / "away")
        reply = await ask(house.world, "GET", "/ready")
        assert (reply.status, b"was moved, deleted or replaced" in reply.body) == (503, True)
        move(home / "away", path)
        assert (await ask(house.world, "GET", "/ready")).status == 200


@pytest.mark.skipif(sys.platform == "win32", reason="nobody moves an open file away there")
async def test_of_a_database_that_is_gone_nobody_says_that_all_is_stored(home: Path) -> None:
    house = a_house(home)
    with capture_logs() as logs:
        async with house.running():
            os.rename(house.settings.database, home / "away")  # noqa: PTH104  (no path of ours)
    last = [each for each in logs if each["event"].startswith("stopped")]
    assert [each["event"] for each in last] == ["stopped"]
    assert "was moved, deleted or replaced" in last[0]["why"]


async def test_the_web_phone_is_for_demonstrations_only(home: Path) -> None:
    house = a_house(home)
    async with house.running():
        assert (await ask(house.world, "GET", "/phone")).status == 404
        assert (await ask(house.world, "GET", "/phone/state")).status == 404


async def test_a_running_server_keeps_its_database_to_itself(home: Path) -> None:
    house = a_house(home, actions={"pay": Action("http://127.0.0.1:9/")})
    async with house.running():
        with pytest.raises(StoreError, match=r"in use by another"):
            a_house(home)
    again = a_house(home)
    async with again.running():
        assert again.store.new_key is None
