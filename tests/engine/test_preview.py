"""A list that is only looked at says what taking it in says, to the word, and whose phones it would move."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.addresses import Addresses
from engine.crowds import MOST, TIED
from engine.facts import Record
from engine.preview import Preview, nobody
from engine.vault import Vault
from tests.engine.motion import FATOU, MOSES, NOBODY, MakeLibrary, World, world
from tests.engine.test_crowds import known, number


async def look(at: World, given: list[Record]) -> Preview:
    preview = Preview(at.registry.addresses)
    async with at.store.read() as connection:
        await connection.run_sync(preview.look, given)
    return preview


def slipped(workers: int, by: int = 1) -> list[Record]:
    """Everybody has the number of another; those behind the end are new."""
    return [{"id": f"w{n:04}", "phone": number(n + by)} for n in range(workers)]


def people(name: str, count: int, phone: str) -> list[Record]:
    return [{"id": f"{name}{n}", "phone": phone.format(n)} for n in range(count)]


LISTS: dict[str, list[Record]] = {
    "nothing new": slipped(TIED + 50, 0),
    "a chain that is too long": slipped(TIED + 50),
    "a chain over several slices": slipped(700),
    "a chain that is short enough": slipped(TIED - 1),
    "a placeholder": people("p", MOST + 1, NOBODY),
    "a placeholder over several slices": [
        *people("p", MOST, NOBODY),
        *people("q", 480, "+23177009{:04}"),
        {"id": "z", "phone": NOBODY},
    ],
    "no id, no number": [{"id": "", "phone": NOBODY}, {"id": "x", "phone": "12"}, {"id": "y", "phone": "none"}],
    "two phones each": [{"id": f"w{n:04}", "phones": [number(n), number(n + 1)]} for n in range(TIED + 50)],
}


@pytest.mark.parametrize("what", LISTS)
async def test_it_says_what_taking_it_in_says(tmp_path: Path, library: MakeLibrary, what: str) -> None:
    async with world(tmp_path, library(), start=False) as at:
        await known(at, 700)
        before = await at.rows("SELECT count(*), sum(box_id % 1000) FROM line")
        preview = await look(at, LISTS[what])
        assert await at.rows("SELECT count(*), sum(box_id % 1000) FROM line") == before, "nothing was written"
        found = await at.registry.put_workers(LISTS[what])
        assert (preview.taken, preview.problems) == (found.taken, found.problems)


@pytest.mark.parametrize(
    ("given", "moving"),
    [
        ([{"id": "moses", "phone": MOSES}, {"id": "fatou", "phone": FATOU}], []),
        ([{"id": "moses", "phone": FATOU}, {"id": "fatou", "phone": MOSES}], ["fatou", "moses"]),
        ([{"id": "moses", "phone": FATOU}], []),  # they share it
        ([{"id": "moses", "phone": "none"}, {"id": "ada", "phone": MOSES}], ["ada"]),
        ([{"id": "moses", "phone": NOBODY}, {"id": "ada", "phone": MOSES}], ["ada"]),
        ([{"id": "ada", "phone": NOBODY}, {"id": "moses", "name": "Moses"}], []),
        ([{"id": "moses", "phone": NOBODY}], []),
    ],
)
async def test_whose_phones_would_move(
    tmp_path: Path, library: MakeLibrary, given: list[Record], moving: list[str]
) -> None:
    async with world(tmp_path, library(), start=False) as at:
        assert (await look(at, given)).moving == moving


async def test_a_list_that_slipped_by_a_row_moves_nearly_all(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(), start=False) as at:
        await known(at, TIED - 1)
        assert len((await look(at, slipped(TIED - 1))).moving) == TIED - 2


def test_before_there_is_a_database_nobody_is_known() -> None:
    with nobody() as connection:
        preview = Preview(Addresses(Vault(bytes(32)), "LR"))
        preview.look(connection, slipped(3))
    assert (preview.taken, preview.problems, preview.moving) == (3, [], [])
