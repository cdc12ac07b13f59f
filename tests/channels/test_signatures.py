"""Comparisons in constant time, HMACs over raw bytes, and the time window."""

from __future__ import annotations

import pytest

from channels.signatures import fresh, same, sign, signed

# RFC 4231, test case 2
KEY, DATA = "Jefe", b"what do ya want for nothing?"
DIGEST = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


def test_the_digest_is_the_one_of_the_standard() -> None:
    assert sign(KEY, DATA) == DIGEST


@pytest.mark.parametrize(
    ("given", "good"),
    [
        (DIGEST, True),
        (DIGEST.upper(), True),
        (f"sha256={DIGEST}", True),
        (f" {DIGEST} ", True),
        (DIGEST[:-1] + "2", False),
        (DIGEST[:-1], False),
        ("", False),
        ("é", False),
    ],
)
def test_a_signature_fits_its_bytes_alone(given: str, good: bool) -> None:
    assert signed(KEY, DATA, given) is good
    assert not signed(KEY, DATA + b" ", given)
    assert not signed("jefe", DATA, given)


@pytest.mark.parametrize(
    ("given", "expected", "equal"),
    [("a", "a", True), ("a", "b", False), ("", "", False), ("ሰ", "ሰ", True), ("\ud800", "a", False)],
)
def test_nothing_equals_an_empty_secret(given: str, expected: str, equal: bool) -> None:
    assert same(given, expected) is equal


@pytest.mark.parametrize(
    ("stamp", "good"),
    [
        ("1000000000", True),
        ("1000000300", True),
        ("999999700", True),
        ("1000000301", False),
        ("1000000000000", True),
        ("1000000300001", False),
        ("", False),
        ("-1", False),
        ("1e9", False),
        ("٣", False),
        ("9" * 50, False),
    ],
)
def test_a_time_stamp_is_fresh_within_its_window(stamp: str, good: bool) -> None:
    assert fresh(stamp, now=1_000_000_000, window=300) is good
