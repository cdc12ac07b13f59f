"""A claim that waits is decided once: applied it is in the record and on the line, dropped it changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.claiming import DECIDE, Decide
from console.errands import Desk, RefusedError
from engine.claims import Claim, waiting
from engine.people import opened
from engine.values import Packed
from tests.engine.motion import MakeLibrary, World, world
from tests.engine.test_applied import CLAIMS, RECORD

NEW = "0770000077"
KEPT = "+231770000077"


async def claimed(here: World) -> Claim:
    """Moses says that he has another number."""
    for said in ("RECORD", "midwife", NEW):
        await here.says(said)
    (claim,) = await waits(here)
    return claim


async def waits(here: World) -> list[Claim]:
    async with here.store.read() as connection:
        return await waiting(connection, here.store.vault)


def desk(here: World) -> Desk:
    runtime = here.runtime
    return Desk(here.store, here.registry, runtime.versions, here.ids, here.clock, "UTC", runtime, actor="ada")


async def phone(here: World) -> Packed:
    [row] = await here.rows("SELECT record FROM worker WHERE worker_id = 'moses'")
    return opened(here.store.vault, "worker", "moses", row.record)["phone"]


async def test_what_waits_is_shown_with_both_values(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(RECORD)) as here:
        claim = await claimed(here)
        assert (claim.worker_id, claim.field, claim.old, claim.new) == ("moses", "phone", "+231770000001", KEPT)
        assert claim.name.startswith("Moses")


async def test_applied_it_is_the_workers_number(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(RECORD)) as here:
        claim = await claimed(here)
        done = await DECIDE.run(desk(here), Decide(str(claim.claim_id)))
        assert (done.worker, done.field) == ("moses", "phone")
        assert await phone(here) == KEPT
        assert sorted(await here.rows(CLAIMS)) == [("job", "applied"), ("phone", "applied")]
        assert await waits(here) == []
        with pytest.raises(RefusedError, match="waits for nobody's word"):
            await DECIDE.run(desk(here), Decide(str(claim.claim_id)))


async def test_dropped_it_changes_nothing(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(RECORD)) as here:
        claim = await claimed(here)
        await DECIDE.run(desk(here), Decide(str(claim.claim_id), drop=True))
        assert await phone(here) == "+231770000001"
        assert sorted(await here.rows(CLAIMS)) == [("job", "applied"), ("phone", "dropped")]


async def test_what_is_no_name_is_refused(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(RECORD)) as here:
        for name, why in (("moses", "a name as dundun claims list shows it"), ("17", "waits for nobody's word")):
            with pytest.raises(RefusedError, match=why):
                await DECIDE.run(desk(here), Decide(name))
