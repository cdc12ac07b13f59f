"""Whoever tests a flow sees what a server will do: what people read in its tests, they read from an engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.library import Library
from grammar import program as p
from grammar.loader import load
from tests.engine import motion
from tests.engine.conftest import phrases_of_all
from tests.engine.motion import world
from tests.engine.rehearsing import Again, doing, is_spoken, noted

TESTS = Path(__file__).parent.parent
RULES = ("A2_*", "D1_submit*", "D3_*", "F1_*", "G3_*", "K6_*", "X*")
"""Those of tests/language in which something happens between the steps of a conversation."""


def rehearsals() -> Iterator[tuple[p.Compiled, p.Rehearsal]]:
    files = [file for rule in RULES for file in (TESTS / "language").glob(f"{rule}.flow")]
    for file in sorted([*files, *(TESTS.parent / "flows").glob("*.flow")]):
        compiled = load(file).compiled
        assert compiled is not None, file
        yield from ((compiled, rehearsal) for rehearsal in compiled.rehearsals if not is_spoken(rehearsal))


CASES = list(rehearsals())


@pytest.mark.parametrize(("compiled", "rehearsal"), CASES, ids=[f"{r.flow}: {r.title}" for _, r in CASES])
async def test_people_read_what_the_test_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compiled: p.Compiled, rehearsal: p.Rehearsal
) -> None:
    library = Library(phrases_of_all())
    for program in compiled.programs:
        library.publish(program)
    stage = noted(rehearsal, library, compiled.people, monkeypatch)
    monkeypatch.setattr(motion, "PEOPLE", [])
    async with world(tmp_path, library, start=False, **doing(stage)) as at:
        at.clock.moment = stage.begun_at
        await at.runtime.start()
        again = Again(at, stage)
        await again.enrol()
        for act in stage.acts:
            await again.do(act)
            assert again.read() == act.read, act
        assert await again.breaches() == []
