"""The audit, read and proved: each chain from its first row to its end, each anchor over what it covers.

What is wrong is a sentence with its place; one sentence for a chain, at the first row where it breaks.
"""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from engine import anchoring, audit, schema
from engine.sets import AnyRow
from engine.vault import Vault, VaultError

WIPED = b""
"""What stands instead of words whose time is over."""

_audit, _box, _anchor = schema.audit, schema.box, schema.audit_anchor
_PART = 2_000
_NEWEST = select(_audit).order_by(_audit.c.at.desc(), _audit.c.box_id, _audit.c.n.desc()).limit(bindparam("most"))
_CHAINED = select(_box.c.box_id, _box.c.audit_n, _box.c.audit_head).where(_box.c.audit_n > 0).order_by(_box.c.box_id)
_ROWS = select(_audit).order_by(_audit.c.bucket, _audit.c.box_id, _audit.c.n)
_ANCHORED = (
    select(_audit.c.anchor, _audit.c.bucket, _audit.c.box_id, _audit.c.n, _audit.c.mac)
    .where(_audit.c.anchor.is_not(None))
    .order_by(_audit.c.anchor)
)
_ANCHORS = select(_anchor).order_by(_anchor.c.n)
_SIZE = select(func.count()).select_from(_audit)


@dataclass(frozen=True, slots=True)
class Told:
    """A row for a person: `detail` is empty where its time is over."""

    at: int
    actor: str
    what: str
    detail: str
    box_id: int
    n: int


async def newest(connection: AsyncConnection, vault: Vault, most: int) -> list[Told]:
    """The last rows of all chains, the newest first."""
    rows = await connection.execute(_NEWEST, {"most": most})
    return [_told(vault, row) for row in rows]


async def verify(connection: AsyncConnection, vault: Vault, outside: Mapping[int, bytes]) -> tuple[int, list[str]]:
    """How many rows there are, and a sentence for everything that is wrong.  `outside`: the anchors in the file."""
    heads = {row.box_id: (row.audit_n, row.audit_head) for row in await connection.execute(_CHAINED)}
    problems = [sentence async for sentence in _chains(connection, vault, heads)]
    problems += [sentence async for sentence in _anchors(connection, vault, outside)]
    return await connection.scalar(_SIZE) or 0, problems


async def _chains(
    connection: AsyncConnection, vault: Vault, heads: dict[int, tuple[int, bytes | None]]
) -> AsyncIterator[str]:
    left = dict(heads)
    chain: list[AnyRow] = []
    async for row in await connection.stream(_ROWS.execution_options(yield_per=_PART)):
        if chain and chain[-1].box_id != row.box_id:
            for sentence in _broken(vault, chain, left.pop(chain[-1].box_id, (0, None))):
                yield sentence
            chain = []
        chain.append(row)
    if chain:
        for sentence in _broken(vault, chain, left.pop(chain[-1].box_id, (0, None))):
            yield sentence
    for box_id in left:
        yield f"All rows of the chain of box {box_id} are gone."


def _broken(vault: Vault, chain: list[AnyRow], end: tuple[int, bytes | None]) -> Iterator[str]:
    """What is wrong with one chain, if anything; it may have grown since its `end` was read."""
    place, before = f"the chain of box {chain[0].box_id}", None
    for expected, row in enumerate(chain, start=1):
        if row.n != expected:
            yield f"Row {expected} of {place} is missing."
            return
        mark = audit.mark_of(vault, before, row.box_id, row.n, row.at, row.actor, row.what, row.digest)
        if not hmac.compare_digest(mark, row.mac) or not _is_its_detail(vault, row):
            yield f"Row {row.n} of {place} was changed or put in ({row.actor}, {row.what})."
            return
        before = row.mac
    if end[0] > len(chain) or (end[0] and chain[end[0] - 1].mac != end[1]):
        yield f"The end of {place} was taken away: it has {len(chain)} rows, and {end[0]} were written."


def _is_its_detail(vault: Vault, row: AnyRow) -> bool:
    if row.detail == WIPED:
        return True
    try:
        detail = vault.open("audit", row.box_id, row.n, row.detail).decode()
    except VaultError:
        return False
    return hmac.compare_digest(audit.digest_of(vault, row.box_id, row.n, detail), row.digest)


async def _anchors(connection: AsyncConnection, vault: Vault, outside: Mapping[int, bytes]) -> AsyncIterator[str]:
    before, expected = b"", 1
    anchors = {row.n: row for row in await connection.execute(_ANCHORS)}
    roots = await _roots(connection, vault)
    for n, row in anchors.items():
        if n != expected:
            yield f"Anchor {expected} is missing."
            return
        mark = anchoring.mark_of(vault, before, n, row.at, row.root)
        if not hmac.compare_digest(mark, row.mac):
            yield f"Anchor {n} was changed or put in."
            return
        if not hmac.compare_digest(roots.get(n, anchoring.root_of(vault, ())), row.root):
            yield f"Rows that anchor {n} covers were changed, taken away or put in."
        before, expected = row.mac, n + 1
    for n, mark in outside.items():
        if n not in anchors:
            yield f"Anchor {n} stands in the file beside the key, and not in the database." if n > 0 else _UNREADABLE
        elif not hmac.compare_digest(mark, anchors[n].mac):
            yield f"Anchor {n} is another one in the file beside the key."


_UNREADABLE = "A line of the file of anchors beside the key cannot be read."


async def _roots(connection: AsyncConnection, vault: Vault) -> dict[int, bytes]:
    """What each anchor has to cover, by its number; the rows of one anchor at a time."""
    roots: dict[int, bytes] = {}
    part: list[AnyRow] = []
    async for row in await connection.stream(_ANCHORED.execution_options(yield_per=_PART)):
        if part and part[-1].anchor != row.anchor:
            roots[part[-1].anchor] = anchoring.root_of(vault, part)
            part = []
        part.append(row)
    if part:
        roots[part[-1].anchor] = anchoring.root_of(vault, part)
    return roots


def _told(vault: Vault, row: AnyRow) -> Told:
    detail = "" if row.detail == WIPED else vault.open("audit", row.box_id, row.n, row.detail).decode()
    return Told(row.at, row.actor, row.what, detail, row.box_id, row.n)
