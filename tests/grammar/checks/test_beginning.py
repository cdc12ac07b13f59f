"""What a header says of days is on a calendar."""

from __future__ import annotations

import pytest

from tests.grammar.checks.conftest import Found


@pytest.mark.parametrize(
    "line",
    [
        "start every Munday for group nurses",
        "start every month on the 32nd for group nurses",
        "start on 5 Janvier 2026 for group nurses",
        "start on 0 January 2026 for group nurses",
        "start on 32 January 2026 for group nurses",
        "start on 29 February 2026 for group nurses",
        "start on 31 April 2026 for group nurses",
        "start on 1 January 0 for group nurses",
        "start on 1 January 10000 for group nurses",
    ],
)
def test_a_day_that_there_is_not(found: Found, line: str) -> None:
    assert found(f"    {line}\nsay: Hello.\n") == [(1, "E274")]


@pytest.mark.parametrize(
    "line",
    [
        "start every Monday for group nurses",
        "start every month on the 31st for group nurses",
        "start every month on the last day for group nurses",
        "start on 5 Jan 2026 for group nurses",
        "start on 29 February 2028 for group nurses",
        "start on 31 December 9999 for group nurses",
    ],
)
def test_a_day_that_there_is(found: Found, line: str) -> None:
    assert found(f"    {line}\nsay: Hello.\n") == []
