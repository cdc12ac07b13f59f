"""What a step sees of a box: which line is best for a worker, and that nothing of an act stays that was not whole."""

from __future__ import annotations

import pytest

from engine.facts import Facts
from engine.session import Session
from engine.view import Tie, View, Way, best

MOSES = Facts({"id": "moses", "name": "Moses Flomo"})
FATOU = Facts({"id": "fatou", "name": "Fatou Kamara"})


@pytest.mark.parametrize(
    ("ways", "order"),
    [
        ([Way(1, 0, True), Way(2, 1, True)], [1, 2]),
        ([Way(1, 0, True), Way(2, 1, True, spoke_at=5)], [2, 1]),
        ([Way(1, 0, True, spoke_at=6), Way(2, 1, True, spoke_at=5)], [1, 2]),
        ([Way(1, 0, True), Way(2, 1, False, spoke_at=5)], [1, 2]),
        ([Way(1, 0, False, spoke_at=5), Way(2, 1, True)], [1, 2]),
        ([Way(1, 0, False, spoke_at=5), Way(2, 1, True, spoke_at=1)], [2, 1]),
        ([Way(1, 0, True, stopped=True, spoke_at=5), Way(2, 1, False)], [2, 1]),
        ([], []),
    ],
)
def test_the_best_line_of_a_worker(ways: list[Way], order: list[int]) -> None:
    assert best(ways) == order
    assert best(reversed(ways)) == order


def test_who_has_a_line() -> None:
    alone, shared, nobody = View.of(MOSES), View.of(MOSES, FATOU), View.of()
    assert [(view.owner, view.shared) for view in (alone, shared, nobody)] == [
        ("moses", False),
        ("", True),
        ("", False),
    ]
    assert [view.facts for view in (alone, shared, nobody)] == [MOSES, MOSES, None]


def test_an_act_that_was_not_whole_leaves_nothing() -> None:
    view = View.of(MOSES)
    view.sessions[1], view.box.ties[1] = Session("p", "f"), Tie("moses", 0)
    restore = view.saved()
    del view.sessions[1]
    view.box.ties[2] = Tie("moses", 0)
    view.box.people["moses"] = FATOU
    view.box.stopped.add("moses")
    view.stopped = view.greeted = True
    restore()
    assert list(view.sessions) == list(view.box.ties) == [1]
    assert (view.facts, view.box.stopped, view.stopped, view.greeted) == (MOSES, set(), False, False)
