"""What is answered when a quiz question comes again is kept, and takes no other answer's place (RULES X3)."""

from __future__ import annotations

import csv
from pathlib import Path

from engine.invariants import breaches
from engine.limits import DAY, MINUTE
from engine.recounting import recount
from exchange.export import export
from tests.engine.motion import MakeLibrary, World, world

COURSE = """
    flow course: Course
        languages: en
        channels: sms
        start on word COURSE
        give up after 3 weeks: stop as no_answer
        remind after 10 days
    quiz one: One and one?
        answer: whole number
        correct: 2
        ask again if wrong: after 2 days until right
    wait 5 days
    say: {score} of {max_score}.
"""


async def days(at: World, count: int) -> None:
    at.clock.move(count * DAY)
    await at.runtime.timers.fire_due()
    await at.becomes("SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending')", [(0,)])


async def says(at: World, text: str) -> None:
    at.clock.move(MINUTE)
    await at.says(text)
    await at.becomes("SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending')", [(0,)])


async def test_they_are_rows_of_further_rounds(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(COURSE)) as at:
        for text in ("COURSE", "3"):
            await says(at, text)
        for text in ("5", "2"):
            await days(at, 2)
            await says(at, text)
        await days(at, 2)
        assert (await at.heard())[-1] == "0 of 1."
        rows = await at.rows("SELECT number, round, CASE WHEN aside THEN 1 ELSE 0 END FROM answer ORDER BY n")
        assert [tuple(row) for row in rows] == [(3, 1, 0), (5, 2, 1), (2, 3, 1)]
        await export(at.store, "course", tmp_path)
        with (tmp_path / "course.answers.csv").open(encoding="utf-8-sig") as file:
            given = [(row["value"], row["round"], row["current"]) for row in csv.DictReader(file)]
        assert given == [("3", "1", "yes"), ("5", "2", "no"), ("2", "3", "no")]
        async with at.store.read() as connection:
            page = await connection.run_sync(recount, at.store.vault, at.library)
            assert [*await connection.run_sync(breaches), *page.breaches] == []
