"""What a step may know of the world outside the session: a value, fetched before the step and stored with the event.

Field values are in the plain form of `engine.values`.  The worker's record always has `id`, `name`, `first_name`,
`phone`, `language` ("" until known); the facility's `code`, `name`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from engine.values import Packed

Record = dict[str, Packed]
PLACES = "facilities"
"""The kind of a target that is facilities: by `codes`, with spaces between, or `named` as somebody wrote it."""

_encode = msgspec.json.Encoder(order="deterministic").encode


def key_of(target: Mapping[str, Packed]) -> str:
    """The name of a target among the facts."""
    return _encode(dict(target)).decode()


def told(target: Mapping[str, Packed], people: Iterable[str], sender: str | None) -> list[str]:
    """Whom of `people` a `tell` reaches: of a group, and of all who fit, everybody but the sender himself."""
    many = target.get("kind") in ("group", "where")
    return [worker for worker in people if not (many and worker == sender)]


class Needed(Exception):  # noqa: N818 - it is no error: the step runs again with what it lacks
    """The step must know the people or facilities of a target, whose key this is (`engine.needs`)."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class Facts(msgspec.Struct, frozen=True, omit_defaults=True):
    """`people`: the records of other workers that inputs name, or that were found, by id.

    `found`: the ids of the people of each target that was asked for, by its key.  `zone`: an IANA name (RULES G6).
    `places`: other facilities that were found, by code.  `has_pin`: has the worker a PIN?
    """

    worker: Record
    facility: Record = {}
    people: dict[str, Record] = {}
    groups: tuple[str, ...] = ()
    zone: str = "UTC"
    found: dict[str, tuple[str, ...]] = {}
    places: dict[str, Record] = {}
    has_pin: bool = False

    def place(self, code: str) -> Record:
        """A facility by its code, {} where there is none.  Needed where nobody has looked for it yet."""
        if code != self.facility.get("code") and code not in self.places:
            self.people_of(key_of({"kind": PLACES, "codes": code}))
        return self.facility if code == self.facility.get("code") else self.places.get(code, {})

    def people_of(self, key: str) -> tuple[str, ...]:
        """The people, or facilities, of a target.  Needed where nobody has looked for them yet."""
        if key not in self.found:
            raise Needed(key)
        return self.found[key]
