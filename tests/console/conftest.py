"""A whole house in a folder of its own: real flows, a real database, and a web phone; nothing listens anywhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console.taking_in import People, take_in
from server import Extras, House
from settings import Api, Settings
from tests.commands.conftest import FLOW

KEY = "an unguessable key"
ON_EVENT = """\
flow result: Laboratory result
    languages: en
    start on event result_ready
    inputs:
        lab_number: text
        result: one of
            1. positive: positive
            2. negative: negative
        boss: worker optional
    sensitive: result
on event result_corrected with same lab_number:
    say: Result {lab_number} was corrected.
say: Result {lab_number} is ready.
ask ack: Did you receive it?
    answer: yes or no
say: Thank you.
test: It is confirmed
    start with lab_number = "L-1", result = positive
    reply: yes
    expect: Thank you.
"""
WORKERS = People(
    [
        {"id": "moses", "name": "Moses Flomo", "phone": "+231590000101", "job": "nurse", "facility": "F1"},
        {"id": "hawa", "name": "Hawa Sumo", "language": "en"},
    ],
    [{"code": "F1", "name": "Gbarnga Clinic"}],
)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house with two flows and two workers: moses has a phone, hawa has none."""
    flows = tmp_path / "flows"
    flows.mkdir()
    started = FLOW.replace("    languages: en\n", "    languages: en\n    start on word SURVEY\n")
    (flows / "survey.flow").write_text(started, encoding="utf-8")
    (flows / "result.flow").write_text(ON_EVENT, encoding="utf-8")
    settings = Settings(
        database=tmp_path / "test.sqlite",
        flows=flows,
        api=Api((KEY,)),
        channels={"phone": {"type": "sandbox"}},
    )
    house = House(settings, Extras("phone"), "test.toml")
    async with house.running():
        await take_in(WORKERS, house.registry)
        yield house
