"""Many rows by one statement: whatever a column holds comes back as it was, and nothing that lacks is made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, bindparam, insert, select, update

from engine import schema
from engine.sets import many
from tests.engine.motion import MakeLibrary, world

_answer = schema.answer
_NEW = insert(_answer)
_COLUMNS = ("n", "code", "number", "value", "sensitive", "aside")
_ASIDE = (
    update(_answer)
    .where(_answer.c.bucket == 1, _answer.c.box_id == bindparam("in_box"), _answer.c.n == bindparam("number_of"))
    .values(aside=True, code=bindparam("new_code"))
)


def row(n: int, **given: Any) -> dict[str, Any]:
    return {
        "bucket": 1,
        "box_id": 1 << 62,
        "session_id": 7,
        "n": n,
        "question": "cases",
        "round": 1,
        "code": None,
        "number": None,
        "value": b"",
        "raw": b"",
        "sensitive": False,
        "aside": False,
        "at": 0,
        **given,
    }


def stored(connection: Connection) -> list[tuple[Any, ...]]:
    """The answers, in order."""
    found = select(*(_answer.c[name] for name in _COLUMNS)).order_by(_answer.c.n)
    return [tuple(each) for each in connection.execute(found)]


async def test_values_of_every_kind_come_back_as_they_were(tmp_path: Path, library: MakeLibrary) -> None:
    rows = [
        row(1, code="watery", sensitive=True),
        row(2, number=14.5, value=b"\x00\xff" * 40),
        row(3, code="ʻ’; DROP", number=-0.25, aside=True),
    ]
    async with world(tmp_path, library(), start=False) as at:
        await at.store.write(lambda c: many(c, _NEW, rows))
        found = await at.store.write(stored)
    assert found == [tuple(each[name] for name in _COLUMNS) for each in rows]
    assert all(type(each[4]) is bool for each in found)


async def test_what_the_statement_itself_says_holds_for_every_row(tmp_path: Path, library: MakeLibrary) -> None:
    changes = [{"in_box": 1 << 62, "number_of": n, "new_code": code} for n, code in ((1, "a"), (3, None))]
    async with world(tmp_path, library(), start=False) as at:
        await at.store.write(lambda c: many(c, _NEW, [row(n, code="old") for n in (1, 2, 3)]))
        await at.store.write(lambda c: many(c, _ASIDE, changes))
        found = await at.store.write(stored)
    assert [(code, aside) for _, code, _, _, _, aside in found] == [("a", True), ("old", False), (None, True)]


async def test_a_row_that_lacks_a_value_is_refused_with_all_others(tmp_path: Path, library: MakeLibrary) -> None:
    half = row(2)
    del half["value"]
    async with world(tmp_path, library(), start=False) as at:
        with pytest.raises(KeyError):
            await at.store.write(lambda c: many(c, _NEW, [row(1), half]))
        assert await at.store.write(stored) == []
