"""The commands of whoever runs a server: backup, restore, resume, purge, audit, doctor and dead, as they are called."""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from engine import held
from engine.opening import open_store
from tests.commands.conftest import Dundun

WORKERS = "id,name,phone\nmoses,Moses Flomo,+231770000001\nfatou,Fatou Kamara,+231770000002\n"


@pytest.fixture
def home(dundun: Dundun, tmp_path: Path) -> Path:
    """The folder in which `dundun` is called, with a database that knows two workers."""
    (tmp_path / "dundun.toml").write_text("", encoding="utf-8")
    (tmp_path / "workers.csv").write_text(WORKERS, encoding="utf-8")
    assert dundun("workers", "import", "workers.csv").code == 0
    return tmp_path


def change(home: Path, sql: str, *values: Any) -> None:
    with closing(sqlite3.connect(home / "dundun.sqlite")) as opened, opened:
        opened.execute(sql, values)


def rows(home: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(home / "dundun.sqlite")) as opened:
        return opened.execute(sql).fetchall()


def test_who_imported_stands_in_the_audit(dundun: Dundun, home: Path) -> None:
    said = dundun("audit", "list").out
    assert "import" in said
    assert "2 workers" in said
    assert dundun("audit", "verify").out == "1 row looked at. All of them are as they were written.\n"


def test_a_row_that_was_changed_is_found(dundun: Dundun, home: Path) -> None:
    change(home, "UPDATE audit SET actor = 'nobody' WHERE n = 1")
    done = dundun("audit", "verify")
    assert done.code == 1
    assert "Row 1 of the chain of box" in done.out
    assert "ask who could write to it" in done.out
    assert "was changed or put in" in dundun("doctor").out


def test_a_backup_and_the_way_back(dundun: Dundun, home: Path) -> None:
    done = dundun("backup", "monday.sqlite")
    assert done.code == 0
    assert "monday.sqlite is the database of this moment" in done.out
    assert f"without the key, which is not in it: {home}/dundun.key" in done.out
    change(home, "DELETE FROM worker")
    done = dundun("restore", "monday.sqlite")
    assert done.code == 0
    assert f"What was there before is now {home}/dundun-replaced-" in done.out
    assert rows(home, "SELECT worker_id FROM worker ORDER BY worker_id") == [("fatou",), ("moses",)]
    assert "On hold: This database was restored from monday.sqlite." in dundun("doctor").out


def test_a_hold_ends_when_a_person_has_seen_what_goes_out(dundun: Dundun, home: Path) -> None:
    async def hold() -> None:
        store = open_store(home / "dundun.sqlite")
        await store.write(lambda c: held.hold(c, held.RESTORED, "It is a copy.", 0))
        await store.close()

    asyncio.run(hold())
    add = (
        "INSERT INTO outbox (bucket, box_id, out_id, line_id, channel, class, status, parts, tries, retries, doubtful, "
        "queued_at, not_before, expires_at, body, flow) "
        "VALUES (1, 1, ?, 1, 'main', 1, 'queued', 1, 0, 0, 0, 1740992400000, 0, ?, x'00', ?)"
    )
    for number, (expires, flow) in enumerate([(1 << 60, "survey"), (1 << 60, "survey"), (1 << 60, ""), (1, "survey")]):
        change(home, add, number, expires, flow)
    asked = dundun("resume")
    assert asked.code == 1
    assert "It is a copy." in asked.out
    lines = [line.split() for line in asked.out.splitlines()]
    assert ["main", "survey", "2", "2025-03-03", "09:00"] in lines
    assert ["main", "-", "1", "2025-03-03", "09:00"] in lines
    assert "3 messages would go out at once." in asked.out
    assert "1 message waited too long and will not be sent." in asked.out
    assert asked.err == "Nothing was changed. To go on: dundun resume --yes\n"
    assert dundun("pause", "all").code == 0
    gone = dundun("resume", "--yes").out
    assert gone.endswith("It goes on now.\nStill paused: all. To look, and let it go on: dundun pause\n")
    assert dundun("unpause", "all").code == 0
    assert dundun("resume").out == "Nothing is on hold.\n"
    assert "resume" in dundun("audit", "list").out


def test_a_purge_has_to_be_meant(dundun: Dundun, home: Path) -> None:
    change(home, "INSERT INTO seen VALUES (1, 1, 1, 'key', 1, 0)")
    looked = dundun("purge", "--older-than", "180 days", "--dry-run")
    assert (looked.code, looked.out.split()) == (0, ["seen", "1", "1", "row", "would", "lose", "their", "words."])
    asked = dundun("purge", "--older-than", "180 days")
    assert asked.code == 2
    assert "cannot be brought back" in asked.err
    assert dundun("purge", "--older-than", "180 days", "--yes").code == 0
    assert rows(home, "SELECT * FROM seen") == []
    noted = " ".join(dundun("audit", "list").out.split())
    assert re.search(r"purge messages before \d{4}-\d\d-\d\d, deliveries before \d{4}-\d\d-\d\d", noted), noted


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--older-than", "long"), "a number of days is expected"),
        (("--older-than", "0 days"), "a number of days is expected"),
        (("--older-than", "99999999999999999999 days"), "a number of days is expected"),
        (("--answers",), "The settings keep answers for good."),
    ],
)
def test_how_old_is_said_in_days(dundun: Dundun, home: Path, words: tuple[str, ...], says: str) -> None:
    done = dundun("purge", *words, "--dry-run")
    assert done.code == 2
    assert says in done.err


def test_a_clock_that_jumped_wipes_nothing(dundun: Dundun, home: Path) -> None:
    change(home, "INSERT INTO seen VALUES (1, 1, 1, 'key', 1, 0)")
    change(home, "INSERT INTO meta VALUES ('clock', '1740992400000')")
    done = dundun("purge", "--older-than", "180 days", "--yes")
    assert done.code == 1
    assert "the last time known is 03 March 2025 at 09:00 UTC. Nothing was wiped." in done.err
    assert len(rows(home, "SELECT * FROM seen")) == 1
    assert dundun("resume", "--yes").code == 0
    assert dundun("purge", "--older-than", "180 days", "--yes").code == 0
    assert rows(home, "SELECT * FROM seen") == []


def test_the_doctor_finds_nothing_where_all_is_well(dundun: Dundun, home: Path) -> None:
    done = dundun("doctor")
    assert (done.code, done.out) == (0, "All is well.\n")


def test_the_doctor_says_what_is_paused(dundun: Dundun, home: Path) -> None:
    dundun("pause", "all")
    done = dundun("doctor")
    assert (done.code, "To go on: dundun unpause all" in done.out) == (1, True)


def test_a_backup_that_failed_does_not_stand_in_the_audit_as_made(dundun: Dundun, home: Path) -> None:
    Path("copy.sqlite.part").mkdir()
    assert dundun("backup", "copy.sqlite").code != 0
    listed = dundun("audit", "list").out
    assert ("copy.sqlite: begins" in listed, "copy.sqlite: done" in listed) == (True, False)
    Path("copy.sqlite.part").rmdir()
    assert dundun("backup", "copy.sqlite").code == 0
    assert "copy.sqlite: done" in dundun("audit", "list").out


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("dundun.sqlite", "is what the server works with"),
        ("dundun.key", "is what the server works with"),
        ("dundun.toml", "is what the server works with"),
        ("flows/../dundun.sqlite", "is what the server works with"),
        ("workers.csv", "is no backup"),
        ("/dev/null", "is no backup"),
        (".", "is a folder"),
    ],
)
def test_a_backup_replaces_nothing_but_a_backup(dundun: Dundun, home: Path, target: str, says: str) -> None:
    before = {each: each.read_bytes() for each in home.iterdir() if each.is_file()}
    done = dundun("backup", target)
    assert done.code == 2
    assert says in done.err
    assert {each: each.read_bytes() for each in home.iterdir() if each.is_file()} == before
    assert not Path("/dev/null").is_file()


def test_a_backup_takes_the_place_of_an_older_one(dundun: Dundun, home: Path) -> None:
    assert [dundun("backup", "nightly.sqlite").code for _ in range(2)] == [0, 0]
    assert not list(home.glob("*.part"))


@pytest.mark.parametrize("address", ["nothing", "postgresql://u@host:port/name", "postgresql://u@host", "sqlite:///x"])
def test_an_address_that_cannot_be_one_is_refused(dundun: Dundun, home: Path, address: str) -> None:
    done = dundun("copy", "--to", address)
    assert (done.code, done.err) == (2, f'{address}: an address like "postgresql://user@host/name" is expected.\n')


@pytest.mark.parametrize("reason", ["[/]", "[bold]now[/bold]"])
def test_what_a_person_wrote_is_shown_as_it_is(dundun: Dundun, home: Path, reason: str) -> None:
    assert dundun("pause", "all", "--reason", reason).code == 0
    assert reason in dundun("pause").out


@pytest.mark.parametrize(
    "words", [("audit", "list", "--most", "0"), ("audit", "list", "--most", "9" * 30), ("send", "--stop", "9" * 30)]
)
def test_a_number_that_cannot_be_one_is_refused(dundun: Dundun, home: Path, words: tuple[str, ...]) -> None:
    assert dundun(*words).code == 2


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can make files of others")
def test_what_root_makes_beside_the_database_is_the_folder_s_owner_s(dundun: Dundun, home: Path) -> None:
    server, group = 4321, 5432
    for each in (home, *home.iterdir()):
        os.chown(each, server, group)
    (home / "dundun.key").rename(home / "old.key")
    (home / "dundun.sqlite").rename(home / "old.sqlite")
    (home / "dundun.sqlite.lock").unlink()
    assert dundun("workers", "import", "workers.csv").code == 0
    assert dundun("backup", "copy.sqlite").code == 0
    assert dundun("restore", "copy.sqlite").code == 0
    assert {(each.stat().st_uid, each.stat().st_gid) for each in home.iterdir()} == {(server, group)}


def test_a_backup_goes_into_a_folder_that_there_is(dundun: Dundun, home: Path) -> None:
    done = dundun("backup", "nowhere/copy.sqlite")
    assert (done.code, done.err) == (2, "There is no folder nowhere. Make it first, or give another place.\n")


def test_a_command_does_not_log_what_it_says_itself(dundun: Dundun, home: Path) -> None:
    for words in (("pause", "all"), ("unpause", "all")):
        done = dundun(*words)
        assert (len(done.out.splitlines()), done.err) == (1, ""), done


def test_the_doctor_looks_at_the_key(dundun: Dundun, home: Path) -> None:
    (home / "dundun.key").chmod(0o644)
    done = dundun("doctor")
    assert done.code == 1
    assert f"Only the server needs it: chmod 600 {home}/dundun.key" in done.out


def test_what_waits_for_a_parked_conversation_goes_back_with_it(dundun: Dundun, home: Path) -> None:
    (place,) = rows(home, "SELECT bucket, box_id, line_id FROM line LIMIT 1")
    for n in (1, 2):
        event = "INSERT INTO event (bucket, box_id, line_id, n, kind, state, session_id, channel, tries, at, body)"
        change(home, f"{event} VALUES (?, ?, ?, ?, 'fire', 2, 7, '', 3, 0, x'')", *place, n)
    shown = dundun("dead", "list").out
    assert shown.count("waits for") == 2
    assert f"{place[1]}.1" in shown  # to be typed
    assert dundun("dead", "replay", "--all").out.startswith("2 messages will be tried again")
    assert rows(home, "SELECT state FROM event") == [(0,), (0,)]
    assert (2,) in rows(home, "SELECT accepted FROM box")


def test_nothing_is_dead(dundun: Dundun, home: Path) -> None:
    assert dundun("dead", "list").out == "Nothing is parked.\n"
    assert dundun("dead", "replay", "--all").out == "Nothing is parked.\n"
    for words, says in (
        (("replay",), "Say which: a name as dundun dead list shows it, or --all."),
        (("replay", "1.2"), "1.2 is not parked. See: dundun dead list"),
        (("replay", "x"), "x: a name as dundun dead list shows it is expected, like 3651125.17."),
        (("drop", "--all"), "What is dropped cannot be brought back. To do it, add --yes."),
    ):
        assert dundun("dead", *words).err == says + "\n"


def test_a_copy_needs_an_address(dundun: Dundun, home: Path) -> None:
    done = dundun("copy", "--to", "other.sqlite")
    assert done.code == 2
    assert 'an address like "postgresql://user@host/name" is expected' in done.err
