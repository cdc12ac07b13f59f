"""What was decided and by whom, in chains: a row that is changed, taken away or put in breaks the chain it is in.

A chain belongs to a box, or to an account of the staff, which has a box of its own for it.  A row is written in the
transaction that it tells of.  Its mark needs the key, which is not in the database; of what happened it holds a
digest, so that the words themselves can be wiped when their time is over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from engine import schema
from engine.ids import bucket_of
from engine.locks import Held, lock
from engine.sets import many, put
from engine.vault import Vault

WORKER = "worker"
"""Who acts where a worker does; which one, the box tells."""

_audit, _box = schema.audit, schema.box
_ID_BITS = 63

NEW_AUDIT = insert(_audit)
_NEW_BOX = put(_box, ["bucket", "box_id"])
_HEAD = (
    update(_box)
    .where(_box.c.bucket == bindparam("in_bucket"), _box.c.box_id == bindparam("in_box"))
    .values(audit_n=bindparam("length"), audit_head=bindparam("head"))
)


@dataclass(frozen=True, slots=True)
class Entry:
    """`actor`: an account, or who acts by himself.  `what`: one word, like stop.  `detail`: a sentence, sealed."""

    actor: str
    what: str
    detail: str = ""


def link(vault: Vault, held: Held, entry: Entry, now: int) -> tuple[Held, dict[str, Any]]:
    """The next row of the box's chain, and the box after it; whoever writes the one writes the other."""
    n = held.audit_n + 1
    digest = digest_of(vault, held.box_id, n, entry.detail)
    mark = mark_of(vault, held.audit_head, held.box_id, n, now, entry.actor, entry.what, digest)
    row = {
        "bucket": bucket_of(held.box_id),
        "box_id": held.box_id,
        "n": n,
        "at": now,
        "actor": entry.actor,
        "what": entry.what,
        "detail": vault.seal("audit", held.box_id, n, entry.detail.encode()),
        "digest": digest,
        "mac": mark,
    }
    return held._replace(audit_n=n, audit_head=mark), row


def write(connection: Connection, vault: Vault, held: Held, entries: Iterable[Entry], now: int) -> None:
    """More rows for the chain of a box that the caller has locked."""
    rows = []
    for entry in entries:
        held, row = link(vault, held, entry, now)
        rows.append(row)
    many(connection, NEW_AUDIT, rows)
    if rows:
        box = {"in_bucket": bucket_of(held.box_id), "in_box": held.box_id}
        connection.execute(_HEAD, {**box, "length": held.audit_n, "head": held.audit_head})


def note(connection: Connection, vault: Vault, entry: Entry, now: int) -> None:
    """One more row for the chain of the account `entry.actor`, in the caller's transaction."""
    box_id = box_of(vault, entry.actor)
    connection.execute(_NEW_BOX, {"bucket": bucket_of(box_id), "box_id": box_id})
    write(connection, vault, lock(connection, [box_id])[box_id], [entry], now)


def box_of(vault: Vault, account: str) -> int:
    """The box that holds the chain of an account."""
    return int(vault.digest(f"account {account}"), 16) >> (128 - _ID_BITS)


def digest_of(vault: Vault, box_id: int, n: int, detail: str) -> bytes:
    """What stands for the words; nobody can guess them from it without the key."""
    return vault.mark(b"detail", _number(box_id), _number(n), detail.encode())


def mark_of(
    vault: Vault, before: bytes | None, box_id: int, n: int, at: int, actor: str, what: str, digest: bytes
) -> bytes:
    """The mark of a row, over the mark of the row before it and all that it says."""
    return vault.mark(
        b"row", before or b"", _number(box_id), _number(n), _number(at), actor.encode(), what.encode(), digest
    )


def _number(number: int) -> bytes:
    return number.to_bytes(8, "big")
