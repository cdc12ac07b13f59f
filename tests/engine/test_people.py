"""Five wrong PINs in a row lock `verify` for a day (RULES J4)."""

from __future__ import annotations

from engine.limits import DAY
from engine.people import Pin

RIGHT, WRONG = b"right", b"wrong"


def test_a_worker_without_a_pin_has_none() -> None:
    pin = Pin(None, 0, 0)
    assert pin.compare(RIGHT, 0) == "no_pin"
    assert not pin.changed


def test_a_right_pin_at_once_changes_nothing() -> None:
    pin = Pin(RIGHT, 0, 0)
    assert pin.compare(RIGHT, 0) == "right"
    assert not pin.changed


def test_a_right_pin_forgives_the_wrong_ones_before() -> None:
    pin = Pin(RIGHT, 0, 0)
    said = [pin.compare(each, 0) for each in (WRONG, WRONG, WRONG, WRONG, RIGHT, WRONG, WRONG)]
    assert said == ["wrong", "wrong", "wrong", "wrong", "right", "wrong", "wrong"]
    assert pin.wrong == 2
    assert pin.changed


def test_five_wrong_ones_lock_for_a_day() -> None:
    pin = Pin(RIGHT, 0, 0)
    assert [pin.compare(WRONG, 1000) for _ in range(5)] == ["wrong"] * 5
    assert pin.compare(RIGHT, 1000) == "locked"
    assert pin.compare(RIGHT, 999 + DAY) == "locked"
    assert pin.compare(RIGHT, 1000 + DAY) == "right"


def test_after_the_lock_there_are_five_tries_again() -> None:
    pin = Pin(RIGHT, 5, 1000)
    assert [pin.compare(WRONG, 1000 + DAY) for _ in range(5)] == ["wrong"] * 5
    assert pin.compare(WRONG, 1000 + DAY) == "locked"
