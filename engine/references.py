"""How a receipt names an attempt: short, safe in an address, and `read(name(x)) == x`."""

from __future__ import annotations

import base64
import binascii
import struct
from typing import NamedTuple

_LAYOUT = struct.Struct(">QQH")
_LETTERS = 24
_TOO_GREAT = 1 << 63


class Attempt(NamedTuple):
    """One try of one message."""

    box_id: int
    out_id: int
    attempt: int


def name(attempt: Attempt) -> str:
    """24 letters, digits, `-` and `_`."""
    return base64.urlsafe_b64encode(_LAYOUT.pack(*attempt)).decode()


def read(ref: str) -> Attempt | None:
    """The attempt that is named so; None where the text names none."""
    if len(ref) != _LETTERS:
        return None
    try:
        found = Attempt(*_LAYOUT.unpack(base64.b64decode(ref, altchars=b"-_", validate=True)))
    except (binascii.Error, struct.error, ValueError):
        return None
    return found if max(found) < _TOO_GREAT else None
