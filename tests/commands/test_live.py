"""`dundun check --live`: what new versions would mean for the conversations that run."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from engine.clock import SystemClock
from engine.ids import Ids
from engine.inbox import Arrival
from engine.library import Library
from engine.opening import open_store
from engine.phrases import load
from engine.registry import Registry
from engine.runtime import Runtime, Setup
from grammar.loader import load_bytes

NUMBERS = ["+231770000001", "+231770000002"]


async def converse(folder: Path) -> None:
    """Two workers are in the middle of the survey: one at `has_ors`, one at `days`."""
    clock = SystemClock()
    ids, store = Ids(clock), open_store(folder / "answers.sqlite")
    registry = Registry(store, ids, clock)
    await registry.put_workers({"id": f"w{i}", "phone": number} for i, number in enumerate(NUMBERS))
    runtime = Runtime(store, registry, Library(load()), Setup({}, lambda _: ("gsm7", 1)), ids, clock)
    compiled = load_bytes((folder / "flows/survey.flow").read_bytes(), "survey.flow").compiled
    assert compiled is not None
    await runtime.publish(compiled.programs[0])
    await runtime.start()
    for number in NUMBERS:
        await runtime.start_flow("survey", number, {}, key=number)
    await runtime.accept(Arrival("sms", "1", NUMBERS[1], "1"))
    await runtime.stop(1)
    await store.close()


@pytest.fixture
def running(dundun: Any, tmp_path: Path) -> Path:
    (tmp_path / "dundun.toml").write_text('database = "answers.sqlite"\n')
    asyncio.run(converse(tmp_path))
    return tmp_path / "flows/survey.flow"


def test_a_flow_as_it_runs_strands_nobody(dundun: Any, running: Path) -> None:
    done = dundun("check", "flows", "--live")
    assert done.code == 0
    assert "survey: no conversation runs another version." in done.out


def test_who_waits_at_a_question_that_is_gone_is_named(dundun: Any, running: Path) -> None:
    running.write_text(
        running.read_text().replace("ask days:", "ask for_days:").replace("expect days", "expect for_days")
    )
    done = dundun("check", "flows", "--live")
    assert done.code == 1
    lines = done.out.splitlines()
    [row] = [place for place, line in enumerate(lines) if " w1 " in line]
    assert lines[row + 1].startswith("  They go on"), "in a pipe no row wraps"
    said = " ".join(done.out.split())
    assert (
        "survey: 2 conversations of other versions, 1 going on in their own to the end, 1 waiting at a question" in said
    )
    assert "w1 days It waits at `days`" in said
    assert "moved days -> …" in said


def test_who_goes_over_is_counted(dundun: Any, running: Path) -> None:
    text = running.read_text().replace("ask days:", "ask for_days:").replace("expect days", "expect for_days")
    running.write_text(text.replace("    languages: en\n", "    languages: en\n    moved days -> for_days\n"))
    done = dundun("check", "flows", "--live")
    assert done.code == 0
    assert "1 going over to this version, 1 going on in their own to the end." in " ".join(done.out.split())


def test_without_a_database_it_is_said(dundun: Any, tmp_path: Path) -> None:
    (tmp_path / "dundun.toml").write_text('database = "none.sqlite"\n')
    done = dundun("check", "flows", "--live")
    assert done.code == 1
    assert "There is no database" in done.err
