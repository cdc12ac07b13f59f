"""The architecture page tells of the code as it is."""

from __future__ import annotations

from tests.code_map import code_map, written


def test_the_code_map_is_up_to_date() -> None:
    assert written() == code_map(), "write it anew: python -m tests.code_map"
