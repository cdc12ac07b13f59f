"""A whole file full of mistakes of meaning: each is found, on its line, and nothing else is."""

from __future__ import annotations

from pathlib import Path

from grammar.loader import load

SAMPLE = Path(__file__).parents[1] / "samples" / "meaning.flow"


def test_every_mistake_of_meaning_in_one_run() -> None:
    loaded = load(SAMPLE)
    assert loaded.compiled is None
    assert [(finding.line, finding.code) for finding in loaded.findings if finding.severity == "error"] == [
        (9, "E202"),
        (9, "E261"),
        (13, "E285"),
        (14, "E204"),
        (15, "E250"),
        (16, "E266"),
        (16, "E203"),
        (17, "E207"),
        (20, "E250"),
        (24, "E260"),
    ]
    assert {(finding.line, finding.code) for finding in loaded.findings if finding.severity == "warning"} == {
        (1, "W290"),
        (17, "W241"),
        (19, "W250"),
        (21, "W250"),
        (21, "W260"),
    }
