"""A channel that cannot be reached is tried with one message at a time, after pauses that grow."""

from __future__ import annotations

from engine.delivery import Down, Retry, Sent
from engine.health import FIRST_PAUSE, LONGEST_PAUSE, Health


def test_pauses_grow_up_to_a_minute() -> None:
    health, now, pauses = Health(), 0, []
    for _ in range(7):
        assert health.heard(Down("refused"), now)
        pauses.append(health.until - now)
        now = health.until
    assert pauses == [2_000, 4_000, 8_000, 16_000, 32_000, LONGEST_PAUSE, LONGEST_PAUSE]


def test_those_that_were_on_their_way_when_it_went_down_make_no_pause_longer() -> None:
    health = Health()
    assert health.heard(Down("refused"), 0)
    assert not health.heard(Down("refused"), 10)
    assert health.until == FIRST_PAUSE


def test_any_answer_says_that_it_is_up() -> None:
    for outcome in (Sent(), Retry("throttled")):
        health = Health()
        health.heard(Down("refused"), 0)
        assert health.heard(outcome, 1)
        assert health.up
        assert not health.heard(outcome, 2)


def test_one_message_tries_it_and_only_when_the_pause_is_over() -> None:
    health = Health()
    health.heard(Down("refused"), 0)
    assert [health.probe(0, FIRST_PAUSE - 1), health.probe(0, FIRST_PAUSE), health.probe(1, FIRST_PAUSE)] == [0, 1, 0]


def test_what_was_down_when_it_was_left_is_tried_at_once_with_one() -> None:
    health = Health()
    health.remember_down(5)
    assert not health.up
    assert health.probe(0, 5) == 1


def test_a_clock_that_was_set_back_makes_no_pause_longer() -> None:
    health = Health()
    health.heard(Down("refused"), 10**9)
    assert health.probe(0, 0)
    assert health.heard(Down("refused"), 0)
    assert health.until <= LONGEST_PAUSE
