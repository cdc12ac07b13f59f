"""Days of the Ethiopian calendar that are known, and those that it does not have."""

from __future__ import annotations

from datetime import date

import pytest

from engine.answers.ethiopian import to_gregorian


@pytest.mark.parametrize(
    ("ethiopian", "gregorian"),
    [
        ((2000, 1, 1), date(2007, 9, 12)),  # the millennium
        ((2018, 1, 1), date(2025, 9, 11)),
        ((2016, 1, 1), date(2023, 9, 12)),
        ((2015, 13, 6), date(2023, 9, 11)),
        ((2018, 4, 29), date(2026, 1, 7)),  # Genna
        ((2016, 13, 6), None),
        ((2016, 14, 1), None),
        ((2016, 1, 31), None),
        ((2016, 0, 1), None),
    ],
)
def test_a_day(ethiopian: tuple[int, int, int], gregorian: date | None) -> None:
    assert to_gregorian(*ethiopian) == gregorian
