"""Publishing and going back change what new conversations run, in every process, and nothing that runs (I17)."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.library import Library
from engine.versions import NoVersionError, Version, known
from grammar.program import Program
from tests.engine.motion import FATOU, MOSES, MakeLibrary, World, world


def flow(question: str, header: str = "") -> str:
    return f"""
    flow survey: Survey
        languages: en
        channels: sms
        start on word SURVEY
        {header}
    ask cases: {question}
        answer: whole number from 0 to 500
    say: Thank you.
    """


@pytest.fixture
def first(library: MakeLibrary) -> Library:
    return library(flow("How many cases?"))


@pytest.fixture
def better(library: MakeLibrary) -> Program:
    return next(iter(library(flow("How many cases today?")).flows())).program


async def versions(at: World) -> list[Version]:
    async with at.store.read() as connection:
        return await known(connection)


async def test_who_began_goes_on_and_who_begins_gets_the_new_version(
    tmp_path: Path, first: Library, better: Program
) -> None:
    async with world(tmp_path, first) as at:
        await at.says("SURVEY")
        at.clock.move(1000)
        await at.runtime.publish(better)
        await at.says("SURVEY", FATOU)
        await at.says("many")
        assert (await at.heard(FATOU))[0] == "How many cases today?"
        assert (await at.heard(MOSES))[0] == "How many cases?"
        assert [(each.open, each.current) for each in await versions(at)] == [(1, True), (1, False)]


async def test_back_to_the_version_before_and_the_same_file_does_not_undo_it(
    tmp_path: Path, first: Library, better: Program
) -> None:
    async with world(tmp_path, first) as at:
        old = next(iter(first.flows())).program
        at.clock.move(1000)
        await at.runtime.publish(better)
        assert (await at.runtime.versions.roll_back("survey")).hash == old.hash()
        await at.says("SURVEY")
        assert await at.runtime.publish(better) == old.hash(), "the file is as it was"
        await at.says("SURVEY", FATOU)
        assert await at.heard(MOSES) == await at.heard(FATOU) == ["How many cases?"]


async def test_a_changed_file_is_published_after_a_way_back(
    tmp_path: Path, first: Library, better: Program, library: MakeLibrary
) -> None:
    mended = next(iter(library(flow("Cases?")).flows())).program
    async with world(tmp_path, first) as at:
        await at.runtime.publish(better)
        await at.runtime.versions.roll_back("survey")
        assert await at.runtime.publish(mended) == mended.hash()
        assert await at.runtime.publish(better) == better.hash(), "the folder says something new again"


async def test_a_file_that_goes_back_to_an_earlier_text_is_published_too(
    tmp_path: Path, first: Library, better: Program
) -> None:
    async with world(tmp_path, first) as at:
        old = next(iter(first.flows())).program
        at.clock.move(1000)
        await at.runtime.publish(better)
        await at.runtime.versions.roll_back("survey")
        await at.runtime.versions.roll_back("survey", better.hash()[:8])
        assert await at.runtime.publish(old) == old.hash()
        await at.says("SURVEY")
        assert await at.heard() == ["How many cases?"]


@pytest.mark.parametrize(
    ("name", "to", "said"),
    [
        ("survey", "", "survey has only one version"),
        ("survey", "ffff", "survey has no other version that begins with ffff"),
        ("surveys", "", "No flow surveys was ever published here"),
    ],
)
async def test_where_there_is_no_way_back_it_is_said(
    tmp_path: Path, first: Library, name: str, to: str, said: str
) -> None:
    async with world(tmp_path, first) as at:
        with pytest.raises(NoVersionError, match=said):
            await at.runtime.versions.roll_back(name, to)


async def test_a_flow_that_is_withdrawn_begins_nowhere(tmp_path: Path, first: Library) -> None:
    async with world(tmp_path, first) as at:
        await at.says("SURVEY", FATOU)
        await at.runtime.versions.withdraw("survey")
        await at.says("SURVEY")
        await at.says("12", FATOU)
        assert (await at.heard(FATOU))[-1] == "Thank you."
        assert await at.rows("SELECT count(*) FROM session") == [(1,)]
        await at.runtime.versions.agree()
        assert not at.library.flows(), "and it does not come back by itself"


async def test_a_flow_whose_file_went_while_nobody_ran_begins_nowhere(tmp_path: Path, first: Library) -> None:
    async with world(tmp_path, first) as at:
        await at.runtime.versions.keep_only(["survey"])
        assert [linked.program.flow for linked in at.library.flows()] == ["survey"]
        await at.runtime.versions.keep_only(["another"])
        assert not at.library.flows()
        assert await at.rows("SELECT hash FROM current") == [("",)]


async def test_another_process_comes_to_agree_and_can_go_on_with_what_was_begun_elsewhere(
    tmp_path: Path, first: Library, better: Program, library: MakeLibrary, database: str
) -> None:
    if database == "sqlite":
        pytest.skip("one process owns a SQLite file")
    async with world(tmp_path, first) as at:
        other = World(tmp_path, library(flow("How many cases?")))
        await other.runtime.start()
        await at.runtime.publish(better)
        await at.says("SURVEY")
        await other.says("twelve hundred")
        assert set(await other.heard()) == {"How many cases today?", "Please send a whole number from 0 to 500."}
        await other.runtime.versions.agree()
        await other.says("SURVEY", FATOU)
        assert await other.heard(FATOU) == ["How many cases today?"]
        await other.runtime.stop(1)
        await other.store.close()


async def test_who_waits_goes_over_where_the_header_says_so(tmp_path: Path, library: MakeLibrary) -> None:
    moved = flow("How many cases today?", "moved cases -> cases_today").replace("ask cases:", "ask cases_today:")
    new = next(iter(library(moved).flows())).program
    async with world(tmp_path, library(flow("How many cases?"))) as at:
        await at.says("SURVEY")
        await at.runtime.publish(new)
        assert await at.runtime.movers.move() == 1
        assert await at.rows("SELECT program FROM session") == [(new.hash(),)]
        assert await at.runtime.movers.move() == 0, "a version is looked at once"
        await at.says("12")
        assert await at.heard() == ["How many cases?", "Thank you."]
        assert await at.rows("SELECT question FROM answer") == [("cases_today",)]
