"""A message is found wherever it is now: two people came to share a phone while it was on its way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from engine.delivery import Receipt
from engine.homes import lock_homes
from engine.library import Library
from tests.engine.motion import FATOU, MOSES, MakeLibrary, World, world
from tests.engine.test_outbox import queue


@pytest.fixture
def none(library: MakeLibrary) -> Library:
    return library()


async def on_its_way(at: World) -> set[int]:
    """A message for each of two people is with the gateway; then their boxes become one."""
    at.gateway.open.clear()
    await queue(at, "for Moses")
    await queue(at, "for Fatou", number=FATOU)
    await at.gateway.has(2)
    before = {row.box_id for row in await at.rows("SELECT box_id FROM outbox")}
    await at.registry.put_workers([{"id": "fatou", "phones": [FATOU, MOSES]}])
    assert len(await at.rows("SELECT DISTINCT box_id FROM outbox")) == 1
    return before


async def test_its_outcome_is_written_where_it_is(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none) as at:
        await on_its_way(at)
        at.gateway.open.set()
        await at.becomes("SELECT status, count(*) FROM outbox GROUP BY status", [("sent", 2)])
        await at.becomes("SELECT outcome, count(*) FROM attempt GROUP BY outcome", [("sent", 2)])


async def test_its_receipt_names_where_it_was(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none) as at:
        await on_its_way(at)
        for message in at.gateway.messages:
            await at.runtime.receipt("sms", Receipt("delivered", message.ref))
        at.gateway.open.set()
        await at.becomes("SELECT status, receipt FROM outbox JOIN attempt USING (out_id)", [("delivered",) * 2] * 2)


async def test_a_box_that_was_not_merged_is_its_own_home(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none) as at:
        boxes = await on_its_way(at)
        homes = await at.store.write(lambda c: lock_homes(c, boxes))
        assert homes.keys() == boxes
        assert set(homes.values()) == {row.box_id for row in await at.rows("SELECT DISTINCT box_id FROM outbox")}
        at.gateway.open.set()


async def test_a_box_that_became_a_part_of_another_just_before_it_was_locked_is_followed(
    tmp_path: Path, none: Library
) -> None:
    async with world(tmp_path, none) as at:
        await queue(at, "for Moses")
        await queue(at, "for Fatou", number=FATOU)
        one, other = {row.box_id for row in await at.rows("SELECT box_id FROM outbox")}

        def race(connection: Connection) -> dict[int, int]:
            looked: list[str] = []

            @event.listens_for(connection, "after_cursor_execute")
            def merged(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
                if "merged_into IS NOT NULL" in statement and not looked:
                    looked.append(statement)
                    connection.execute(text("UPDATE box SET merged_into = :other WHERE box_id = :one"), both)

            return lock_homes(connection, [one])

        both = {"one": one, "other": other}
        assert await at.store.write(race) == {one: other}
