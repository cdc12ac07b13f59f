"""From a database file to a PostgreSQL server: every row, or nothing; and of the two only one may send."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from engine import copying, held, schema
from engine.ids import Ids
from engine.inbox import Arrival
from engine.opening import open_store
from engine.registry import Registry
from engine.runtime import Runtime, Setup
from engine.store import Store, StoreError
from tests.engine import motion
from tests.engine.motion import Gateway, HandClock, MakeLibrary, in_a_file
from tests.postgres import Postgres

pytestmark = pytest.mark.real

FLOW = """
    flow who: Who
        languages: en
        channels: sms
        start on word WHO
    ask name: What is your name?
        answer: text up to 40 letters
    ask old: How old are you?
        answer: whole number from 0 to 120
    say: Thank you, {name}.
"""


@pytest.fixture
def target(postgres: tuple[Postgres, str, Path]) -> str:
    return postgres[0].database()


async def copied(folder: Path, target: str, seen: list[tuple[str, int, int]] | None = None) -> dict[str, int]:
    source, key = in_a_file(folder)
    progress = [] if seen is None else seen
    return await copying.copy(Path(source), target, key, "grace", lambda *step: progress.append(step), HandClock())


async def talked(folder: Path, library: MakeLibrary) -> None:
    async with motion.world(folder, library(FLOW)) as here:
        for said in ("WHO", "Moses"):
            await here.says(said)
        await here.gateway.has(2)
        await here.says("STOP", motion.FATOU)
        await here.gateway.has(3)


async def reason(store: Store) -> str:
    async with store.read() as connection:
        hold = (await held.read_state(connection)).hold
    return "" if hold is None else hold.reason


async def test_every_row_is_there_and_both_are_on_hold(tmp_path: Path, library: MakeLibrary, target: str) -> None:
    await talked(tmp_path, library)
    seen: list[tuple[str, int, int]] = []
    counts = await copied(tmp_path, target, seen)
    assert {counts[table] for table in ("worker", "session")} == {2, 1}
    assert seen[-1][1] == seen[-1][2] == sum(counts.values())
    old, new = open_store(*in_a_file(tmp_path)), open_store(target, in_a_file(tmp_path)[1])
    assert await reason(new) == f"This is a copy of {tmp_path}/test.sqlite."
    assert (await reason(old)).startswith("It was copied, and goes on elsewhere. The database test_")
    async with new.read() as connection:
        for table in schema.metadata.sorted_tables:
            held_placed_and_noted = {"meta": 2, "audit": 1, "box": 1}.get(table.name, 0)
            number = await connection.scalar(select(func.count()).select_from(table))
            assert number == counts[table.name] + held_placed_and_noted, table.name
    await old.close()
    await new.close()


async def test_a_conversation_goes_on_there(tmp_path: Path, library: MakeLibrary, target: str) -> None:
    await talked(tmp_path, library)
    await copied(tmp_path, target)
    store, clock, gateway = open_store(target, in_a_file(tmp_path)[1]), HandClock(), Gateway()
    ids = Ids(clock)
    registry = Registry(store, ids, clock)
    runtime = Runtime(store, registry, library(FLOW), Setup({"sms": gateway}, lambda _: ("gsm7", 1)), ids, clock)
    await store.write(lambda c: held.release(c, clock.now()))
    await runtime.start()
    await runtime.accept(Arrival("sms", "new", motion.MOSES, "44"))
    assert await gateway.has(1) == ["Thank you, Moses."]
    await runtime.stop(1)
    await store.close()


async def test_a_database_that_is_not_empty_is_left_alone(tmp_path: Path, library: MakeLibrary, target: str) -> None:
    await talked(tmp_path, library)
    await copied(tmp_path, target)
    with pytest.raises(StoreError, match="is not empty"):
        await copied(tmp_path, target)


async def test_what_differs_is_found_and_nothing_stays(
    tmp_path: Path, library: MakeLibrary, target: str, postgres: tuple[Postgres, str, Path]
) -> None:
    await talked(tmp_path, library)
    postgres[0].sql(
        "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'", target.rpartition("/")[2]
    )
    postgres[0].sql(
        "CREATE FUNCTION spoil() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT FROM pg_tables "
        "WHERE tablename = 'answer') AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'loses') THEN "
        "CREATE TRIGGER loses BEFORE INSERT ON answer FOR EACH ROW EXECUTE FUNCTION lose(); END IF; END $$;"
        "CREATE EVENT TRIGGER spoils ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION spoil()",
        target.rpartition("/")[2],
    )
    with pytest.raises(StoreError, match=r"Table answer is not the same in .*: 0 of 1 rows"):
        await copied(tmp_path, target)
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    assert postgres[0].sql(tables, target.rpartition("/")[2]).strip() == "0"
    store = open_store(*in_a_file(tmp_path))
    assert await reason(store) == ""
    await store.close()


async def test_not_while_a_server_has_the_file(tmp_path: Path, library: MakeLibrary, target: str) -> None:
    async with motion.world(tmp_path, library(FLOW)):
        with pytest.raises(StoreError, match="is in use by another Dundun"):
            await copied(tmp_path, target)
