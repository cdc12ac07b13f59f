"""What a conversation asks of its worker: a facility among all there are, and a PIN of which only a digest is kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine import people
from engine.facts import Record
from engine.library import Library
from engine.limits import MINUTE
from engine.vault import Vault
from tests.engine.motion import MOSES, MakeLibrary, world

VISIT = """
    flow visit: Visit
        languages: en
        channels: sms
        start on word VISIT

    choose facility
    ask seen: Which facility did you visit?
        answer: facility
    say: From {facility.name} to {seen}.
"""
PINS = """
    flow pins: PIN
        languages: en
        channels: sms
        start on word NEWPIN

    choose pin
    verify who: Your PIN?
    say: Welcome.
"""
PLACES: list[Record] = [
    {"code": "F1", "name": "Ganta Clinic"},
    {"code": "F2", "name": "Sanniquellie Hospital"},
    {"code": "F3", "name": "Ganta Hospital"},
]
RUTH: Record = {"id": "ruth", "name": "Ruth", "phone": "+231770000061", "facility": "F1", "facilities": "F2"}
PHONE = str(RUTH["phone"])


@pytest.fixture
def flows(library: MakeLibrary) -> Library:
    return library(VISIT, PINS)


async def test_a_facility_is_found_by_a_part_of_its_name(tmp_path: Path, flows: Library) -> None:
    async with world(tmp_path, flows) as at:
        await at.registry.put_facilities(PLACES)
        await at.registry.put_workers([RUTH])
        for said in ("VISIT", "2", "ganta", "2"):
            await at.says(said, PHONE)
        assert await at.heard(PHONE) == [
            "Which facility is this for?\n1. Ganta Clinic\n2. Sanniquellie Hospital",
            "Which facility did you visit?",
            "There are several. Which one do you mean?\n1. Ganta Clinic\n2. Ganta Hospital",
            "From Sanniquellie Hospital to Ganta Hospital.",
        ]
        answers = await at.rows("SELECT question, code, label FROM answer ORDER BY n")
        assert answers == [("choose_facility", "F2", "Sanniquellie Hospital"), ("seen", "F3", "Ganta Hospital")]


async def test_who_works_in_one_facility_is_not_asked(tmp_path: Path, flows: Library) -> None:
    async with world(tmp_path, flows) as at:
        await at.registry.put_facilities(PLACES)
        await at.registry.put_workers([{**RUTH, "facilities": ""}])
        await at.says("VISIT", PHONE)
        await at.says("f2", PHONE)
        assert (await at.heard(PHONE))[-1] == "From Ganta Clinic to Sanniquellie Hospital."


async def test_a_new_pin_is_kept_and_no_digit_of_it(tmp_path: Path, flows: Library) -> None:
    async with world(tmp_path, flows) as at:
        for said in ("NEWPIN", "4321", "8642", "8642", "4321", "8642"):
            await at.says(said)
            at.clock.move(MINUTE)
        heard = await at.heard(MOSES)
        assert heard[3:5] == ["Your new PIN is saved.", "Your PIN?"]
        assert heard[-1] == "Welcome."
        assert all("8642" not in line.text for line in await at.transcript(MOSES))
        # By itself: ids and hashes are long, and now and then one of them has these digits in it.
        assert not re.search(rb"(?<!\w)8642(?!\w)", await at.on_disk())


async def test_no_pin_is_set_from_a_phone_that_two_share(tmp_path: Path, flows: Library) -> None:
    async with world(tmp_path, flows) as at:
        await at.registry.put_workers([{**RUTH, "phone": MOSES}])
        for said in ("NEWPIN", "Moses Flomo", "4321"):
            await at.says(said)
        assert (await at.heard(MOSES))[
            -2
        ] == "Several people use this phone. Please set your PIN from a phone of your own."


async def test_all_facilities_are_opened_once_until_they_change(
    tmp_path: Path, flows: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    read = people.opened

    def counted(vault: Vault, table: str, key: str, sealed: bytes) -> Record:
        opened.append(key)
        return read(vault, table, key, sealed)

    async with world(tmp_path, flows) as at:
        posts: list[Record] = [{"code": f"X{number}", "name": f"Post {number}"} for number in range(600)]
        await at.registry.put_facilities([*PLACES, *posts])
        await at.registry.put_workers([{**RUTH, "facilities": ""}])
        await at.says("VISIT", PHONE)
        await at.says("sanniquel", PHONE)
        monkeypatch.setattr("engine.finding.opened", counted)
        await at.says("VISIT again", PHONE)
        await at.says("sanniquelli", PHONE)
        assert 0 < len(opened) < 20
        await at.registry.put_facilities([{"code": "F9", "name": "Sanniquellie Clinic"}])
        await at.says("VISIT once more", PHONE)
        await at.says("sanniquellie", PHONE)
        assert "1. Sanniquellie Hospital\n2. Sanniquellie Clinic" in (await at.heard(PHONE))[-1]
