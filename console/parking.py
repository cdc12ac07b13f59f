"""Parked work is put back, or dropped."""

from __future__ import annotations

import msgspec

from console.errands import Desk, Errand, RefusedError
from engine import parked


class Parked(msgspec.Struct, frozen=True):
    """`name`: box and number, as `dundun dead list` shows them.  `drop`: it is never done; else it is tried again."""

    name: str
    drop: bool = False


class Changed(msgspec.Struct, frozen=True):
    """It was, and so were these, by name: what came for a conversation goes back with the first of it."""

    names: list[str] = []


async def _run(desk: Desk, wanted: Parked) -> Changed:
    box, _, number = wanted.name.partition(".")
    if not (box.isdigit() and number.isdigit()):
        raise RefusedError(f"{wanted.name}: a name as dundun dead list shows it is expected, like 3651125.17.")
    change = parked.drop if wanted.drop else parked.replay
    vault, now = desk.store.vault, desk.clock.now()
    changed = await desk.store.write(lambda c: change(c, vault, int(box), int(number), desk.actor, now))
    if not changed:
        raise RefusedError(f"{wanted.name} is not parked. See: dundun dead list")
    return Changed([f"{int(box)}.{each}" for each in changed])


UNPARK = Errand("unpark", Parked, Changed, _run)
