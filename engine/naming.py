"""What an audience names is there: a group that nobody is in, or a field that no record has, is a mistake."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from sqlalchemy import Text, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from engine import schema
from engine.audience import LOOK_AT, Audience
from engine.people import opened
from engine.vault import Vault
from grammar.program import Const, Expr, Field, Op

STANDARD = {
    "id",
    "name",
    "first_name",
    "phone",
    "language",
    "facility",
    "district",
    "job",
    "supervisor",
    "zone",
    "groups",
}
"""Fields that every record may have, whether one has it just now or not."""

_GROUPS = select(schema.membership.c.group_name).distinct().order_by(schema.membership.c.group_name)
_RECORDS = (
    select(schema.worker.c.worker_id, schema.worker.c.record)
    .where(schema.worker.c.worker_id > bindparam("behind", type_=Text))
    .order_by(schema.worker.c.worker_id)
    .limit(LOOK_AT)
)


async def unknown(connection: AsyncConnection, vault: Vault, audience: Audience) -> str:
    """A sentence about the first name that nothing has, "" where all are known."""
    groups = {audience.group, *_groups(audience.where)} - {""}
    if groups:
        known = list(await connection.scalars(_GROUPS))
        for group in sorted(groups - set(known)):
            return _sentence(f"Nobody is in a group {group}.", group, known)
    fields = set(_fields(audience.where)) - STANDARD
    if fields:
        there = await _fields_of_all(connection, vault, fields)
        for name in sorted(fields - there):
            return _sentence(f"No worker has a field {name}.", name, sorted(there | STANDARD))
    return ""


async def _fields_of_all(connection: AsyncConnection, vault: Vault, wanted: set[str]) -> set[str]:
    """The names of the fields of all records; it ends early where those that are wanted are found."""
    found: set[str] = set()
    behind, last = "", False
    while not last and not wanted <= found:
        rows = (await connection.execute(_RECORDS, {"behind": behind})).all()
        for row in rows:
            found |= opened(vault, "worker", row.worker_id, row.record).keys()
        behind, last = (rows[-1].worker_id if rows else ""), len(rows) < LOOK_AT
    return found


def _groups(where: Expr | None) -> Iterator[str]:
    for op in _ops(where):
        if op.name in ("in_group", "not_in_group") and isinstance(op.args[-1], Const):
            yield op.args[-1].value


def _fields(where: Expr | None) -> Iterator[str]:
    for op in _ops(where):
        yield from (arg.name for arg in op.args if isinstance(arg, Field) and arg.of in ("candidate", "worker"))


def _ops(where: Expr | None) -> Iterator[Op]:
    rest = [where]
    while rest:
        each = rest.pop()
        if isinstance(each, Op):
            yield each
            rest += each.args


def _sentence(what: str, written: str, known: list[str]) -> str:
    near = get_close_matches(written, known, n=1)
    return f"{what} Did you mean {near[0]}?" if near else f"{what} There are: {', '.join(known) or 'none'}."
