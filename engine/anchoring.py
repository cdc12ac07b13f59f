"""Anchors: each minute one mark over all new rows of all chains, kept in the database and in a file outside it.

So whoever has the database, and even takes the end of a chain away whole, is found out.  A row is anchored once.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, bindparam, func, select, update

from engine import schema
from engine.ownfiles import opened
from engine.sets import AnyRow, put
from engine.vault import Vault

_audit, _anchor = schema.audit, schema.audit_anchor
_LAST = select(_anchor.c.n, _anchor.c.mac).order_by(_anchor.c.n.desc()).limit(1)
_FRESH = select(func.count()).select_from(select(_audit.c.n).where(_audit.c.anchor.is_(None)).limit(1).subquery())
_CLAIM = put(_anchor, ["n"]).returning(_anchor.c.n)
_COVER = (
    update(_audit)
    .where(_audit.c.anchor.is_(None))
    .values(anchor=bindparam("number"))
    .returning(_audit.c.bucket, _audit.c.box_id, _audit.c.n, _audit.c.mac)
)
_FILL = (
    update(_anchor).where(_anchor.c.n == bindparam("number")).values(root=bindparam("over"), mac=bindparam("marked"))
)


@dataclass(frozen=True, slots=True)
class Anchor:
    """`mac`: its mark, over what it covers, and the anchor before it."""

    n: int
    at: int
    mac: bytes

    def line(self) -> str:
        """As it stands in the file: number, time (ms UTC), mark."""
        return f"{self.n} {self.at} {self.mac.hex()}\n"


def cast(connection: Connection, vault: Vault, now: int) -> Anchor | None:
    """An anchor over all rows that have none; None where there is no such row, or another process is at it."""
    if not connection.scalar(_FRESH):
        return None
    last = connection.execute(_LAST).one_or_none()
    number, before = (1, b"") if last is None else (last.n + 1, last.mac)
    claimed = connection.execute(_CLAIM, {"n": number, "at": now, "root": b"", "mac": b""}).one_or_none()
    if claimed is None:
        return None
    root = root_of(vault, connection.execute(_COVER, {"number": number}).all())
    mark = mark_of(vault, before, number, now, root)
    connection.execute(_FILL, {"number": number, "over": root, "marked": mark})
    return Anchor(number, now, mark)


def root_of(vault: Vault, rows: Sequence[AnyRow]) -> bytes:
    """One mark for rows with bucket, box_id, n, mac, in whatever order they come."""
    marks = sorted((row.bucket, row.box_id, row.n, bytes(row.mac)) for row in rows)
    return vault.mark(b"root", *(mark for *_, mark in marks))


def mark_of(vault: Vault, before: bytes, n: int, at: int, root: bytes) -> bytes:
    """The mark of an anchor."""
    return vault.mark(b"anchor", before, n.to_bytes(8, "big"), at.to_bytes(8, "big"), root)


def file_beside(key: Path) -> Path:
    """Where the anchors are kept outside the database."""
    return key.with_suffix(".anchors")


def set_aside(key: Path, stamp: str) -> None:
    """The file of a database that another one takes the place of; `stamp` marks its new name."""
    file = file_beside(key)
    if file.exists():
        file.replace(file.with_name(f"{file.stem}-replaced-{stamp}{file.suffix}"))


def append(file: Path, anchor: Anchor) -> None:
    """One more line, on the disk; OSError where that fails."""
    handle = opened(file, os.O_WRONLY | os.O_APPEND)
    try:
        os.write(handle, anchor.line().encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def kept(file: Path) -> dict[int, bytes]:
    """The marks in the file, by number; a line that cannot be read stands as an empty mark."""
    if not file.exists():
        return {}
    found: dict[int, bytes] = {}
    for number, line in enumerate(file.read_text(encoding="ascii", errors="replace").splitlines(), start=1):
        words = line.split()
        try:
            found[int(words[0])] = bytes.fromhex(words[2])
        except (IndexError, ValueError):
            found[-number] = b""
    return found
