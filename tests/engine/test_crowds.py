"""A placeholder in a list ties nobody together, and what a real phone was stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.crowds import MOST
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
        crowd = [{"id": f"w{n}", "phone": NOBODY} for n in range(MOST)]
        two = [{"id": "fatou", "phone": NOBODY}, {"id": "ada", "phones": [NOBODY, "+231770000077"]}]
        await at.registry.put_workers([*crowd, *two])
        reach = await at.registry.reach(["w1", "fatou", "ada"])
        lines = {row.line_id: row.address_key for row in await at.rows("SELECT line_id, address_key FROM line")}
        has = {worker: lines[way.line_id] for worker, way in reach.items()}
    key_of = at.registry.addresses.of
    assert has == {"fatou": key_of(FATOU).key, "ada": key_of("+231770000077").key}
