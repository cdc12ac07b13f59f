"""Ids rise, fit into 63 bits, and are spread over all buckets."""

from __future__ import annotations

from itertools import pairwise

from engine.ids import BUCKETS, Ids, bucket_of
from tests.engine.motion import HandClock


def test_ids_rise_whatever_the_clock_does() -> None:
    clock = HandClock()
    ids = Ids(clock)
    made = []
    for move in (0, 0, 1, -3_600_000, 0, 86_400_000):
        clock.move(move)
        made += [ids.new() for _ in range(1000)]
    assert all(one < next_one for one, next_one in pairwise(made))
    assert made[-1] < 1 << 63


def test_two_runs_in_one_millisecond_make_different_ids() -> None:
    clock = HandClock()
    one, other = Ids(clock), Ids(clock)
    assert not {one.new() for _ in range(20)} & {other.new() for _ in range(20)}


def test_boxes_are_spread_over_the_buckets() -> None:
    clock = HandClock()
    ids = Ids(clock)
    found = set()
    for _ in range(20 * BUCKETS):
        clock.move(1)
        found.add(bucket_of(ids.new()))
    assert len(found) == BUCKETS
