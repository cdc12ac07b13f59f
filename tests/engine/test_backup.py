"""A copy of a database file, made while it is written to, and the way back from it."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from engine import anchoring, backup, held, restoring
from engine.backup import silent
from engine.ids import Ids
from engine.opening import open_store
from engine.registry import Registry
from engine.store import StoreError
from tests.engine import motion
from tests.engine.motion import MONDAY, HandClock, MakeLibrary, World, in_a_file

FLOW = """
    flow who: Who
        languages: en
        channels: sms
        start on word WHO
    ask name: What is your name?
        answer: text up to 40 letters
    say: Thank you, {name}.
"""
TEST_SQLITE = "test.sqlite"


def copied(here: World, name: str = "copy.sqlite") -> Path:
    target = here.folder / name
    backup.backup(here.folder / TEST_SQLITE, target, MONDAY, "It is a backup.")
    return target


def value(file: Path, sql: str) -> object:
    with closing(sqlite3.connect(file)) as opened:
        return opened.execute(sql).fetchone()[0]


def files(folder: Path, pattern: str) -> list[str]:
    return [file.name for file in folder.glob(pattern)]


def contents(file: Path | str) -> bytes:
    return Path(file).read_bytes()


async def test_it_is_one_moment_though_others_write_all_the_while(tmp_path: Path, library: MakeLibrary) -> None:
    async with motion.world(tmp_path, library(FLOW)) as here:
        going = asyncio.Event()

        async def write() -> None:
            while not going.is_set():
                await here.says("WHO", f"+23177{here.ids.new() % 10_000_000:07}")

        writing = asyncio.create_task(write())
        await here.gateway.has(20)
        target = here.folder / "copy.sqlite"
        await asyncio.to_thread(backup.backup, here.folder / TEST_SQLITE, target, MONDAY, "It is a backup.")
        going.set()
        await writing
        for table in ("event", "outbox"):
            begun = value(target, f"SELECT count(*) FROM {table} WHERE seq = 1")
            assert begun == value(target, "SELECT count(*) FROM session"), table
        assert value(target, "PRAGMA integrity_check") == "ok"
        assert files(here.folder, "*.part*") == []


async def test_what_is_written_while_it_is_copied_is_not_in_it_and_begins_it_anew_never(
    tmp_path: Path, library: MakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under load a copy that began anew with each message would have no end."""
    monkeypatch.setattr(backup, "_PAGES", 1)
    done: list[int] = []

    def write(pages: int, _total: int) -> None:
        with closing(sqlite3.connect(here.folder / TEST_SQLITE)) as writing, writing:
            writing.execute("INSERT INTO meta (name, value) VALUES (?, '')", (f"late {len(done)}",))
        done.append(pages)

    async with motion.world(tmp_path, library(FLOW), start=False) as here:
        target = here.folder / "copy.sqlite"
        backup.copy(here.folder / TEST_SQLITE, target, write)
        assert done == [*range(1, len(done) + 1)]
        assert value(target, "SELECT count(*) FROM meta WHERE name LIKE 'late %'") == 0


async def test_a_copy_is_one_file_that_can_be_read_where_nobody_may_write(tmp_path: Path, library: MakeLibrary) -> None:
    async with motion.world(tmp_path, library(FLOW)) as here:
        target = copied(here)
    assert value(target, "PRAGMA journal_mode") == "delete"
    assert files(tmp_path, "copy*") == ["copy.sqlite"]


async def test_a_copy_is_on_hold_and_the_original_is_not(tmp_path: Path, library: MakeLibrary) -> None:
    async with motion.world(tmp_path, library(FLOW)) as here:
        target = copied(here)
        assert target.stat().st_mode & 0o777 == 0o600
        async with here.store.read() as connection:
            assert (await held.read_state(connection)).hold is None
        store = open_store(target, here.folder / "test.key")
        async with store.read() as connection:
            hold = (await held.read_state(connection)).hold
        await store.close()
        assert hold == held.Hold(held.RESTORED, "It is a backup.", MONDAY)
        assert hold.everything


async def test_what_cannot_be_made_leaves_nothing(tmp_path: Path, library: MakeLibrary) -> None:
    async with motion.world(tmp_path, library(FLOW)) as here:
        with pytest.raises(StoreError, match=r"could not be copied to .*nowhere"):
            backup.copy(here.folder / TEST_SQLITE, tmp_path / "nowhere/copy.sqlite")
        with pytest.raises(StoreError, match="could not be copied"):
            backup.copy(tmp_path / "nothing.sqlite", tmp_path / "copy.sqlite")
        assert files(tmp_path, "copy*") == []


async def test_progress_ends_at_the_whole(tmp_path: Path, library: MakeLibrary) -> None:
    seen: list[tuple[int, int]] = []
    async with motion.world(tmp_path, library(FLOW)) as here:
        backup.copy(here.folder / TEST_SQLITE, tmp_path / "copy.sqlite", lambda done, total: seen.append((done, total)))
    assert seen[-1][0] == seen[-1][1] > 0


async def test_a_restored_backup_is_as_it_was_then(tmp_path: Path, library: MakeLibrary) -> None:
    database, key = in_a_file(tmp_path)
    async with motion.world(tmp_path, library(FLOW)) as here:
        await here.says("WHO")
        await here.gateway.has(1)
        target = copied(here)
        await here.says("Moses")
        anchoring.append(anchoring.file_beside(key), anchoring.Anchor(1, MONDAY, b"mark"))
    aside = restoring.restore(target, Path(database), key, MONDAY, "then", silent)
    assert aside == tmp_path / "test-replaced-then.sqlite"
    assert value(aside, "SELECT count(*) FROM answer") == 1
    assert (tmp_path / "test-replaced-then.anchors").exists()
    async with motion.world(tmp_path, library(FLOW)) as here:
        assert await here.rows("SELECT n FROM answer") == []
        await here.says("Moses")
        await here.becomes("SELECT question FROM answer", [("name",)])
        reason = (await here.rows("SELECT value FROM meta WHERE name = 'hold'"))[0][0]
        assert "This database was restored from copy.sqlite." in reason
        assert here.gateway.texts == []
        await here.store.write(lambda c: held.release(c, here.clock.now()))
        here.runtime.wake()
        await here.becomes("SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending')", [(0,)])
        assert here.gateway.texts[-1] == "Thank you, Moses."


async def test_a_backup_that_is_not_ours_changes_nothing(tmp_path: Path, library: MakeLibrary) -> None:
    database, key = in_a_file(tmp_path)
    async with motion.world(tmp_path, library(FLOW)) as here:
        target = copied(here)
    other = open_store(tmp_path / "other.sqlite")
    await other.close()
    before = contents(database)
    torn = tmp_path / "torn.sqlite"
    torn.write_bytes(contents(target)[:5000])
    spoilt = tmp_path / "spoilt.sqlite"
    spoilt.write_bytes(contents(target)[:-4096] + bytes(range(256)) * 16)
    empty = tmp_path / "empty.sqlite"
    empty.touch()
    no_backup = "damaged: .*No copy was made. Take an earlier backup."
    for wrong, says in (
        (tmp_path / "other.sqlite", "The backup was written with another key"),
        (torn, no_backup),
        (spoilt, no_backup),
        (empty, no_backup),
    ):
        with pytest.raises(StoreError, match=says):
            restoring.restore(wrong, Path(database), key, MONDAY, "then", silent)
    assert contents(database) == before
    assert files(tmp_path, "*.restored*") == []


async def test_not_while_a_server_has_the_database(tmp_path: Path, library: MakeLibrary) -> None:
    async with motion.world(tmp_path, library(FLOW)) as here:
        target = copied(here)
        with pytest.raises(StoreError, match="is in use by another Dundun"):
            restoring.restore(target, *map(Path, in_a_file(tmp_path)), MONDAY, "then", silent)
        assert await here.rows("SELECT count(*) FROM worker") == [(2,)]


async def test_into_an_empty_place(tmp_path: Path, library: MakeLibrary) -> None:
    async with motion.world(tmp_path, library(FLOW)) as here:
        target = copied(here)
    new = tmp_path / "new.sqlite"
    assert restoring.restore(target, new, tmp_path / "test.key", MONDAY, "then", silent) is None
    store = open_store(new, tmp_path / "test.key")
    clock = HandClock()
    assert (await Registry(store, Ids(clock), clock).reach(["moses"])).keys() == {"moses"}
    await store.close()


async def test_what_an_unclean_end_left_beside_the_file_is_moved_aside_with_it(
    tmp_path: Path, library: MakeLibrary
) -> None:
    """Else the last transactions of the old database would be taken for those of the new one."""
    database, key = in_a_file(tmp_path)
    async with motion.world(tmp_path, library(FLOW)) as here:
        target = copied(here)
    for part in ("-wal", "-shm"):
        (tmp_path / f"{TEST_SQLITE}{part}").write_bytes(b"of the old one")
    aside = restoring.restore(target, Path(database), key, MONDAY, "then", silent)
    assert aside is not None
    for part in ("-wal", "-shm"):
        assert contents(f"{aside}{part}") == b"of the old one"
    assert files(tmp_path, f"{TEST_SQLITE}-*") == []
