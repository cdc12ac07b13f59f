"""A new phone number is a worker's when it has sent the code that his own phone was told, and no sooner (RULES O2).

Who has the number by mistake was never told the code; who holds the old phone for a minute has not the number.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import structlog
from sqlalchemy import BigInteger, Connection, bindparam, literal_column, select

from engine import audit, schema
from engine.claims import APPLIED, DROPPED, Claim, decide, waiting_one
from engine.clock import Clock
from engine.limits import DAY
from engine.people import opened
from engine.registry import Registry
from engine.sets import each, listed
from engine.store import Store
from engine.vault import Vault
from engine.view import Awaited

DIGITS = 6
"""Of a code: a wrong phone would have to send half a million messages to guess one."""

HOLDS = 7 * DAY
"""A code holds so long (ms); then a person decides (`dundun claims`)."""

LONGEST = 60
"""Letters of a message that may hold a code, with "my code is" before it."""

_log = structlog.get_logger(__name__)
_claim, _line, _worker = schema.claim, schema.line, schema.worker
_lines = each("lines", {"line_id": BigInteger})
_AWAITED = (
    select(_line.c.line_id, _claim.c.claim_id, _claim.c.worker_id, _worker.c.record)
    .join_from(_lines, _line, _line.c.line_id == _lines.c.line_id)
    .join(_claim, _claim.c.address == _line.c.address_key)
    .join(_worker, _worker.c.worker_id == _claim.c.worker_id)
    .where(
        _claim.c.address != literal_column("''"),  # written out: so the index over such claims is used
        _claim.c.state != literal_column(f"'{DROPPED}'"),
        _claim.c.at >= bindparam("since"),
    )
)


def code_of(vault: Vault, claim_id: int) -> str:
    """What the worker is told, and the new number has to send: digits, the same for a claim as often as it is asked."""
    mark = int.from_bytes(vault.mark(b"code", str(claim_id).encode())[:8], "big")
    return f"{mark % 10**DIGITS:0{DIGITS}}"


def code_in(text: str) -> str:
    """The code that a message may hold, in digits of any script and with words around it; "" where it holds none."""
    if len(text) > LONGEST:
        return ""
    digits = "".join(str(digit) for letter in text if (digit := unicodedata.decimal(letter, None)) is not None)
    return digits if len(digits) == DIGITS else ""


def awaited(connection: Connection, vault: Vault, lines: Iterable[int], now: int) -> dict[int, dict[str, Awaited]]:
    """What each of these lines may confirm, by the code; also what it has confirmed already, for a code sent twice."""
    found: dict[int, dict[str, Awaited]] = {}
    values = {"lines": listed((line,) for line in lines), "since": now - HOLDS}
    for line, claim, worker, record in connection.execute(_AWAITED, values):
        language = opened(vault, "worker", worker, record).get("language")
        found.setdefault(line, {})[code_of(vault, claim)] = Awaited(claim, str(language or ""))
    return found


async def carry_out(store: Store, registry: Registry, clock: Clock, claim_id: int) -> int:
    """Put a confirmed claim into the record; 1, or 0 where it is decided by now or a person has to look at it."""
    while (claim := await _waiting(store, claim_id)) is not None:
        taken = await registry.put_workers([{"id": claim.worker_id, claim.field: claim.new}])
        if taken.problems:
            _log.warning("a confirmed number waits for a person: see dundun claims", why=taken.problems[0])
            return 0
        if await store.write(lambda c, claim=claim: _decided(c, store.vault, claim, clock.now())):  # type: ignore[misc]
            return 1
    return 0


async def _waiting(store: Store, claim_id: int) -> Claim | None:
    async with store.read() as connection:
        claim = await waiting_one(connection, store.vault, claim_id)
    return claim if claim is not None and claim.new else None


def _decided(connection: Connection, vault: Vault, claim: Claim, now: int) -> bool:
    return decide(connection, vault, claim, APPLIED, audit.WORKER, now)
