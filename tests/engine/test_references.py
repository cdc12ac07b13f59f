"""A receipt names an attempt, and nothing else is taken for a name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.references import Attempt, name, read

IDS = st.integers(0, 2**63 - 1)


@given(IDS, IDS, st.integers(1, 1000))
def test_what_is_named_is_found(box: int, out: int, number: int) -> None:
    attempt = Attempt(box, out, number)
    assert read(name(attempt)) == attempt
    assert len(name(attempt)) == 24


@pytest.mark.parametrize("ref", ["", "abc", "x" * 24 + "=", "ä" * 24, "x" * 23, "x" * 32, "a b" * 8])
def test_what_is_no_name_is_none(ref: str) -> None:
    assert read(ref) is None
