"""One slip in words of 5 letters and more, two in those of 9 and more; never in the first letter, never in digits."""

from __future__ import annotations

import pytest

from engine.spelling import near, only_near


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("malria", "malaria"),
        ("malaaria", "malaria"),
        ("molaria", "malaria"),
        ("mlaaria", "malaria"),
        ("choelra", "cholera"),
        ("vaccintion", "vaccination"),
        ("vacination", "vaccination"),
        ("vaccintoin", "vaccination"),
        ("malaria", "malaria"),
    ],
)
def test_a_slip_is_near(written: str, meant: str) -> None:
    assert near(written, meant)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "now"),
        ("yes", "yet"),
        ("fine", "five"),
        ("mlria", "malaria"),
        ("unable", "able"),
        ("alaria", "malaria"),
        ("month1", "month2"),
        ("unsatisfied", "satisfied"),
        ("m" * 500, "malaria"),
        ("", "malaria"),
    ],
)
def test_another_word_is_not(written: str, meant: str) -> None:
    assert not near(written, meant)


def test_only_one_word_may_be_meant() -> None:
    assert only_near("choler", ["cholera", "malaria"]) == "cholera"
    assert only_near("septembr", ["september", "septembre"]) is None
    assert only_near("fever", []) is None
