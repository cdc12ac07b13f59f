"""A database of every release becomes one of today, on both databases, and its conversations go on (I22)."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, text

from engine import migrating, migrations, schema
from engine.ids import Ids
from engine.inbox import Arrival
from engine.library import Library
from engine.opening import once, open_reader, open_store
from engine.phrases import load
from engine.registry import Registry
from engine.runtime import Runtime, Setup
from engine.store import StoreError
from tests.engine.motion import Gateway, HandClock
from tests.migration.released import MOSES, database_of, file_of
from tests.postgres import Postgres

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.real)]
RELEASED = [1]
Place = tuple[Path | str, Path]


@pytest.fixture(params=BOTH)
async def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A database as a first start makes it."""
    if request.param == "sqlite":
        place: Place = (tmp_path / "fresh.sqlite", tmp_path / "fresh.key")
    else:
        server: Postgres = request.getfixturevalue("server")
        place = (server.database(), tmp_path / "fresh.key")
    await open_store(*place).close()
    return place


@pytest.fixture(params=BOTH)
async def old(request: pytest.FixtureRequest, tmp_path: Path, version: int) -> Place:
    """A database of a release, with its rows."""
    if request.param == "sqlite":
        return file_of(version, tmp_path)
    server: Postgres = request.getfixturevalue("server")
    return await database_of(version, tmp_path, server.database())


def shape(connection: Connection) -> dict[str, Any]:
    """Every column, key and index of every table, whatever their order."""
    found = inspect(connection)
    return {
        table: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["default"])
                for column in found.get_columns(table)
            },
            "key": found.get_pk_constraint(table),
            "indexes": {
                index["name"]: (index["column_names"], index["unique"], _where(index))
                for index in found.get_indexes(table)
            },
            "rowid": _rowid(connection, table),
        }
        for table in found.get_table_names()
    }


def _where(index: Any) -> str:
    return str([str(said) for name, said in index.get("dialect_options", {}).items() if name.endswith("_where")])


def _rowid(connection: Connection, table: str) -> bool:
    if connection.dialect.name != "sqlite":
        return False
    made = connection.scalar(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table})
    return "WITHOUT ROWID" not in str(made)


@pytest.mark.parametrize("version", RELEASED)
async def test_a_migrated_database_is_as_a_fresh_one(
    old: Place, version: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    new: Place = (tmp_path / "new.sqlite", tmp_path / "new.key")
    if isinstance(old[0], str):
        new = (request.getfixturevalue("server").database(), new[1])
    await open_store(*new).close()
    done = await migrating.migrate(*old, "grace")
    assert (done.have, done.want, done.needed) == (version, schema.VERSION, True)
    migrated, made = await once(old[0], shape), await once(new[0], shape)
    assert migrated.keys() == made.keys()
    for table in made:
        assert migrated[table] == made[table], table


@pytest.mark.parametrize("version", RELEASED)
async def test_what_was_in_it_is_there_and_the_conversation_goes_on(old: Place) -> None:
    await migrating.migrate(*old, "grace")
    store, clock, gateway = open_store(*old), HandClock(), Gateway()
    ids = Ids(clock)
    registry = Registry(store, ids, clock)
    setup = Setup({"sms": gateway}, lambda _: ("gsm7", 1))
    runtime = Runtime(store, registry, Library(load()), setup, ids, clock)
    await runtime.start()
    assert (await runtime.accept(Arrival("sms", "key 2", MOSES, "14"))).repeat
    await runtime.accept(Arrival("sms", "key 9", MOSES, "No soap"))
    assert (await gateway.has(1)) == ["Thank you, Moses Flomo."]
    async with store.read() as connection:
        zones = (await connection.execute(text("SELECT worker_id, zone FROM worker ORDER BY worker_id"))).all()
        places = (await connection.execute(text("SELECT code, zone FROM facility"))).all()
        stopped = await connection.scalar(text("SELECT count(*) FROM worker WHERE stopped_at IS NOT NULL"))
    await runtime.stop(1)
    await store.close()
    assert [tuple(row) for row in zones] == [("fatou", ""), ("moses", "Africa/Accra")]
    assert [tuple(row) for row in places] == [("F1", "Africa/Monrovia")]
    assert stopped == 1


@pytest.mark.parametrize("version", RELEASED)
async def test_until_then_nobody_uses_it(old: Place) -> None:
    with pytest.raises(StoreError, match=r"was written by an older Dundun. Stop every server .*: dundun migrate"):
        open_store(*old)
    with pytest.raises(StoreError, match="dundun migrate"):
        async with open_reader(*old):
            pass


@pytest.mark.parametrize("version", RELEASED)
async def test_a_plan_changes_nothing(old: Place, version: int) -> None:
    before = await once(old[0], shape)
    plan = await migrating.plan(*old)
    assert (plan.have, plan.want) == (version, schema.VERSION)
    assert await once(old[0], shape) == before
    assert plan.copy is None or not plan.copy.exists()


@pytest.mark.parametrize("version", RELEASED)
async def test_what_fails_halfway_leaves_it_as_it_was(old: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    before = await once(old[0], shape)

    def half(operations: Any, vault: Any) -> None:
        operations.execute("CREATE TABLE half (one INTEGER)")
        raise OSError("no space left")

    monkeypatch.setitem(migrations.STEPS, schema.VERSION, half)
    with pytest.raises(StoreError):
        await migrating.migrate(*old, "grace")
    assert await once(old[0], shape) == before


@pytest.mark.parametrize("version", RELEASED)
async def test_a_wrong_key_changes_nothing(old: Place, version: int) -> None:
    old[1].write_text(old[1].read_text().splitlines()[0] + "\n1:" + "A" * 43 + "=\n")
    with pytest.raises(StoreError, match="was written with another key"):
        await migrating.migrate(*old, "grace")
    assert (await once(old[0], shape)).keys() >= {"meta", "event"}


@pytest.mark.parametrize("version", RELEASED)
async def test_a_file_is_copied_first_and_the_copy_works_with_the_code_of_before(tmp_path: Path, version: int) -> None:
    path, key = file_of(version, tmp_path)
    done = await migrating.migrate(path, key, "grace")
    assert done.copy == tmp_path / f"line-before-{schema.VERSION}.sqlite"
    with closing(sqlite3.connect(done.copy)) as copy:
        assert copy.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone() == (str(version),)
        assert copy.execute("SELECT count(*) FROM event").fetchone() == (6,)


@pytest.mark.parametrize("version", RELEASED)
def test_not_while_a_server_has_the_file(tmp_path: Path, version: int) -> None:
    path, key = file_of(version, tmp_path)
    code = (
        "import sys; from pathlib import Path; from engine.filelock import FileLock; "
        "FileLock(Path(sys.argv[1])).take() and print('mine', flush=True); input()"
    )
    command = [sys.executable, "-c", code, f"{path}.lock"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"mine\n"
        with pytest.raises(StoreError, match="is in use by another Dundun"):
            asyncio.run(migrating.migrate(path, key, "grace"))
        other.communicate(b"\n")


@pytest.mark.real
async def test_not_while_processes_are_at_work(server: Postgres, tmp_path: Path) -> None:
    def work(connection: Connection) -> None:
        sql = "INSERT INTO process (process_id, release, started_at, beat_at) VALUES (1, 'x', 0, 1000000)"
        connection.execute(text(sql))
        connection.execute(text("UPDATE meta SET value = '1' WHERE name = 'schema'"))

    place = (server.database(), tmp_path / "fresh.key")
    await open_store(*place).close()
    await once(place[0], work)
    clock = HandClock()
    clock.moment = 1_000_000 + migrating.STALE - 1
    with pytest.raises(StoreError, match="is in use by 1 running Dundun"):
        await migrating.migrate(*place, "grace", clock)


async def test_a_database_of_today_needs_nothing(fresh: Place) -> None:
    assert not (await migrating.migrate(*fresh, "grace")).needed


async def test_a_newer_database_is_refused(fresh: Place) -> None:
    await once(fresh[0], lambda c: c.execute(text("UPDATE meta SET value = '999' WHERE name = 'schema'")) and None)
    with pytest.raises(StoreError, match="was written by a newer Dundun"):
        await migrating.migrate(*fresh, "grace")
    with pytest.raises(StoreError, match="was written by a newer Dundun"):
        open_store(*fresh)
