"""Claims that wait for a person's word (LANGUAGE 5, RULES O): each is decided once, and whoever did is in the audit.

A claim that may be applied at once never comes here; `engine.applied` writes it into the record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from engine import audit, schema
from engine.audit import Entry
from engine.locks import lock
from engine.people import opened
from engine.sets import AnyRow
from engine.values import Packed
from engine.vault import Vault, VaultError

REVIEW, APPLIED, DROPPED = "review", "applied", "dropped"

MOST = 500
"""So many are shown."""

_claim, _worker = schema.claim, schema.worker
_WAITS = _claim.c.state == literal_column(f"'{REVIEW}'")
_COLUMNS = (
    *(_claim.c.bucket, _claim.c.box_id, _claim.c.claim_id, _claim.c.worker_id, _claim.c.field),
    *(_claim.c.old, _claim.c.new, _claim.c.at, _worker.c.record),
)
_ALL = (
    select(*_COLUMNS)
    .join_from(_claim, _worker, _worker.c.worker_id == _claim.c.worker_id, isouter=True)
    .where(_WAITS)
    .order_by(_claim.c.at, _claim.c.claim_id)
    .limit(MOST)
)
_THIS = _ALL.where(_claim.c.claim_id == bindparam("this"))
_DECIDE = (
    update(_claim)
    .where(
        _claim.c.bucket == bindparam("in_bucket"),
        _claim.c.box_id == bindparam("in_box"),
        _claim.c.claim_id == bindparam("this"),
        _WAITS,
    )
    .values(state=bindparam("into"))
    .returning(_claim.c.claim_id)
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a worker said of himself.  `name`: his, as the list has it.  `at`: when he said it (ms UTC)."""

    bucket: int
    box_id: int
    claim_id: int
    worker_id: str
    name: str
    field: str
    old: str
    new: str
    at: int


async def waiting(connection: AsyncConnection, vault: Vault) -> list[Claim]:
    """All that nobody has decided, the oldest first."""
    return [_read(vault, row) for row in await connection.execute(_ALL)]


async def waiting_one(connection: AsyncConnection, vault: Vault, claim_id: int) -> Claim | None:
    """The one with this id; None where it does not wait."""
    row = (await connection.execute(_THIS, {"this": claim_id})).one_or_none()
    return None if row is None else _read(vault, row)


def decide(connection: Connection, vault: Vault, claim: Claim, into: str, actor: str, now: int) -> bool:
    """Mark it as applied or dropped; False where somebody decided it meanwhile, or its box became a part of another."""
    held = lock(connection, [claim.box_id]).get(claim.box_id)
    values = {"in_bucket": claim.bucket, "in_box": claim.box_id, "this": claim.claim_id, "into": into}
    if held is None or connection.execute(_DECIDE, values).first() is None:
        return False
    entry = Entry(actor, "claim", f"{claim.worker_id}: {claim.field} {into}")
    audit.write(connection, vault, held, [entry], now)
    return True


def _read(vault: Vault, row: AnyRow) -> Claim:
    box, claim = row.box_id, row.claim_id
    record = opened(vault, "worker", row.worker_id, row.record) if row.record is not None else {}
    old, new = (_said(vault, f"claim.{part}", box, claim, getattr(row, part)) for part in ("old", "new"))
    return Claim(row.bucket, box, claim, row.worker_id, str(record.get("name", "")), row.field, old, new, row.at)


def _said(vault: Vault, what: str, box: int, claim: int, sealed: bytes) -> str:
    """A value as a person reads it; "" for none, and for one that was purged."""
    try:
        value: Packed = msgspec.msgpack.decode(vault.open(what, box, claim, sealed))
    except (VaultError, msgspec.DecodeError):
        return ""
    found: Any = value
    return "" if found is None else str(found)
