"""Who owns a channel: one at a time, and what an earlier owner writes changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection

from engine import leases
from engine.leases import LEASE, Lease, LostError
from tests.engine.motion import MONDAY, MakeLibrary, World, world

CHANNEL = "SELECT owner, epoch, lease_until, paced_until, state FROM channel"


async def take(at: World, process: int, now: int, *, start: int = 0, alone: bool = False) -> Lease | None:
    def run(connection: Connection) -> leases.Taken | None:
        return leases.take(connection, "sms", process, now, start, alone=alone)

    taken = await at.store.write(run)
    return None if taken is None else taken.lease


@pytest.mark.parametrize(
    ("later", "alone", "epoch"),
    [(0, False, None), (LEASE - 1, False, None), (LEASE, False, 2), (0, True, 2)],
)
async def test_a_channel_is_free_when_its_lease_has_run_out(
    tmp_path: Path, library: MakeLibrary, later: int, alone: bool, epoch: int | None
) -> None:
    async with world(tmp_path, library(), start=False) as at:
        assert await take(at, 1, MONDAY) == Lease("sms", 1, 1)
        second = await take(at, 2, MONDAY + later, alone=alone)
        assert (second.epoch if second else None) == epoch


async def test_whoever_holds_it_keeps_it(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(), start=False) as at:
        first = await take(at, 1, MONDAY)
        assert first is not None
        await at.store.write(lambda c: leases.hold(c, first, MONDAY + LEASE))
        assert await take(at, 2, MONDAY + LEASE) is None


async def test_whoever_leaves_it_lets_others_have_it_at_once(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(), start=False) as at:
        first = await take(at, 1, MONDAY)
        assert first is not None
        await at.store.write(lambda c: leases.leave(c, first))
        assert await take(at, 2, MONDAY) == Lease("sms", 2, 2)


async def test_an_earlier_owner_changes_nothing(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(), start=False) as at:
        first = await take(at, 1, MONDAY)
        await take(at, 2, MONDAY + LEASE)
        assert first is not None
        before = await at.rows(CHANNEL)

        def write(connection: Connection) -> None:
            leases.use_up(connection, first, MONDAY + 1_000_000)
            leases.tell_state(connection, first, "down", "it says", MONDAY)
            leases.leave(connection, first)

        await at.store.write(write)
        with pytest.raises(LostError):
            await at.store.write(lambda c: leases.hold(c, first, MONDAY + LEASE))
        assert await at.rows(CHANNEL) == before


async def test_a_process_that_comes_again_with_its_old_epoch_is_another_owner(
    tmp_path: Path, library: MakeLibrary
) -> None:
    async with world(tmp_path, library(), start=False) as at:
        first = await take(at, 1, MONDAY)
        assert first is not None
        assert await take(at, 1, MONDAY + LEASE) == Lease("sms", 1, 2)
        with pytest.raises(LostError):
            await at.store.write(lambda c: leases.hold(c, first, MONDAY + LEASE))


@pytest.mark.parametrize(("start", "paced"), [(MONDAY + 100, MONDAY + 500), (MONDAY + 900, MONDAY + 900)])
async def test_a_new_owner_goes_on_behind_the_pace_of_the_last(
    tmp_path: Path, library: MakeLibrary, start: int, paced: int
) -> None:
    async with world(tmp_path, library(), start=False) as at:
        first = await take(at, 1, MONDAY)
        assert first is not None
        await at.store.write(lambda c: leases.use_up(c, first, MONDAY + 500))
        second = await take(at, 2, MONDAY, start=start, alone=True)
        assert second is not None
        assert await at.store.write(lambda c: leases.hold(c, second, MONDAY)) == paced
