"""A phone is shared by 50 workers at most: a number that more would have is a placeholder, and nobody's phone.

Who shares a phone shares a box for good, with one lock and one queue; a placeholder would tie strangers together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy import Connection, Text, select

from engine import schema
from engine.addresses import Address
from engine.newcomers import Newcomer
from engine.sets import each, listed

MOST = 50
"""More than any facility's phone has; less than makes the messages of one box slow."""

_line, _link = schema.line, schema.worker_line
_keys = each("keys", {"kind": Text, "address_key": Text})
_OWNERS = (
    select(_line.c.kind, _line.c.address_key, _link.c.worker_id)
    .join_from(_keys, _line, (_line.c.kind == _keys.c.kind) & (_line.c.address_key == _keys.c.address_key))
    .join(_link, _link.c.line_id == _line.c.line_id)
)


def owners(connection: Connection, newcomers: Iterable[Newcomer]) -> dict[Address, set[str]]:
    """Who has the phones of these newcomers already."""
    wanted = {(each.kind, each.key): each for newcomer in newcomers for each in newcomer.addresses or ()}
    found: dict[Address, set[str]] = {}
    for row in connection.execute(_OWNERS, {"keys": listed(wanted)}) if wanted else ():
        found.setdefault(wanted[row.kind, row.address_key], set()).add(row.worker_id)
    return found


def crowded(newcomers: Iterable[Newcomer], known: Mapping[Address, set[str]]) -> set[Address]:
    """The phones that too many would have; `known`: who has them already."""
    sharers = {address: set(those) for address, those in known.items()}
    for newcomer in newcomers:
        for address in newcomer.addresses or ():
            sharers.setdefault(address, set()).add(newcomer.worker_id)
    return {address for address, those in sharers.items() if len(those) > MOST}


def without(newcomer: Newcomer, phones: set[Address]) -> Newcomer:
    """The newcomer without these phones; one who has no other keeps those that he had before."""
    if newcomer.addresses is None or phones.isdisjoint(newcomer.addresses):
        return newcomer
    left = [each for each in newcomer.addresses if each not in phones]
    record = {name: value for name, value in newcomer.record.items() if name != "phone"}
    return replace(newcomer, addresses=left or None, record={**record, "phone": left[0].text} if left else record)


def sentences(phones: Iterable[Address]) -> list[str]:
    """What whoever brings the list should do."""
    return [
        f"{text} stands at more than {MOST} workers, and no phone is shared by so many: it was taken for nobody's. "
        "Give each worker the own number, or leave the cell empty."
        for text in sorted(address.text for address in phones)
    ]
