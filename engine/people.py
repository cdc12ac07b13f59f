"""Who speaks: the facts of many workers in two statements, read in the transaction that uses them."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Text, select

from engine import schema
from engine.facts import Facts, Record
from engine.limits import DAY
from engine.sets import AnyRow, each, listed
from engine.values import Packed
from engine.vault import Vault

PIN_TRIES = 5
PIN_LOCK = DAY
"""So many wrong PINs in a row lock `verify` for so long (RULES J4)."""

_RECORD = msgspec.msgpack.Decoder(dict[str, Any])


@dataclass(slots=True)
class Pin:
    """A worker's PIN and the wrong ones in a row; `changed` where it must be written back."""

    mac: bytes | None
    wrong: int
    wrong_at: int
    changed: bool = False

    def compare(self, found: bytes, now: int) -> str:
        """right, wrong, no_pin or locked."""
        if self.mac is None:
            return "no_pin"
        if self.wrong >= PIN_TRIES and now < self.wrong_at + PIN_LOCK:
            return "locked"
        right = hmac.compare_digest(found, self.mac)
        before = 0 if self.wrong >= PIN_TRIES else self.wrong
        self.changed = self.changed or not right or self.wrong > 0
        self.wrong, self.wrong_at = (0, self.wrong_at) if right else (before + 1, now)
        return "right" if right else "wrong"


@dataclass(slots=True)
class Person:
    """A worker; `stopped`: who sent STOP on a line of his own."""

    worker_id: str
    facts: Facts
    pin: Pin
    stopped: bool

    def wrong_pins(self) -> dict[str, str | int]:
        """What is written back of his PIN."""
        return {"worker": self.worker_id, "wrong": self.pin.wrong, "wrong_at": self.pin.wrong_at}


_by_id = each("ids", {"worker_id": Text})
_SPEAKERS = (
    select(
        schema.worker.c.worker_id,
        schema.worker.c.record,
        schema.worker.c.pin_mac,
        schema.worker.c.pin_wrong,
        schema.worker.c.pin_wrong_at,
        schema.worker.c.stopped_at,
        schema.facility.c.code,
        schema.facility.c.record.label("facility_record"),
    )
    .join_from(_by_id, schema.worker, schema.worker.c.worker_id == _by_id.c.worker_id)
    .outerjoin(schema.facility, schema.facility.c.code == schema.worker.c.facility)
)
_RECORDS = select(schema.worker.c.worker_id, schema.worker.c.record).join_from(
    _by_id, schema.worker, schema.worker.c.worker_id == _by_id.c.worker_id
)
_GROUPS = select(schema.membership.c.worker_id, schema.membership.c.group_name).join_from(
    _by_id, schema.membership, schema.membership.c.worker_id == _by_id.c.worker_id
)


def speakers(connection: Connection, vault: Vault, zone: str, ids: Iterable[str]) -> dict[str, Person]:
    """These workers, by id."""
    keys = listed((each_id,) for each_id in ids)
    if keys == "[]":
        return {}
    rows = connection.execute(_SPEAKERS, {"ids": keys}).all()
    groups = groups_of(connection, [row.worker_id for row in rows])
    return {row.worker_id: _person(row, vault, zone, groups.get(row.worker_id, ())) for row in rows}


def records(connection: Connection, vault: Vault, ids: Iterable[str]) -> dict[str, Record]:
    """The records of these workers, by id."""
    rows = connection.execute(_RECORDS, {"ids": listed((each_id,) for each_id in ids)})
    return {row.worker_id: opened(vault, "worker", row.worker_id, row.record) for row in rows}


def groups_of(connection: Connection, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The groups of each of these workers who is in one."""
    keys = [(each_id,) for each_id in ids]
    if not keys:
        return {}
    found: dict[str, list[str]] = {}
    for worker, group in connection.execute(_GROUPS, {"ids": listed(keys)}).all():
        found.setdefault(worker, []).append(group)
    return {worker: tuple(sorted(names)) for worker, names in found.items()}


EDITION = "facilities"
"""The name under which `meta` has which edition of the facilities this is: another one, and all names are read anew."""


def opened(vault: Vault, table: str, key: str, sealed: bytes) -> Record:
    """A stored record of a worker or a facility."""
    return _RECORD.decode(vault.open(table, 0, key, sealed))


def sealed(vault: Vault, table: str, key: str, record: Record) -> bytes:
    """A record of a worker or a facility as it is stored."""
    return vault.seal(table, 0, key, msgspec.msgpack.encode(record))


def _person(row: AnyRow, vault: Vault, zone: str, groups: Sequence[str]) -> Person:
    record = opened(vault, "worker", row.worker_id, row.record)
    place: Record = {} if row.code is None else opened(vault, "facility", row.code, row.facility_record)
    facts = Facts(record, place, {}, tuple(groups), _zone(record, place, zone), has_pin=row.pin_mac is not None)
    pin = Pin(row.pin_mac, row.pin_wrong, row.pin_wrong_at or 0)
    return Person(row.worker_id, facts, pin, row.stopped_at is not None)


def _zone(record: Record, place: Record, zone: str) -> str:
    """The worker's, else the facility's, else the deployment's (RULES G6)."""
    for value in (record.get("zone"), place.get("zone")):
        if isinstance(value, str) and value:
            return value
    return zone


def text_of(value: Packed) -> str:
    """A field as plain text, "" where it has none."""
    return value if isinstance(value, str) else ""
