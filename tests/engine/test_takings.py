"""A thing has one holder: the first who wants it and finds it free, also where it becomes free just then."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, text

from engine import takings
from engine.locks import lock
from engine.takings import Holder, Want
from tests.engine.motion import MONDAY, MakeLibrary, world

BOX = 4711
BED, COT = "0" * 31 + "1", "0" * 31 + "2"


def want(thing: str, session_id: int, worker: str) -> Want:
    return Want("ward", thing, BOX, session_id, worker)


async def test_the_first_who_wants_it_has_it(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(), start=False) as at:
        both = [want(BED, 1, "moses"), want(BED, 2, "fatou"), want(COT, 2, "fatou")]
        assert await at.store.write(lambda c: takings.take(c, both, MONDAY)) == {
            BED: Holder(1, "moses", anew=True),
            COT: Holder(2, "fatou", anew=True),
        }
        again = await at.store.write(lambda c: takings.take(c, [want(BED, 2, "fatou")], MONDAY))
        assert again == {BED: Holder(1, "moses", anew=False)}


async def test_what_is_let_go_just_now_is_taken(tmp_path: Path, library: MakeLibrary) -> None:
    """It was held when it was wanted, and free when its holder was asked for."""

    def race(connection: Connection) -> dict[str, Holder]:
        lock(connection, [BOX])
        freed: list[str] = []

        @event.listens_for(connection, "after_cursor_execute")
        def let_go(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if statement.startswith("INSERT INTO taken") and not freed:
                freed.append(BED)
                connection.execute(text("DELETE FROM taken WHERE value_key = :thing"), {"thing": BED})

        return takings.take(connection, [want(BED, 2, "fatou"), want(COT, 2, "fatou")], MONDAY)

    async with world(tmp_path, library(), start=False) as at:
        await at.store.write(lambda c: takings.take(c, [want(BED, 1, "moses")], MONDAY))
        assert await at.store.write(race) == {
            BED: Holder(2, "fatou", anew=True),
            COT: Holder(2, "fatou", anew=True),
        }
        assert await at.rows("SELECT count(*) FROM taken") == [(2,)]
