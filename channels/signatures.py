"""Is a request really the provider's: every comparison takes the same time, and every HMAC is over raw bytes."""

from __future__ import annotations

import hashlib
import hmac


def same(given: str, expected: str) -> bool:
    """Are both the same, compared in constant time?  An empty `expected` equals nothing."""
    if not expected:
        return False
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode("utf-8", "replace"))


def sign(secret: str, data: bytes) -> str:
    """HMAC-SHA256 of the raw bytes, as 64 hex digits."""
    return hmac.new(secret.encode(), data, hashlib.sha256).hexdigest()


def signed(secret: str, data: bytes, given: str) -> bool:
    """Is `given` the HMAC-SHA256 of the data, in hex, with or without `sha256=` before it?"""
    return same(given.strip().lower().removeprefix("sha256="), sign(secret, data))


def fresh(stamp: str, now: float, window: float) -> bool:
    """Is `stamp` (whole seconds, or milliseconds, since 1970) at most `window` seconds away from `now`?"""
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 13):
        return False
    seconds = int(stamp) / 1000 if len(stamp) == 13 else int(stamp)
    return abs(now - seconds) <= window
