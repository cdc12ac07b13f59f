"""`dundun export`: as a person calls it, beside the server's database."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from commands.export import _begin
from engine import schema
from engine.opening import open_store
from grammar.loader import load_bytes


@pytest.fixture
async def database(dundun: Any, tmp_path: Path) -> Path:
    """A server's folder, in which the flow was published and nobody has talked yet."""
    (tmp_path / "dundun.toml").write_text('database = "answers.sqlite"\n')
    compiled = load_bytes((tmp_path / "flows/survey.flow").read_bytes(), "survey.flow").compiled
    assert compiled is not None
    [program] = compiled.programs
    row = {"hash": program.hash(), "flow": program.flow, "code": program.encode(), "published_at": 0}
    store = open_store(tmp_path / "answers.sqlite")
    await store.write(lambda connection: connection.execute(insert(schema.program), row))
    await store.close()
    return tmp_path / "answers.sqlite"


def test_the_files_are_written_and_named(dundun: Any, database: Path, tmp_path: Path) -> None:
    done = dundun("export", "survey", "-o", "out", "--since", "2026-03-01")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == ["out/survey.csv", "out/survey.answers.csv", "0 conversations, 0 answers."]
    assert "has_ors,has_ors.label,days" in (tmp_path / "out/survey.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["surwey"], 1, "No flow surwey has run here. Did you mean survey?"),
        (["survey", "--format", "xlsx"], 2, "xlsx is no kind of file that can be written. There are: csv, jsonl."),
        (["survey", "--config", "none.toml"], 2, "There is no file none.toml."),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    dundun: Any, database: Path, words: list[str], code: int, said: str
) -> None:
    done = dundun("export", *words)
    assert done.code == code
    assert done.err.startswith(said)
    assert "Traceback" not in done.err


def test_without_a_database_there_is_nothing_to_export(dundun: Any, tmp_path: Path) -> None:
    (tmp_path / "dundun.toml").write_text('database = "answers.sqlite"\n')
    done = dundun("export", "survey")
    assert done.code == 1
    assert "There is no database" in done.err
    assert not (tmp_path / "answers.sqlite").exists()


def test_a_day_begins_at_midnight_in_the_zone_of_the_deployment() -> None:
    assert _begin(date(2026, 3, 1), "UTC") == 1_772_323_200_000
    assert _begin(date(2026, 3, 1), "Africa/Addis_Ababa") == 1_772_323_200_000 - 3 * 3_600_000
