"""A phone is shared by 50 workers at most, and no list ties more than 200 phones together, however it is written.

Who shares a phone shares a box for good, with one lock and one queue.  A number that more would have is a placeholder,
and nobody's phone; a list in which everybody gets his neighbour's number slipped against its ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy import Connection, Text, func, select

from engine import schema
from engine.addresses import Address
from engine.locks import box_keys
from engine.newcomers import Newcomer
from engine.sets import BOX, each, listed

MOST = 50
"""More than any facility's phone has; less than makes the messages of one box slow."""

TIED = 200
"""Phones in a box: more than numbers that really changed hands ever tied; less than makes its messages slow."""

NAMED = 3
"""Workers that a sentence names."""

_line, _link = schema.line, schema.worker_line
_boxes = each("boxes", BOX)
_PHONES = (
    select(_line.c.box_id, func.count().label("phones"))
    .join_from(_boxes, _line, (_line.c.bucket == _boxes.c.bucket) & (_line.c.box_id == _boxes.c.box_id))
    .group_by(_line.c.box_id)
)
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


def groups(of_each: Iterable[Iterable[int]]) -> list[list[int]]:
    """The boxes that become one, because they are one worker's; by worker: his boxes."""
    group_of: dict[int, list[int]] = {}
    for boxes in of_each:
        whole = {box for each in boxes for box in group_of.get(each, [each])}
        group_of |= dict.fromkeys(whole, sorted(whole))
    return list({group[0]: group for group in group_of.values() if len(group) > 1}.values())


def phones(connection: Connection, boxes: Iterable[int]) -> dict[int, int]:
    """How many there are in each of the boxes."""
    known = box_keys(frozenset(boxes))
    return {row.box_id: row.phones for row in connection.execute(_PHONES, {"boxes": known})}


def far(groups: Iterable[Iterable[int]], phones: Mapping[int, int]) -> set[int]:
    """The boxes of those groups that would be one box with more than 200 phones."""
    return {box for group in groups if sum(phones.get(each, 0) for each in group) > TIED for box in group}


def slipped(workers: Iterable[str]) -> str:
    """What whoever brings the list should do, whose workers kept the phones that they had."""
    known = [*workers]
    first = ", ".join(known[:NAMED])
    more = f" and {len(known) - NAMED} more" if len(known) > NAMED else ""
    return (
        f"The phones of {first}{more} belong to others, in a chain of more than {TIED}, as where a column slipped "
        "against the ids: these workers kept the phones that they had. Look at the list. Where so many numbers really "
        "changed hands, take in a list with `none` in the column phone first, and then this one."
    )
