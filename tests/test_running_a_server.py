"""What docs/running-a-server.md shows can be used as it stands."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from server import Extras, House
from settings import Settings, load
from tests.asgi import ask

PAGE = (Path(__file__).parents[1] / "docs/running-a-server.md").read_text(encoding="utf-8")
SECRETS = {"DUNDUN_API_KEY": "k" * 20, "KANNEL_PASSWORD": "secret", "KANNEL_TOKEN": "the-long-word-of-16"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "flows").mkdir()
    shown = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0]
    (tmp_path / "dundun.toml").write_text(shown, encoding="utf-8")
    return load(tmp_path / "dundun.toml", SECRETS)


def test_every_key_is_in_the_example_and_in_the_table(settings: Settings) -> None:
    keys = set(Settings.__struct_fields__)
    assert {name for name in keys if f"\n{name} = " in PAGE or f"\n[{name}" in PAGE} == keys
    assert {name for name in keys if f"\n| `{name}" in PAGE} == keys


async def test_a_kannel_set_up_as_shown_gets_through_the_door(settings: Settings) -> None:
    shown = re.findall(r'get-url = "(.*?)"', PAGE)[0]
    url = urlsplit(shown.replace("the-long-word", SECRETS["KANNEL_TOKEN"]).replace("%p", "%2B231590000101"))
    for escape, value in {"%P": "2312", "%b": "Hello", "%T": "1767225600", "%I": "id-1", "%C": "UTF-8"}.items():
        url = url._replace(query=url.query.replace(escape, value))
    assert "%" not in url.query.replace("%2B", "")
    assert url.port == settings.listen.port
    house = House(settings, Extras(), "dundun.toml")
    async with house.running():
        assert (await ask(house.world, "GET", f"{url.path}?{url.query}")).status == 200
        assert (await ask(house.world, "GET", f"{url.path}?{url.query.replace('token=', 'token=x')}")).status == 403


async def test_the_event_as_shown_is_understood(settings: Settings) -> None:
    request = re.findall(r"```\nPOST (\S+)\nAuthorization: (\w+) .*?\n\n(.*?)\n```", PAGE, re.DOTALL)[0]
    path, kind, body = request
    house = House(settings, Extras(), "dundun.toml")
    async with house.running():
        key = {"authorization": f"{kind} {SECRETS['DUNDUN_API_KEY']}"}
        reply = await ask(house.world, "POST", path, body.encode(), key)
        assert (reply.status, reply.json) == (
            404,
            {"problem": "No flow starts on this event, and no flow has lines for it."},
        )
