"""Flows for the tests of the compiler: `compiled(text)` gives the program of a flow in which nothing is wrong."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

from grammar import program as p
from grammar.loader import load_text

HEADER = "flow clinic: Clinic survey\n"


@pytest.fixture
def compiled() -> Callable[[str], p.Compiled]:
    """All of a file; lines without a `flow` line get one."""

    def make(text: str) -> p.Compiled:
        lines = dedent(text)
        loaded = load_text(lines if "flow " in lines else HEADER + lines, "test.flow")
        assert loaded.compiled is not None, loaded.findings
        return loaded.compiled

    return make


@pytest.fixture
def program(compiled: Callable[[str], p.Compiled]) -> Callable[[str], p.Program]:
    """The one program of a file."""
    return lambda text: compiled(text).programs[0]
