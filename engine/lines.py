"""The lines by their addresses: whoever meets a number for the first time makes its line and its box, once for all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Text, insert, select

from engine import schema
from engine.addresses import Address
from engine.ids import Ids, bucket_of
from engine.sets import each, listed, many, put
from engine.vault import Vault

_line = schema.line
_keys = each("keys", {"kind": Text, "address_key": Text})
BY_ADDRESS = select(_line.c.kind, _line.c.address_key, _line.c.line_id, _line.c.box_id).join_from(
    _keys, _line, (_line.c.kind == _keys.c.kind) & (_line.c.address_key == _keys.c.address_key)
)
_NEW_LINE = put(_line, ["kind", "address_key"]).returning(_line.c.line_id)
_NEW_BOX = insert(schema.box)


class Spot(NamedTuple):
    """A line, and the box in which it is."""

    line_id: int
    box_id: int


def found(connection: Connection, addresses: Iterable[Address]) -> dict[Address, Spot]:
    """The lines of those of the addresses that are known."""
    keys = {(address.kind, address.key): address for address in addresses}
    rows = connection.execute(BY_ADDRESS, {"keys": listed(keys)}).all()
    return {keys[kind, key]: Spot(line, box) for kind, key, line, box in rows}


def made(
    connection: Connection, vault: Vault, ids: Ids, channels: Mapping[Address, str], boxes: Mapping[Address, int]
) -> dict[Address, Spot]:
    """The line of each address; one that is not known yet gets a line, in the box given for it, else in one of its own.

    `channels`: by which each is reached ("" for the default).  `boxes`: new ones, that nobody else can know.
    """
    known = found(connection, channels)
    missing = sorted(address for address in channels if address not in known)  # sorted: nobody waits in a circle
    if missing:
        rows = [_row(vault, ids.new(), each, boxes.get(each) or ids.new(), channels[each]) for each in missing]
        ours = set(connection.scalars(_NEW_LINE, rows))
        new = sorted({row["box_id"] for row in rows if row["line_id"] in ours})
        many(connection, _NEW_BOX, [{"bucket": bucket_of(box), "box_id": box} for box in new])
        known |= found(connection, missing)  # another process may have made some of them just now
    return known


def _row(vault: Vault, line_id: int, address: Address, box_id: int, channel: str) -> dict[str, Any]:
    return {
        "line_id": line_id,
        "kind": address.kind,
        "address_key": address.key,
        "address": vault.seal("line", 0, line_id, address.text.encode()),
        "bucket": bucket_of(box_id),
        "box_id": box_id,
        "channel": channel,
    }
