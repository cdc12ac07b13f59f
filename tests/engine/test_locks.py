"""One step of locks a transaction: who needs a box more begins anew with all of them, so nobody waits in a circle."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from engine import postgres
from engine.library import Library
from engine.locks import lock, lock_free
from engine.registry import Registry
from tests.engine.motion import FATOU, MOSES, MakeLibrary, World, world

_WAIT = text("SELECT pg_sleep(0.3)")


@pytest.fixture
def none(library: MakeLibrary) -> Library:
    return library()


async def two_boxes(at: World) -> tuple[int, int]:
    await at.says("HELP", MOSES)
    await at.says("HELP", FATOU)
    one, other = sorted({row.box_id for row in await at.rows("SELECT box_id FROM line")})
    return one, other


@pytest.mark.parametrize("free", [False, True])
async def test_a_second_box_begins_the_transaction_anew(tmp_path: Path, none: Library, free: bool) -> None:
    async with world(tmp_path, none) as at:
        one, other = await two_boxes(at)
        runs = []

        def work(connection: Connection) -> set[int]:
            runs.append(0)
            first = lock_free(connection, [one]) if free else lock(connection, [one])
            return {*first, *lock(connection, [other])}

        assert await at.store.write(work) == {one, other}
        assert len(runs) == (2 if at.store.shared else 1)


async def test_who_asks_for_what_it_holds_goes_on(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none) as at:
        one, other = await two_boxes(at)
        runs = []

        def work(connection: Connection) -> list[set[int]]:
            runs.append(0)
            return [set(lock(connection, boxes)) for boxes in ([one, other], [other], [], [one])]

        assert await at.store.write(work) == [{one, other}, {other}, set(), {one}]
        assert len(runs) == 1


@pytest.mark.real
async def test_two_that_cross_each_other_do_not_wait_in_a_circle(
    tmp_path: Path, none: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path, none) as at:
        if not at.store.shared:
            return
        one, other = await two_boxes(at)
        monkeypatch.setattr(postgres, "_TAKEN_BACK", frozenset())  # a circle that the server breaks would be told

        def crossing(first: int, second: int) -> Callable[[Connection], set[int]]:
            def work(connection: Connection) -> set[int]:
                held = set(lock(connection, [first]))
                connection.execute(_WAIT)
                return held | set(lock(connection, [second]))

            return work

        found = await asyncio.gather(
            *(at.store.write(crossing(*pair), urgency=0) for pair in ((one, other), (other, one)))
        )
        assert found == [{one, other}] * 2


async def test_a_message_for_a_box_that_became_part_of_another_is_applied_once(tmp_path: Path, none: Library) -> None:
    """The box is merged between finding it and locking it."""
    async with world(tmp_path, none) as at:
        await two_boxes(at)
        registry = Registry(at.store, at.ids, at.clock)
        await asyncio.gather(
            registry.put_workers([{"id": "fatou", "phones": [FATOU, MOSES]}]),
            *(at.says("HELP", number) for number in (MOSES, FATOU) * 10),
        )
        assert len(await at.rows("SELECT DISTINCT box_id FROM event")) == 1
        assert len(await at.rows("SELECT n FROM event")) == 22
