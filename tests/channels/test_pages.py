"""The settings that the pages on channels show are read as they stand there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from channels.base import Context, Inbound
from channels.catalogue import make
from channels.conformance import request

PAGES = Path(__file__).parents[2] / "docs"


def examples(page: str) -> list[str]:
    text = (PAGES / "channels" / page).read_text(encoding="utf-8")
    found = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    return [re.sub(r"\$\{\w+\}", "a-word-that-nobody-guesses", each) for each in found]


def test_every_setting_of_the_generic_gateway_can_be_read_together() -> None:
    channel, signature, body = examples("http.md")
    settings = tomllib.loads(channel)["channels"]["mtn"]
    settings |= tomllib.loads(body) | tomllib.loads(signature)["channels"]["mtn"]
    assert make(settings.pop("type"), Context("mtn", "https://sms.example.org", settings)).type == "http"


def test_kannels_settings_can_be_read() -> None:
    (channel,) = examples("kannel.md")
    settings = tomllib.loads(channel)["channels"]["main"]
    assert make(settings.pop("type"), Context("main", "https://sms.example.org", settings)).type == "kannel"


@pytest.mark.parametrize("page", ["running-a-server.md", "channels/kannel.md"])
def test_kannels_get_url_brings_what_the_channel_reads(page: str) -> None:
    (url,) = re.findall(r'get-url = "(.*)"', (PAGES / page).read_text(encoding="utf-8"))
    escapes = {"%p": "%2B231770000001", "%P": "2312", "%b": "a+b", "%T": "1795374680", "%I": "8a1e", "%C": "UTF-8"}
    path, _, query = re.sub(r"%[A-Za-z]", lambda found: escapes[found[0]], url).partition("?")
    asked = request(path=path, query=dict(parse_qsl(query)))
    token = dict(asked.query)["token"].ljust(16, "-")
    adapter = make(
        "kannel",
        Context("main", "", {"send_url": "http://127.0.0.1:9/", "username": "u", "password": "p", "token": token}),
    )
    assert path.endswith("/channels/main/mo")
    assert adapter.parse("mo", asked) == [Inbound("8a1e", "+231770000001", "2312", "a b", 1_795_374_680_000)]
