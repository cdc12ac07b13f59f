"""`dundun migrate` on the database of a release: what it says first, what it does, and what it leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import schema
from tests.commands.conftest import Dundun
from tests.migration.released import file_of


@pytest.fixture
def home(dundun: Dundun, tmp_path: Path) -> Path:
    """The folder in which `dundun` is called, with a database of version 1."""
    file_of(1, tmp_path)
    (tmp_path / "dundun.toml").write_text('database = "line.sqlite"\n', encoding="utf-8")
    return tmp_path


def test_a_dry_run_says_what_would_be_done_and_does_not(dundun: Dundun, home: Path) -> None:
    copy = home / f"line-before-{schema.VERSION}.sqlite"
    said = (
        f"{home}/line.sqlite has the tables of version 1; this Dundun works with version {schema.VERSION}. All of it "
        f"changes, or nothing. A copy goes to {copy} first. The older Dundun cannot use it afterwards.\n"
    )
    assert dundun("migrate", "--dry-run") == (0, said, "")
    assert not copy.exists()
    assert dundun("workers", "list").err.endswith("then: dundun migrate\n")


def test_it_leaves_a_copy_and_a_database_that_works(dundun: Dundun, home: Path) -> None:
    done = dundun("migrate")
    assert done.code == 0
    assert f"Done: version {schema.VERSION}. As it was before, it is in {home}/line-before" in done.out
    assert "Moses Flomo" in dundun("workers", "list").out
    assert dundun("migrate").out.endswith(f"has today's tables, version {schema.VERSION}. There is nothing to do.\n")


def test_where_there_is_nothing_it_makes_nothing(dundun: Dundun, tmp_path: Path) -> None:
    (tmp_path / "dundun.toml").write_text("", encoding="utf-8")
    done = dundun("migrate")
    assert (done.code, done.err) == (
        1,
        f"There is no database {tmp_path}/dundun.sqlite. Start the server once, or say where its dundun.toml is.\n",
    )
    assert not (tmp_path / "dundun.sqlite").exists()


def test_a_backup_of_an_older_version_is_restored_then_migrated(dundun: Dundun, home: Path) -> None:
    (home / "line.sqlite").rename(home / "old.sqlite")
    (home / "dundun.toml").write_text('database = "new.sqlite"\nkey = "line.key"\n', encoding="utf-8")
    assert dundun("restore", "old.sqlite").code == 0
    assert dundun("resume").err.endswith("then: dundun migrate\n")
    assert dundun("migrate").code == 0
    assert "This database was restored from old.sqlite." in dundun("resume").out
    assert "Moses Flomo" in dundun("workers", "list").out
