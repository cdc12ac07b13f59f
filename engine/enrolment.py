"""Newcomers become rows: whoever shares a line shares its box, so that one transaction can see all that meets there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Text, bindparam, delete, insert, select

from engine import schema
from engine.addresses import Address
from engine.facts import Record
from engine.ids import Ids, bucket_of
from engine.newcomers import Newcomer, merged
from engine.people import opened, sealed, text_of
from engine.sets import each, listed, many, put
from engine.vault import Vault

PLAIN = ("job", "facility", "district", "supervisor", "zone")
"""Fields of a worker's record that stand beside it in plain, to find whom a message is for, and when."""

_line, _worker, _link, _member = schema.line, schema.worker, schema.worker_line, schema.membership
_keys = each("keys", {"kind": Text, "address_key": Text})
_ids = each("ids", {"worker_id": Text})

LINES_BY_ADDRESS = select(_line).join_from(
    _keys, _line, (_line.c.kind == _keys.c.kind) & (_line.c.address_key == _keys.c.address_key)
)
_KNOWN = select(_worker.c.worker_id, _worker.c.record, _worker.c.pin_mac).join_from(
    _ids, _worker, _worker.c.worker_id == _ids.c.worker_id
)
_LINKS = (
    select(_link.c.worker_id, _link.c.line_id, _line.c.box_id)
    .join_from(_ids, _link, _link.c.worker_id == _ids.c.worker_id)
    .join(_line, _line.c.line_id == _link.c.line_id)
)
_PUT_WORKER = put(_worker, ["worker_id"], [*PLAIN, "record", "pin_mac", "changed_at"])
_PUT_LINK = put(_link, ["worker_id", "line_id"], ["rank"])
_PUT_MEMBER = put(_member, ["group_name", "worker_id"])
_UNLINK = delete(_link).where(_link.c.worker_id == bindparam("worker"), _link.c.line_id == bindparam("line"))
_LEAVE = delete(_member).where(_member.c.worker_id == bindparam("worker"))


def new_line(vault: Vault, line_id: int, address: Address, box_id: int, channel: str = "") -> dict[str, Any]:
    """The row of a line that is not known yet."""
    return {
        "line_id": line_id,
        "kind": address.kind,
        "address_key": address.key,
        "address": vault.seal("line", 0, line_id, address.text.encode()),
        "bucket": bucket_of(box_id),
        "box_id": box_id,
        "channel": channel,
    }


def plain_fields(record: Record) -> dict[str, str]:
    """What of a record stands beside it in plain."""
    return {name: text_of(record.get(name)) for name in PLAIN}


class Enrolment:
    """One slice of a list, taken in by one transaction."""

    def __init__(self, vault: Vault, ids: Ids, now: int) -> None:
        self._vault = vault
        self._ids = ids
        self._now = now
        self._lines: dict[tuple[str, str], tuple[int, int]] = {}
        self._boxes: list[dict[str, int]] = []
        self._made: list[dict[str, Any]] = []

    def run(self, connection: Connection, newcomers: Sequence[Newcomer]) -> None:
        """Write the newcomers with their lines and groups."""
        if not newcomers:
            return
        self._find_lines(connection, newcomers)
        ids = {"ids": listed((each.worker_id,) for each in newcomers)}
        held: dict[str, dict[int, int]] = {}
        for row in connection.execute(_LINKS, ids):
            held.setdefault(row.worker_id, {})[row.line_id] = row.box_id
        links, gone = self._links(newcomers, held)
        self._write_lines(connection)
        many(connection, _PUT_WORKER, self._workers(connection, newcomers, ids))
        many(connection, _UNLINK, gone)
        many(connection, _PUT_LINK, links)
        _write_groups(connection, newcomers)

    def _find_lines(self, connection: Connection, newcomers: Iterable[Newcomer]) -> None:
        keys = {(address.kind, address.key) for newcomer in newcomers for address in newcomer.addresses}
        for row in connection.execute(LINES_BY_ADDRESS, {"keys": listed(keys)}):
            self._lines[row.kind, row.address_key] = (row.line_id, row.box_id)

    def _links(
        self, newcomers: Iterable[Newcomer], held: dict[str, dict[int, int]]
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        links: list[dict[str, Any]] = []
        gone: list[dict[str, Any]] = []
        for newcomer in newcomers:
            had = held.get(newcomer.worker_id, {})
            now = self._lines_of(newcomer, had)
            worker = newcomer.worker_id
            links += ({"worker_id": worker, "line_id": line, "rank": rank} for rank, line in enumerate(now))
            if now:
                gone += ({"worker": worker, "line": line} for line in had if line not in now)
        return links, gone

    def _lines_of(self, newcomer: Newcomer, had: dict[int, int]) -> list[int]:
        known = [
            self._lines[each.kind, each.key] for each in newcomer.addresses if (each.kind, each.key) in self._lines
        ]
        boxes = [box for _, box in known] or list(had.values())
        box_id = boxes[0] if boxes else 0
        lines = []
        for address in newcomer.addresses:
            if (address.kind, address.key) not in self._lines:
                box_id = box_id or self._new_box()
                self._new_line(address, box_id)
            lines.append(self._lines[address.kind, address.key][0])
        return lines

    def _new_box(self) -> int:
        box_id = self._ids.new()
        self._boxes.append({"bucket": bucket_of(box_id), "box_id": box_id})
        return box_id

    def _new_line(self, address: Address, box_id: int) -> None:
        line_id = self._ids.new()
        self._lines[address.kind, address.key] = (line_id, box_id)
        self._made.append(new_line(self._vault, line_id, address, box_id))

    def _write_lines(self, connection: Connection) -> None:
        many(connection, insert(schema.box), self._boxes)
        many(connection, insert(_line), self._made)

    def _workers(
        self, connection: Connection, newcomers: Iterable[Newcomer], ids: dict[str, str]
    ) -> list[dict[str, Any]]:
        known = {row.worker_id: row for row in connection.execute(_KNOWN, ids)}
        rows = []
        for newcomer in newcomers:
            worker, row = newcomer.worker_id, known.get(newcomer.worker_id)
            old = opened(self._vault, "worker", worker, row.record) if row else {}
            record = merged(old, newcomer.record)
            mac = self._vault.pin_digest(worker, newcomer.pin) if newcomer.pin else row.pin_mac if row else None
            rows.append(
                {
                    "worker_id": worker,
                    **plain_fields(record),
                    "record": sealed(self._vault, "worker", worker, record),
                    "pin_mac": mac,
                    "changed_at": self._now,
                }
            )
        return rows


def _write_groups(connection: Connection, newcomers: Iterable[Newcomer]) -> None:
    told = [newcomer for newcomer in newcomers if newcomer.groups is not None]
    many(connection, _LEAVE, [{"worker": newcomer.worker_id} for newcomer in told])
    rows = [{"group_name": name, "worker_id": each.worker_id} for each in told for name in each.groups or ()]
    many(connection, _PUT_MEMBER, rows)
