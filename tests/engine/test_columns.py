"""All rows in one execution do what they do one by one: on both databases, with every kind of value, in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import BigInteger, Boolean, Connection, UpdateBase, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from engine import schema
from engine.columns import at_once
from engine.sets import many, put
from tests.engine.motion import MakeLibrary, world

Write = Callable[[Connection, UpdateBase, Sequence[dict[str, Any]]], None]

_event, _timer = schema.event, schema.timer
_KEY = {"bucket": 1, "box_id": 1 << 62}
_NEW = insert(_event)
_PUT = put(_timer, ["bucket", "box_id", "session_id", "name"], ["guard", "due_at"])
_MOVE = (
    update(_timer)
    .where(_timer.c.box_id == _KEY["box_id"], _timer.c.name == bindparam("named"))
    .values(due_at=bindparam("moment"), after=_timer.c.due_at + bindparam("later", type_=BigInteger))
)
_DROP = delete(_timer).where(
    _timer.c.session_id == bindparam("of"), (_timer.c.guard < bindparam("below")) | bindparam("all", type_=Boolean)
)
WAYS = pytest.mark.parametrize("write", [many, at_once])


def event(n: int, **given: Any) -> dict[str, Any]:
    plain = {"kind": "message", "state": 1, "line_id": 3, "channel": "", "at": 0, "session_id": None, "seq": None}
    return {**_KEY, "n": n, **plain, "body": b"", "facts": None, **given}


def timer(session: int, name: str, guard: int | None, due_at: int) -> dict[str, Any]:
    return {**_KEY, "session_id": session, "name": name, "guard": guard, "after": None, "due_at": due_at}


def events(connection: Connection) -> list[tuple[Any, ...]]:
    cells = (_event.c[name] for name in event(1))
    return [tuple(row) for row in connection.execute(select(*cells).order_by(_event.c.n))]


def timers(connection: Connection) -> list[tuple[Any, ...]]:
    cells = (_timer.c.session_id, _timer.c.name, _timer.c.guard, _timer.c.after, _timer.c.due_at)
    return [tuple(row) for row in connection.execute(select(*cells).order_by(*cells))]


@WAYS
async def test_rows_come_back_as_they_were(tmp_path: Path, library: MakeLibrary, write: Write) -> None:
    rows = [
        event(1, body=b"\x00\xff" * 40, facts=b"{}"),
        event(2, channel="ʻ’; DROP", session_id=(1 << 62) + 1, seq=4),
        event(3, body=b"'\\x41'", channel="{a,NULL}"),
    ]
    async with world(tmp_path, library(), start=False) as at:
        await at.store.write(lambda c: write(c, _NEW, rows))
        found = await at.store.write(events)
    assert found == [tuple(row.values()) for row in rows]


@WAYS
async def test_what_is_there_is_changed_and_what_is_not_comes(
    tmp_path: Path, library: MakeLibrary, write: Write
) -> None:
    first = [timer(1, "remind:0", 3, 10), timer(1, "give_up", None, 20)]
    second = [timer(1, "remind:0", None, 30), timer(2, "give_up", 5, 40)]
    moves = [{"named": "remind:0", "moment": 100, "later": 1}, {"named": "nothing", "moment": 7, "later": 7}]
    async with world(tmp_path, library(), start=False) as at:
        for rows in (first, second):
            await at.store.write(lambda c, rows=rows: write(c, _PUT, rows))  # type: ignore[misc]
        await at.store.write(lambda c: write(c, _MOVE, moves))
        found = await at.store.write(timers)
    assert found == [(1, "give_up", None, None, 20), (1, "remind:0", None, 31, 100), (2, "give_up", 5, None, 40)]


@WAYS
async def test_only_what_is_meant_goes(tmp_path: Path, library: MakeLibrary, write: Write) -> None:
    rows = [timer(1, "a", 3, 1), timer(1, "b", 4, 1), timer(2, "a", None, 1), timer(3, "a", None, 1)]
    over = [
        {"of": 1, "below": 4, "all": False},
        {"of": 2, "below": 4, "all": False},
        {"of": 3, "below": 0, "all": True},
    ]
    async with world(tmp_path, library(), start=False) as at:
        await at.store.write(lambda c: write(c, _PUT, rows))
        await at.store.write(lambda c: write(c, _DROP, over))
        found = await at.store.write(timers)
    assert found == [(1, "b", 4, None, 1), (2, "a", None, None, 1)]


@WAYS
async def test_one_row_that_may_not_be_refuses_all(tmp_path: Path, library: MakeLibrary, write: Write) -> None:
    async with world(tmp_path, library(), start=False) as at:
        with pytest.raises(IntegrityError):
            await at.store.write(lambda c: write(c, _NEW, [event(1), event(2), event(1)]))
        assert await at.store.write(events) == []
        await at.store.write(lambda c: write(c, _NEW, []))
        assert await at.store.write(events) == []
