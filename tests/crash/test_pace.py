"""The report of a siege counts what was accepted while a server was ready, and right after it was back."""

from __future__ import annotations

from tests.crash.pace import Pace
from tests.crash.siege import Gateway


def test_the_first_seconds_are_told_apart_from_the_rest() -> None:
    pace = Pace(Gateway())
    pace._samples = [
        (float(second), 100 * second if second <= 20 else 2000 + 10 * (second - 20)) for second in range(31)
    ]
    pace.lives = [(0.0, 10.0), (20.0, 30.0)]
    assert pace.said() == "10 messages a second in the first 2 s after a restart, 55 in all"
    assert Pace(Gateway()).said() == "0 messages a second in the first 2 s after a restart, 0 in all"
