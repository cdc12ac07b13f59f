"""One process, one writer, and one clear sentence for everything that can be wrong with a database."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from engine import anchoring, schema
from engine.opening import open_store
from engine.store import StoreError
from engine.writer import BULK, INBOX


async def closed(path: Path) -> Path:
    """A database that a server made and left."""
    await open_store(path).close()
    return path


def count(connection: Connection) -> int:
    return int(connection.scalar(select(func.count()).select_from(schema.meta)) or 0)


def add(connection: Connection, name: str) -> None:
    connection.execute(insert(schema.meta), [{"name": name, "value": "x"}])


async def test_a_first_start_makes_a_key_and_says_so(tmp_path: Path) -> None:
    store = open_store(tmp_path / "a" / "test.sqlite")
    assert store.new_key == tmp_path / "a" / "test.key"
    await store.close()
    again = open_store(tmp_path / "a" / "test.sqlite")
    assert again.new_key is None
    await again.close()


async def test_what_a_write_returned_for_is_there_after_the_next_start(tmp_path: Path) -> None:
    store = open_store(tmp_path / "test.sqlite")
    await store.write(lambda connection: add(connection, "kept"))
    await store.close()
    store = open_store(tmp_path / "test.sqlite")
    assert await store.write(count) == 3
    await store.close()


async def test_a_write_that_raises_has_done_nothing(tmp_path: Path) -> None:
    def fail(connection: Connection) -> None:
        add(connection, "lost")
        raise LookupError("in the middle")

    store = open_store(tmp_path / "test.sqlite")
    with pytest.raises(LookupError):
        await store.write(fail)
    assert await store.write(count) == 2
    await store.close()


async def test_the_more_urgent_is_written_first(tmp_path: Path) -> None:
    store = open_store(tmp_path / "test.sqlite")
    order: list[str] = []
    held = asyncio.Event()
    loop = asyncio.get_running_loop()
    release = asyncio.Event()

    def hold(_: Connection) -> None:
        loop.call_soon_threadsafe(held.set)
        asyncio.run_coroutine_threadsafe(release.wait(), loop).result()

    holding = asyncio.create_task(store.write(hold))
    await held.wait()
    bulk = asyncio.create_task(store.write(lambda _: order.append("bulk"), BULK))
    await asyncio.sleep(0)
    inbox = asyncio.create_task(store.write(lambda _: order.append("inbox"), INBOX))
    await asyncio.sleep(0)
    release.set()
    await asyncio.gather(holding, bulk, inbox)
    assert order == ["inbox", "bulk"]
    await store.close()


async def test_a_reader_sees_what_is_committed_and_can_write_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path / "test.sqlite")
    await store.write(lambda connection: add(connection, "kept"))
    async with store.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(schema.meta)) == 3
        with pytest.raises(OperationalError, match="readonly"):
            await connection.execute(text("DELETE FROM meta"))
    await store.close()


async def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = open_store(tmp_path / "test.sqlite")
    await store.close()
    with pytest.raises(StoreError, match="is closed"):
        await store.write(count)


async def test_a_second_process_is_told_to_stay_away(tmp_path: Path) -> None:
    path = tmp_path / "test.sqlite"
    store = open_store(path)
    code = "import sys; from pathlib import Path; from engine.opening import open_store; open_store(Path(sys.argv[1]))"
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", code, path, stderr=PIPE)
    _, said = await other.communicate()
    assert f"StoreError: {path} is in use by another Dundun." in said.decode()
    await store.close()
    await closed(path)


async def test_a_file_that_is_used_is_not_used_by_another_name_too(tmp_path: Path) -> None:
    """Two processes would both be the only one, and send every message twice."""
    path = tmp_path / "test.sqlite"
    store = open_store(path)
    for name, target in (("link", path), ("link_of_link", tmp_path / "link")):
        other = tmp_path / name
        other.symlink_to(target)
        with pytest.raises(StoreError, match="is in use by another Dundun"):
            open_store(other, path.with_suffix(".key"))
    await store.close()
    again = open_store(tmp_path / "link", path.with_suffix(".key"))
    await again.close()


async def test_a_file_with_two_names_is_refused_until_it_has_one(tmp_path: Path) -> None:
    """Each name has a journal of its own: by the other one the file is damaged."""
    path, other = tmp_path / "line.sqlite", tmp_path / "other.sqlite"
    await open_store(path, tmp_path / "line.key").close()
    other.hardlink_to(path)
    with pytest.raises(StoreError, match="has a second name on this disk"):
        open_store(path, tmp_path / "line.key")
    other.unlink()
    await open_store(path, tmp_path / "line.key").close()


async def test_a_key_that_is_gone_is_not_replaced(tmp_path: Path) -> None:
    path = await closed(tmp_path / "test.sqlite")
    path.with_suffix(".key").unlink()
    with pytest.raises(StoreError, match=r"The key file .*test\.key is missing.*Put its copy back"):
        open_store(path)
    assert not path.with_suffix(".key").exists()


async def test_a_wrong_key_is_found_at_the_start(tmp_path: Path) -> None:
    path = await closed(tmp_path / "test.sqlite")
    other = await closed(tmp_path / "other.sqlite")
    path.with_suffix(".key").write_bytes(other.with_suffix(".key").read_bytes())
    with pytest.raises(StoreError, match=r"test\.sqlite was written with another key"):
        open_store(path)


async def test_where_a_database_was_none_begins_anew_unasked(tmp_path: Path) -> None:
    path = await closed(tmp_path / "test.sqlite")
    anchors = tmp_path / "test.anchors"
    anchoring.append(anchors, anchoring.Anchor(1, 0, b"mark"))
    path.unlink()
    with pytest.raises(
        StoreError, match=r"test\.sqlite is empty or gone, but .*test\.anchors shows that there was one"
    ):
        open_store(path)
    anchors.unlink()
    await closed(path)


def test_a_key_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"The key file .*nowhere/test\.key cannot be made: No such file"):
        open_store(tmp_path / "test.sqlite", tmp_path / "nowhere" / "test.key")


async def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = await closed(tmp_path / "test.sqlite")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = '999' WHERE name = 'schema'")
    connection.close()
    with pytest.raises(StoreError, match="was written by a newer Dundun"):
        open_store(path)


def test_what_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "test.sqlite").write_bytes(b"name,phone\n" * 1000)
    with pytest.raises(StoreError, match="is not a database of Dundun, or it is damaged"):
        open_store(tmp_path / "test.sqlite")


@pytest.mark.skipif(sys.platform == "win32", reason="nobody moves an open file away there")
async def test_nothing_is_stored_in_a_file_that_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "test.sqlite"
    store = open_store(path)
    before = await store.write(count)
    path.rename(tmp_path / "away")
    with pytest.raises(StoreError, match=r"test\.sqlite was moved, deleted or replaced while this server uses it"):
        await store.write(lambda connection: add(connection, "lost"))
    shutil.copy(tmp_path / "away", path)
    with pytest.raises(StoreError, match="Nothing was stored"):
        await store.write(lambda connection: add(connection, "lost"))
    (tmp_path / "away").rename(path)
    await store.write(lambda connection: add(connection, "kept"))
    assert await store.write(count) == before + 1
    await store.close()


async def test_a_file_that_nobody_may_write_any_more_is_told(tmp_path: Path) -> None:
    store = open_store(tmp_path / "test.sqlite")
    await store.write(lambda connection: connection.exec_driver_sql("PRAGMA query_only = ON"))  # as a disk remounted
    with pytest.raises(
        StoreError, match=r"attempt to write a readonly database\. Nobody may write .* read-only, .*stored"
    ):
        await store.write(lambda connection: add(connection, "lost"))
    await store.close()


@pytest.mark.parametrize("table", ["meta (id INTEGER, text TEXT)", "patients (id INTEGER)", "workers (id INTEGER)"])
def test_the_database_of_another_program_is_left_as_it_is(tmp_path: Path, table: str) -> None:
    path = tmp_path / "test.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute(f"CREATE TABLE {table}")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=rf"another program: it holds the tables {table.split()[0]}\."):
        open_store(path)
    assert path.read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["test.sqlite", "test.sqlite.lock"]


def test_a_folder_in_its_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "test.sqlite").mkdir()
    with pytest.raises(StoreError, match=r"test\.sqlite is a folder"):
        open_store(tmp_path / "test.sqlite")


def test_an_old_sqlite_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    with pytest.raises(StoreError, match="too old"):
        open_store(tmp_path / "test.sqlite")


async def test_a_refused_start_lets_go_of_the_file(tmp_path: Path) -> None:
    path = await closed(tmp_path / "test.sqlite")
    key = path.with_suffix(".key").read_bytes()
    path.with_suffix(".key").unlink()
    with pytest.raises(StoreError):
        open_store(path)
    path.with_suffix(".key").write_bytes(key)
    await closed(path)


@pytest.mark.parametrize(("setting", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("busy_timeout", 5_000)])
async def test_what_is_committed_is_on_the_disk_and_readers_never_wait(
    tmp_path: Path, setting: str, value: object
) -> None:
    store = open_store(tmp_path / "test.sqlite")
    assert await store.write(lambda connection: connection.exec_driver_sql(f"PRAGMA {setting}").scalar()) == value
    await store.close()


async def test_a_write_has_the_file_before_it_reads_anything(tmp_path: Path) -> None:
    """Else what it read could have changed when it writes."""

    def try_beside(_: Connection) -> None:
        beside = sqlite3.connect(tmp_path / "test.sqlite", timeout=0)
        try:
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                beside.execute("BEGIN IMMEDIATE")
        finally:
            beside.close()

    store = open_store(tmp_path / "test.sqlite")
    await store.write(try_beside)
    await store.close()


async def test_no_value_stands_in_an_error_of_the_database(tmp_path: Path) -> None:
    store = open_store(tmp_path / "test.sqlite")
    await store.write(lambda connection: add(connection, "+231770000001"))
    with pytest.raises(IntegrityError, match="UNIQUE") as written:
        await store.write(lambda connection: add(connection, "+231770000001"))
    with pytest.raises(OperationalError, match="no such table") as read:
        async with store.read() as connection:
            await connection.execute(text("SELECT :number FROM nowhere"), {"number": "+231770000001"})
    for error in (written.value, read.value):
        assert "+231770000001" not in f"{error} {error.__cause__} {error.__context__}"
    await store.close()


def rights(folder: Path) -> dict[str, int]:
    """Who may do what with each file of it."""
    return {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}


@pytest.mark.skipif(sys.platform == "win32", reason="rights are kept otherwise there")
async def test_what_stands_in_the_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    mask = os.umask(0)
    try:
        store = open_store(tmp_path / "test.sqlite")
        await store.write(lambda connection: add(connection, "kept"))
    finally:
        os.umask(mask)
    modes = rights(tmp_path)
    assert modes == dict.fromkeys(modes, 0o600)
    assert {"test.sqlite", "test.sqlite-wal", "test.key", "test.sqlite.lock"} <= modes.keys()
    await store.close()
