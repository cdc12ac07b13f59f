"""Lists of workers merge into what is known, and whoever shares a phone shares its box."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.facts import Record
from engine.library import Library
from engine.people import opened
from tests.engine.motion import MOSES, NOBODY, MakeLibrary, World, world


@pytest.fixture
def none(library: MakeLibrary) -> Library:
    return library()


async def record(at: World, worker: str) -> Record:
    row = (await at.rows("SELECT record FROM worker WHERE worker_id = :id", id=worker))[0]
    return opened(at.store.vault, "worker", worker, row.record)


async def box_of(at: World, number: str) -> int:
    key = at.registry.addresses.of(number).key
    return int((await at.rows("SELECT box_id FROM line WHERE address_key = :key", key=key))[0].box_id)


async def test_a_record_has_what_flows_count_on(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, start=False) as at:
        await at.registry.put_workers([{"id": "ama", "phone": "0770 000 077", "cadre": "nurse", "beds": 12}])
        expected = {"id": "ama", "name": "", "first_name": "", "language": "", "cadre": "nurse", "beds": 12}
        assert await record(at, "ama") == {**expected, "phone": "+231770000077"}
        assert (await record(at, "moses"))["first_name"] == "Moses"


async def test_a_list_changes_what_it_says_and_nothing_else(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, start=False) as at:
        before = await record(at, "moses")
        await at.registry.put_workers([{"id": "moses", "name": "Moses K. Flomo", "language": "", "cadre": "nurse"}])
        assert await record(at, "moses") == {**before, "name": "Moses K. Flomo", "cadre": "nurse"}
        assert (await at.registry.reach(["moses"]))["moses"].line_id > 0


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": "Nobody"}, "without an id"),
        ({"id": "x", "phone": "call me"}, "Worker x: the phone number cannot be a real one"),
        ({"id": "x", "pin": "abcd"}, "Worker x: the PIN is not made of digits"),
    ],
)
async def test_what_cannot_be_taken_in_is_named_and_the_rest_is_taken(
    tmp_path: Path, none: Library, given: Record, sentence: str
) -> None:
    async with world(tmp_path, none, start=False) as at:
        result = await at.registry.put_workers([given, {"id": "ama"}])
        assert result.taken == 1
        assert [sentence in problem for problem in result.problems] == [True]
        assert [row.worker_id for row in await at.rows("SELECT worker_id FROM worker ORDER BY 1")] == [
            "ama",
            "fatou",
            "moses",
        ]


async def test_who_shares_a_phone_shares_its_box(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, start=False) as at:
        await at.registry.put_workers(
            [{"id": "ama", "phones": [MOSES, "0770000077"]}, {"id": "kofi", "phone": "0770000077"}]
        )
        assert await box_of(at, MOSES) == await box_of(at, "0770000077")
        assert (await at.registry.reach(["ama", "kofi", "nobody"])).keys() == {"ama", "kofi"}


async def test_a_number_that_wrote_before_it_was_known_keeps_its_box(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none) as at:
        await at.says("hello", NOBODY)
        box = await box_of(at, NOBODY)
        await at.registry.put_workers([{"id": "ama", "phone": NOBODY}])
        assert await box_of(at, NOBODY) == box


async def test_a_worker_with_a_new_phone_is_reached_there(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, start=False) as at:
        before = (await at.registry.reach(["moses"]))["moses"]
        await at.registry.put_workers([{"id": "moses", "phone": NOBODY}])
        after = (await at.registry.reach(["moses"]))["moses"]
        assert (after.box_id, after.line_id != before.line_id) == (await box_of(at, MOSES), True)
        assert (await record(at, "moses"))["phone"] == NOBODY


@pytest.mark.parametrize(
    ("groups", "then"),
    [("lab, trained", ["lab", "trained"]), (["trained"], ["trained"]), ("", []), (None, ["lab"])],
)
async def test_a_list_that_speaks_of_groups_replaces_them(
    tmp_path: Path, none: Library, groups: Any, then: list[str]
) -> None:
    async with world(tmp_path, none, start=False) as at:
        given: Record = {"id": "fatou"} if groups is None else {"id": "fatou", "groups": groups}
        await at.registry.put_workers([given])
        rows = await at.rows("SELECT group_name FROM membership WHERE worker_id = 'fatou' ORDER BY 1")
        assert [row.group_name for row in rows] == then


async def test_a_long_list_is_taken_in_slices(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, start=False) as at:
        many = ({"id": f"w{i}", "phone": f"07700{i:05}"} for i in range(1, 1203))
        assert (await at.registry.put_workers(many)).taken == 1202
        assert (await at.rows("SELECT count(*) AS n FROM worker_line"))[0].n == 1202 + 2


async def test_facilities_are_known_by_their_code(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, start=False) as at:
        result = await at.registry.put_facilities(
            [{"code": "LR-1", "name": "Ganta", "district": "Nimba"}, {"name": "?"}]
        )
        assert (result.taken, len(result.problems)) == (1, 1)
        assert (await at.rows("SELECT code, district FROM facility"))[0] == ("LR-1", "Nimba")
