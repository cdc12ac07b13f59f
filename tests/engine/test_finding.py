"""The people of a condition are found in the transaction that uses them, as they are then (DESIGN: a step's needs)."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import finding
from engine.library import Library
from tests.engine.motion import FATOU, MOSES, MakeLibrary, world

STAFF = """
    flow staff: Who is there
        languages: en
        channels: sms
        start on word STAFF

    for each person in workers where facility is my facility and id is not worker.id:
        ask here: Is {person.first_name} at work today?
            answer: yes or no
    say: Thank you, {worker.first_name}.
"""
NEWS = """
    flow news: News
        languages: en
        channels: sms
        start on word NEWS

    tell workers where job is nurse: {worker.first_name} asks you to come.
    say: Told.
"""
WARD = [
    {"id": name, "name": name.title(), "phone": f"+2317700006{i:02}", "facility": place, "job": "nurse"}
    for i, (name, place) in enumerate([("musa", "F1"), ("ruth", "F1"), ("sam", "F2")])
]
PLACES = [{"code": "F1", "name": "Ganta"}, {"code": "F2", "name": "Sanniquellie"}]
MUSA, RUTH, SAM = (str(each["phone"]) for each in WARD)


@pytest.fixture
def staff(library: MakeLibrary) -> Library:
    return library(STAFF, NEWS)


async def test_a_conversation_goes_through_those_who_fit(tmp_path: Path, staff: Library) -> None:
    async with world(tmp_path, staff) as at:
        await at.registry.put_facilities(PLACES)
        await at.registry.put_workers(WARD)
        await at.says("STAFF", MUSA)
        await at.says("yes", MUSA)
        assert await at.heard(MUSA) == ["Is Ruth at work today?", "Thank you, Musa."]
        assert await at.rows("SELECT turn, code FROM answer") == [("ruth", "yes")]


async def test_who_has_nobody_goes_on(tmp_path: Path, staff: Library) -> None:
    async with world(tmp_path, staff) as at:
        await at.registry.put_facilities(PLACES)
        await at.registry.put_workers(WARD)
        await at.says("STAFF", SAM)
        assert await at.heard(SAM) == ["Thank you, Sam."]


async def test_a_message_goes_to_all_who_fit(tmp_path: Path, staff: Library) -> None:
    async with world(tmp_path, staff) as at:
        await at.registry.put_facilities(PLACES)
        await at.registry.put_workers(WARD)
        await at.says("NEWS")
        await at.runtime.mail.deliver_due()
        for phone in (MUSA, RUTH, SAM):
            assert await at.heard(phone) == ["Moses asks you to come."]
        assert await at.heard(FATOU) == []


async def test_a_crowd_is_no_list_for_a_conversation(
    tmp_path: Path, staff: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "PEOPLE", 1)
    async with world(tmp_path, staff) as at:
        await at.registry.put_facilities(PLACES)
        await at.registry.put_workers([*WARD, {"id": "zoe", "name": "Zoe", "phone": MOSES, "facility": "F1"}])
        await at.says("STAFF", MUSA, key="one too many")
        await at.becomes("SELECT state FROM event", [(2,)])
        row = (await at.rows("SELECT box_id, n, fault FROM event"))[0]
        fault = at.store.vault.open("event.fault", row.box_id, row.n, row.fault).decode()
        assert "2 workers fit a condition of a flow; a conversation takes 1 at most." in fault
