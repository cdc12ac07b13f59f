"""What a new version would mean for the conversations that run: who goes over, who stays, and who is stranded.

Nothing is changed: each session is moved on paper, by the same rules as in earnest (`engine.moving`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import NamedTuple

from sqlalchemy import bindparam, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from engine import schema
from engine.moving import move
from engine.session import Session, decode
from engine.vault import Vault
from grammar import program as p

AT_ONCE = 500
GOES, STAYS, STRANDED = "goes", "stays", "stranded"

_session, _program = schema.session, schema.program
_CODES = select(_program.c.hash, _program.c.code).where(
    _program.c.flow == bindparam("flow"), _program.c.hash != bindparam("current")
)
_OPEN = (
    select(_session.c.box_id, _session.c.session_id, _session.c.worker_id, _session.c.program, _session.c.state)
    .where(
        _session.c.program.in_(bindparam("hashes", expanding=True)),
        _session.c.status != literal_column("'ended'"),
        _session.c.session_id > bindparam("after"),
    )
    .order_by(_session.c.session_id)
    .limit(AT_ONCE)
)


class Prospect(NamedTuple):
    """What becomes of a conversation: `fate` is GOES, STAYS (in its own version) or STRANDED; `why` is a sentence.

    `asked`: the question at which it stands, "" where it stands at none.
    """

    session_id: int
    worker_id: str
    asked: str
    fate: str
    why: str


async def prospects(connection: AsyncConnection, vault: Vault, new: p.Program, now: int) -> AsyncIterator[Prospect]:
    """Every open conversation that runs another version of the flow of `new`, the oldest first."""
    key = new.hash()
    codes = await connection.execute(_CODES, {"flow": new.flow, "current": key})
    olds = {row.hash: p.decode(row.code) for row in codes}
    after: int | None = 0 if olds else None
    while after is not None:
        rows = (await connection.execute(_OPEN, {"hashes": list(olds), "after": after})).all()
        for row in rows:
            session = decode(vault.open("session", row.box_id, row.session_id, row.state))
            fate, why = _prospect(olds[row.program], new, key, session, now)
            yield Prospect(row.session_id, row.worker_id or "", session.asked, fate, why)
        after = rows[-1].session_id if len(rows) == AT_ONCE else None


def _prospect(old: p.Program, new: p.Program, key: str, session: Session, now: int) -> tuple[str, str]:
    moved = move(old, new, key, session, now)
    if not isinstance(moved, str):
        return GOES, ""
    stands = session.status in ("waiting", "suspended") and session.asked in old.questions
    if not stands or session.asked in new.questions:
        return STAYS, moved
    return STRANDED, moved
