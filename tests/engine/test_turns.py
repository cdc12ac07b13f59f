"""Whose turn it is, as a table."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest

from engine.outgoing import CLASSES
from engine.turns import in_turn


def waiting(**counts: int) -> dict[int, list[str]]:
    return {CLASSES[kind]: [kind] * count for kind, count in counts.items()}


@pytest.mark.parametrize(
    ("waits", "turn", "order"),
    [
        ({"bulk": 1, "reminder": 1, "reply": 1, "consent": 1}, 0, ["consent", "reply", "reminder", "bulk"]),
        ({"reply": 2, "bulk": 1}, 8, ["reply", "bulk", "reply"]),
        ({"reply": 1, "reminder": 1, "bulk": 1}, 9, ["reminder", "reply", "bulk"]),
        ({"reply": 1, "reminder": 1, "bulk": 1}, 19, ["bulk", "reply", "reminder"]),
        ({"reply": 1}, 9, ["reply"]),
        ({}, 3, []),
    ],
)
def test_the_more_urgent_go_first_but_for_every_tenth(waits: dict[str, int], turn: int, order: list[str]) -> None:
    assert list(in_turn(waiting(**waits), turn)) == order


@pytest.mark.parametrize(
    ("waits", "least"),
    [
        ({"reply": 1000, "bulk": 1000}, {"reply": 90, "bulk": 10}),
        ({"reply": 1000, "reminder": 1000, "bulk": 1000}, {"reply": 90, "reminder": 5, "bulk": 5}),
        ({"reminder": 1000, "bulk": 1000}, {"reminder": 95, "bulk": 5}),
        ({"bulk": 1000}, {"bulk": 100}),
    ],
)
def test_nobody_starves(waits: dict[str, int], least: dict[str, int]) -> None:
    assert Counter(islice(in_turn(waiting(**waits), 0), 100)) == least
