"""Each flow here is named after a rule of the language, and holds tests that fail without it; the examples pass too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.library import Library
from engine.phrases import load as load_phrases
from engine.rehearsal import play
from grammar import program as p
from grammar.loader import load

HERE = Path(__file__).parent
EXAMPLES = HERE.parent.parent / "flows"
PHRASES = load_phrases()


def rehearsals() -> Iterator[tuple[p.Compiled, p.Rehearsal]]:
    for file in sorted([*HERE.glob("*.flow"), *EXAMPLES.glob("*.flow")]):
        loaded = load(file)
        assert loaded.compiled is not None, loaded.findings
        yield from ((loaded.compiled, rehearsal) for rehearsal in loaded.compiled.rehearsals)


CASES = list(rehearsals())


@pytest.mark.parametrize(("compiled", "rehearsal"), CASES, ids=[f"{r.flow}: {r.title}" for _, r in CASES])
def test_flow(compiled: p.Compiled, rehearsal: p.Rehearsal) -> None:
    library = Library(PHRASES)
    for program in compiled.programs:
        library.publish(program)
    played = play(rehearsal, library, compiled.people)
    said = "\n".join(f"{line.by:7} {line.to:12} {line.text}" for line in played.log)
    assert played.passed, f"line {played.line}: expected {played.wanted}\n{said}"


def test_every_example_has_three_tests() -> None:
    for name in ("cholera_flash", "hand_hygiene", "lab_result", "weekly_stock"):
        assert sum(rehearsal.flow == name for _, rehearsal in CASES) >= 3, name
