"""The base of everything in a program: frozen, compared by value, encodable to canonical JSON."""

from __future__ import annotations

import msgspec


class Plain(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The base of everything in a program: frozen, compared by value, encodable."""
