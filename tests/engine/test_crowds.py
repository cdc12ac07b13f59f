"""A placeholder in a list ties nobody together, and what a real phone was stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.crowds import MOST, TIED
from engine.facts import Record
from tests.engine.motion import FATOU, NOBODY, MakeLibrary, World, world


async def sharers(at: World) -> int:
    return int((await at.rows("SELECT count(*) AS n FROM worker_line JOIN line USING (line_id)"))[0].n)


@pytest.mark.parametrize(("workers", "taken"), [(MOST, MOST), (MOST + 1, 0)])
async def test_a_phone_is_shared_by_so_many_and_no_more(
    tmp_path: Path, library: MakeLibrary, workers: int, taken: int
) -> None:
    async with world(tmp_path, library()) as at:
        before = await sharers(at)
        found = await at.registry.put_workers({"id": f"w{n}", "phone": NOBODY} for n in range(workers))
        assert (found.taken, len(found.problems)) == (workers, 0 if taken else 1)
        assert await sharers(at) - before == taken


async def test_those_who_have_it_already_count_too_and_keep_it(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library()) as at:
        before = await sharers(at)
        await at.registry.put_workers({"id": f"w{n}", "phone": NOBODY} for n in range(MOST))
        again = await at.registry.put_workers({"id": f"w{n}", "phone": NOBODY} for n in range(MOST))
        assert again.problems == []
        more = await at.registry.put_workers([{"id": "one", "phone": NOBODY}])
        assert f"{NOBODY} stands at more than {MOST} workers" in more.problems[0]
        assert await sharers(at) - before == MOST


async def test_who_has_another_number_gets_that_one_and_who_has_none_keeps_his_own(
    tmp_path: Path, library: MakeLibrary
) -> None:
    async with world(tmp_path, library()) as at:
        crowd: list[Record] = [{"id": f"w{n}", "phone": NOBODY} for n in range(MOST)]
        two: list[Record] = [{"id": "fatou", "phone": NOBODY}, {"id": "ada", "phones": [NOBODY, "+231770000077"]}]
        await at.registry.put_workers([*crowd, *two])
        reach = await at.registry.reach(["w1", "fatou", "ada"])
        lines = {row.line_id: row.address_key for row in await at.rows("SELECT line_id, address_key FROM line")}
        has = {worker: lines[way.line_id] for worker, way in reach.items()}
    key_of = at.registry.addresses.of
    assert has == {"fatou": key_of(FATOU).key, "ada": key_of("+231770000077").key}


# ------------------------------------------------------------ lists that slipped


def number(n: int) -> str:
    return f"+23177001{n:04}"


async def known(at: World, workers: int) -> None:
    await at.registry.put_workers([{"id": f"w{n:04}", "phone": number(n)} for n in range(workers)])


async def boxes_of(at: World, workers: int) -> list[int]:
    rows = await at.rows("SELECT box_id FROM worker_line JOIN line USING (line_id) WHERE worker_id LIKE 'w%'")
    assert len(rows) == workers
    return [row.box_id for row in rows]


async def test_a_list_whose_numbers_slipped_ties_nobody_and_is_mended_by_the_right_one(
    tmp_path: Path, library: MakeLibrary
) -> None:
    many = TIED + 50
    async with world(tmp_path, library(), start=False) as at:
        await known(at, many)
        wrong: list[Record] = [{"id": f"w{n:04}", "phone": number(n + 1), "job": "nurse"} for n in range(many)]
        found = await at.registry.put_workers(wrong)
        assert found.taken == many
        assert found.problems[0].startswith(f"The phones of w0000, w0001, w0002 and {many - 3} more belong to others")
        assert len(set(await boxes_of(at, many))) == many
        assert await at.rows("SELECT count(*) FROM worker WHERE job = 'nurse'") == [(many,)], "the rest is taken in"
        await known(at, many)
        assert len(set(await boxes_of(at, many))) == many


async def test_numbers_that_really_changed_hands_come_after_none(tmp_path: Path, library: MakeLibrary) -> None:
    many = TIED + 50
    async with world(tmp_path, library(), start=False) as at:
        await known(at, many)
        await at.registry.put_workers([{"id": f"w{n:04}", "phone": "none"} for n in range(many)])
        moved = await at.registry.put_workers([{"id": f"w{n:04}", "phone": number(n + 1)} for n in range(many)])
        assert moved.problems == []
        assert len(set(await boxes_of(at, many))) == many


@pytest.mark.parametrize(("workers", "boxes"), [(TIED, 1), (TIED + 1, TIED + 1)])
async def test_a_chain_of_phones_is_one_box_up_to_a_length(
    tmp_path: Path, library: MakeLibrary, workers: int, boxes: int
) -> None:
    async with world(tmp_path, library(), start=False) as at:
        await known(at, workers)
        ring: list[Record] = [{"id": f"w{n:04}", "phone": number((n + 1) % workers)} for n in range(workers)]
        assert bool((await at.registry.put_workers(ring)).problems) is (boxes > 1)
        assert len(set(await boxes_of(at, workers))) == boxes
