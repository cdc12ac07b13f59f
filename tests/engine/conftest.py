"""Flows for the tests of the engine: written as their authors would, compiled, and ready in a library."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from textwrap import dedent

import pytest

from engine.library import Library
from engine.phrases import Phrases, load
from grammar.loader import load_text


@cache
def phrases_of_all() -> Phrases:
    return load()


@pytest.fixture
def library() -> Callable[..., Library]:
    """`library(text, …)`: a library in which the flows of these texts are published; they must have no mistake."""

    def make(*texts: str) -> Library:
        made = Library(phrases_of_all())
        for text in texts:
            loaded = load_text(dedent(text), "test.flow")
            errors = [finding for finding in loaded.findings if finding.severity == "error"]
            assert loaded.compiled is not None, errors
            for program in loaded.compiled.programs:
                made.publish(program)
        return made

    return make
