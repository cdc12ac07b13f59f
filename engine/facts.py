"""What a step may know of the world outside the session: a value, fetched before the step and stored with the event.

Field values are in the plain form of `engine.values`.  The worker's record always has `id`, `name`, `first_name`,
`phone`, `language` ("" until known); the facility's `code`, `name`.
"""

from __future__ import annotations

import msgspec

from engine.values import Packed

Record = dict[str, Packed]


class Facts(msgspec.Struct, frozen=True, omit_defaults=True):
    """`people`: the records of other workers that inputs name, by id.  `zone`: an IANA name (RULES G6)."""

    worker: Record
    facility: Record = {}
    people: dict[str, Record] = {}
    groups: tuple[str, ...] = ()
    zone: str = "UTC"
