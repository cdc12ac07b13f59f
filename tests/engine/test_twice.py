"""The runner that makes every transaction twice finds work that would do double where a database asks for it again."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from engine.enrolment import Enrolment
from engine.library import Library
from engine.writer import Writer
from tests.engine.motion import PEOPLE, MakeLibrary
from tests.engine.motion import world as one_world
from tests.engine.twice import do_twice

_PUT = text("INSERT INTO meta (name, value) VALUES ('a', 'b')")


@pytest.fixture
def none(library: MakeLibrary, monkeypatch: pytest.MonkeyPatch) -> Library:
    monkeypatch.setattr(Writer, "_do", do_twice)
    return library()


async def test_the_first_time_is_taken_back(tmp_path: Path, none: Library) -> None:
    async with one_world(tmp_path, none) as at:
        runs = []

        def work(connection: Connection) -> None:
            runs.append(0)
            connection.execute(_PUT)

        await at.store.write(work)
        assert len(runs) == 2
        assert len(await at.rows("SELECT * FROM meta WHERE name = 'a'")) == 1


async def test_what_remembers_a_try_that_was_taken_back_is_found(
    tmp_path: Path, none: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A planted mistake: the list of workers that were taken in is used up by the first try."""
    whole = Enrolment.run

    def used_up(self: Enrolment, connection: Connection, newcomers: list[object]) -> None:
        whole(self, connection, newcomers)  # type: ignore[arg-type]
        newcomers.clear()

    monkeypatch.setattr(Enrolment, "run", used_up)
    async with one_world(tmp_path, none) as at:
        assert len(await at.rows("SELECT worker_id FROM worker")) != len(PEOPLE)
