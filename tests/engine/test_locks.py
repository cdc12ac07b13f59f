"""One step of locks a transaction: who needs a box more begins anew with all of them, so nobody waits in a circle."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Select, text
from sqlalchemy.dialects import registry

from engine import locks, postgres
from engine.library import Library
from engine.locks import lock, lock_free
from engine.registry import Registry
from tests.engine.motion import FATOU, MOSES, MakeLibrary, World, world

_WAIT = text("SELECT pg_sleep(0.3)")
_A_MOMENT = text("SELECT pg_sleep(0.01)")


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


@pytest.mark.parametrize(("statement", "waits"), [(locks._LOCK, ""), (locks._LOCK_FREE, " SKIP LOCKED")])
def test_boxes_are_locked_in_one_order_against_those_who_write_alone(statement: Select[Any], waits: str) -> None:
    """Whoever only points at a box, as a new line does, waits for nobody (FOR NO KEY UPDATE)."""
    said = " ".join(str(statement.compile(dialect=registry.load("postgresql")())).split())
    assert said.endswith(f"ORDER BY box.bucket, box.box_id FOR NO KEY UPDATE OF box{waits}")


async def test_who_finds_a_box_locked_leaves_it(tmp_path: Path, none: Library) -> None:
    """A timer of a box that is at work comes again: nobody waits for it."""
    async with world(tmp_path, none) as at:
        if not at.store.shared:
            return
        one, other = await two_boxes(at)
        locked, looked = asyncio.Event(), asyncio.Event()

        def holds(connection: Connection) -> None:
            lock(connection, [one])
            locked.set()
            for _ in range(500):
                if looked.is_set():
                    return
                connection.execute(_A_MOMENT)

        holding = asyncio.create_task(at.store.write(holds, urgency=0))
        await locked.wait()
        assert set(await at.store.write(lambda c: lock_free(c, [one, other]), urgency=0)) == {other}
        looked.set()
        await holding


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
