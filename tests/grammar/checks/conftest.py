"""`found(text)` gives what is said about a flow, as (line, code); that it has no test is left out."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

from grammar.loader import load_text

Found = Callable[[str], list[tuple[int, str]]]


@pytest.fixture
def found() -> Found:
    """Lines without a `flow` line get one above them, as line 0."""

    def look(text: str) -> list[tuple[int, str]]:
        lines = dedent(text).lstrip("\n")
        own = lines.startswith("flow ")
        loaded = load_text(lines if own else f"flow clinic: Clinic\n{lines}", "test.flow")
        places = [(finding.line - (not own), finding.code) for finding in loaded.findings if finding.code != "W290"]
        return sorted(places)

    return look
