"""A claim that waits for a person's word is applied to the record, or dropped."""

from __future__ import annotations

import msgspec

from console.errands import Desk, Errand, RefusedError
from engine import claims
from engine.claims import Claim


class Decide(msgspec.Struct, frozen=True):
    """`name`: the claim's, as `dundun claims list` shows it.  `drop`: it is not applied; else it is."""

    name: str
    drop: bool = False


class Decided(msgspec.Struct, frozen=True):
    """Whose record it is about, and what of it."""

    worker: str
    field: str


async def _run(desk: Desk, wanted: Decide) -> Decided:
    claim = await _found(desk, wanted.name)
    if not wanted.drop:
        taken = await desk.registry.put_workers([{"id": claim.worker_id, claim.field: claim.new}], desk.actor)
        if taken.problems:
            raise RefusedError(taken.problems[0])
    into = claims.DROPPED if wanted.drop else claims.APPLIED
    while not await _marked(desk, claim, into):
        claim = await _found(desk, wanted.name)  # with a new number it may have come to another box
    return Decided(claim.worker_id, claim.field)


async def _marked(desk: Desk, claim: Claim, into: str) -> bool:
    vault, now = desk.store.vault, desk.clock.now()
    return await desk.store.write(lambda c: claims.decide(c, vault, claim, into, desk.actor, now))


async def _found(desk: Desk, name: str) -> Claim:
    if not name.isdecimal():
        raise RefusedError(f"{name}: a name as dundun claims list shows it is expected, like 3651125693645.")
    async with desk.store.read() as connection:
        claim = await claims.waiting_one(connection, desk.store.vault, int(name))
    if claim is None:
        raise _none(name)
    return claim


def _none(name: str) -> RefusedError:
    return RefusedError(f"{name} waits for nobody's word. See: dundun claims list")


DECIDE = Errand("claim", Decide, Decided, _run)
