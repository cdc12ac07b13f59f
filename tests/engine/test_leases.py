"""Who owns a channel: one at a time, and what an earlier owner writes changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection

from engine import leases
from engine.delivery import Message, Outcome
from engine.leases import BEYOND, LEASE, RENEW, Lease, LostError
from engine.library import Library
from engine.limits import DAY
from engine.loops import end
from engine.outbox import MARGIN, Manner
from engine.verdicts import HOLD
from tests.engine.motion import FATOU, MONDAY, HandClock, MakeLibrary, World, beside, world
from tests.engine.test_outbox import HELLO, OUTBOX, queue

HOLDS = {"sms": Manner(unknown=HOLD)}
CHANNEL = "SELECT owner, epoch, lease_until, paced_until, state FROM channel"


@pytest.fixture
def none(library: MakeLibrary) -> Library:
    return library()


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


async def channels(at: World) -> dict[str, tuple[object, ...]]:
    names = "channel_id, owner, epoch, lease_until, paced_until, state, reason, since"
    return {row[0]: tuple(row[1:]) for row in await at.rows(f"SELECT {names} FROM channel")}


async def test_what_an_owner_writes_is_of_his_channel_alone(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(), start=False) as at:
        mine, other = Lease("sms", 1, 1), Lease("other", 1, 1)

        def take_both(connection: Connection) -> list[Lease | None]:
            taken = (leases.take(connection, each.channel, 1, MONDAY, 0, alone=False) for each in (mine, other))
            return [each and each.lease for each in taken]

        assert await at.store.write(take_both) == [mine, other]
        before = await channels(at)
        assert before["other"] == (1, 1, MONDAY + LEASE, 0, "up", "", MONDAY)
        until = MONDAY + 5 + LEASE
        steps: list[tuple[Callable[[Connection], object], tuple[object, ...]]] = [
            (lambda c: leases.hold(c, mine, MONDAY + 5), (1, 1, until, 0, "up", "", MONDAY)),
            (lambda c: leases.use_up(c, mine, 77), (1, 1, until, 77, "up", "", MONDAY)),
            (lambda c: leases.tell_state(c, mine, "down", "off", 9), (1, 1, until, 77, "down", "off", 9)),
            (lambda c: leases.leave(c, mine), (None, 1, 0, 77, "down", "off", 9)),
        ]
        for step, becomes in steps:
            await at.store.write(step)
            assert await channels(at) == {"sms": becomes, "other": before["other"]}
        assert await take(at, 2, MONDAY + 5) == Lease("sms", 2, 2), "and its state stays as it was left"
        assert (await channels(at))["sms"][4:] == ("down", "off", 9)


@pytest.mark.parametrize("stranger", [Lease("sms", 2, 1), Lease("sms", 1, 2), Lease("other", 1, 1)])
async def test_only_who_took_it_holds_it(tmp_path: Path, library: MakeLibrary, stranger: Lease) -> None:
    async with world(tmp_path, library(), start=False) as at:
        assert await take(at, 1, MONDAY) == Lease("sms", 1, 1)
        with pytest.raises(LostError):
            await at.store.write(lambda c: leases.hold(c, stranger, MONDAY))


async def test_what_was_left_is_free_though_its_lease_would_last(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(), start=False) as at:
        await take(at, 1, MONDAY)
        await at.store.write(lambda c: leases.take(c, "other", 1, MONDAY, 0, alone=False))
        await at.change("UPDATE channel SET owner = NULL")
        assert await take(at, 2, MONDAY) == Lease("sms", 2, 2)
        assert (await channels(at))["other"][:2] == (None, 1), "and nobody took the other one with it"


def test_an_owner_says_that_he_is_there_long_before_his_lease_ends() -> None:
    assert (LEASE, RENEW, MARGIN) == (10_000, 3.0, 1.0)


def only_shared(database: str) -> None:
    if database == "sqlite":
        pytest.skip("a file has one process")


async def owner_of(at: World) -> int:
    return int((await at.rows("SELECT owner FROM channel"))[0].owner or 0)


async def test_one_process_owns_a_channel_and_sends_what_all_make(
    tmp_path: Path, library: MakeLibrary, database: str
) -> None:
    only_shared(database)
    async with world(tmp_path, library(HELLO)) as first, beside(first) as second:
        await asyncio.gather(first.says("HELLO"), second.says("HELLO", FATOU))
        assert sorted(await first.gateway.has(8)) == sorted(["one", "two", "three", "Who are you?"] * 2)
        assert second.gateway.texts == []
        assert await owner_of(first) == first.kit.process


async def test_an_owner_who_is_told_nothing_finds_what_another_process_made(
    tmp_path: Path, none: Library, database: str
) -> None:
    """Nobody rings across processes: who owns the channel looks by himself, soon enough for an answer."""
    only_shared(database)
    async with world(tmp_path, none) as first, beside(first) as second:
        await queue(first, "his own")
        await first.becomes(OUTBOX, [("sent", 1, 0)])
        await asyncio.sleep(0.1)
        assert not first.runtime._owners["sms"]._wake.is_set(), "he has nothing left to do"
        async with asyncio.timeout(5):
            await queue(second, "of the other")
            assert await first.gateway.has(2) == ["his own", "of the other"]


async def test_who_stops_in_good_order_is_followed_at_once(tmp_path: Path, none: Library, database: str) -> None:
    only_shared(database)
    async with world(tmp_path, none) as first, beside(first) as second:
        await first.runtime.stop(1)
        await queue(second, "hello")
        assert await second.gateway.has(1) == ["hello"]
        assert (await second.rows("SELECT epoch FROM channel"))[0].epoch == 2


async def test_who_dies_is_followed_after_his_lease_and_what_he_handed_over_may_have_gone_through(
    tmp_path: Path, none: Library, database: str
) -> None:
    only_shared(database)
    async with world(tmp_path, none, manners=HOLDS) as first, beside(first, manners=HOLDS) as second:
        first.gateway.open.clear()
        await queue(first, "on its way")
        await first.gateway.has(1)
        await end(first.runtime._owners["sms"]._task)
        await queue(first, "waits")
        first.clock.move(LEASE)
        assert await second.gateway.has(1) == ["waits"]
        await second.becomes(OUTBOX, [("unknown", 1, 0), ("sent", 1, 0)])


async def test_an_owner_that_comes_back_to_life_changes_nothing(tmp_path: Path, none: Library, database: str) -> None:
    only_shared(database)
    async with world(tmp_path, none, manners=HOLDS) as first, beside(first, manners=HOLDS) as second:
        first.gateway.open.clear()
        await queue(first, "hello")
        await first.gateway.has(1)
        async with first.runtime._owners["sms"]._turning:  # it hangs
            first.clock.move(LEASE)
            await second.becomes("SELECT outcome FROM attempt", [("unknown",)])
            first.gateway.open.set()
            await queue(first, "later")
            assert await second.gateway.has(1) == ["later"]
        await first.becomes("SELECT status FROM outbox ORDER BY out_id", [("unknown",), ("sent",)])
        await first.runtime._owners["sms"].take()
        assert await owner_of(first) == second.kit.process
        await first.becomes("SELECT outcome FROM attempt ORDER BY out_id", [("unknown",), ("sent",)])
        assert first.gateway.texts == ["hello"]


async def test_who_lost_a_channel_takes_it_again_when_it_is_free(tmp_path: Path, none: Library, database: str) -> None:
    only_shared(database)
    async with world(tmp_path, none) as first, beside(first) as second:
        async with first.runtime._owners["sms"]._turning:  # it hangs
            first.clock.move(LEASE)
            await queue(second, "of the second")
            assert await second.gateway.has(1) == ["of the second"]
        await second.runtime.stop(1)
        await queue(first, "of the first")
        assert await first.gateway.has(1) == ["of the first"]


async def test_nothing_is_overtaken_within_a_conversation_while_owners_change(
    tmp_path: Path, none: Library, database: str
) -> None:
    only_shared(database)
    texts = [str(number) for number in range(40)]
    async with world(tmp_path, none) as first, beside(first) as second:
        await queue(first, *texts, session=7)
        await first.gateway.has(10)
        await first.runtime.stop(5)
        assert first.gateway.texts + await second.gateway.has(40 - len(first.gateway.texts)) == texts


async def test_two_processes_keep_the_pace_of_one(
    tmp_path: Path, none: Library, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_shared(database)
    pace = {"sms": Manner(per_second=20)}
    async with world(tmp_path, none, manners=pace) as first, beside(first, manners=pace) as second:
        gone: list[int] = []
        for at in (first, second):
            monkeypatch.setattr(at.gateway, "send", noting(at, gone))
        going = asyncio.create_task(go_by(first.clock, 5))
        await queue(first, *map(str, range(36)), kind="bulk")
        await first.gateway.has(12)
        await first.runtime.stop(1)
        await second.gateway.has(36 - len(first.gateway.texts))
        await end(going)
        assert len(gone) == 36
        assert max(sum(each <= other < each + 1000 for other in gone) for each in gone) <= 20


def noting(at: World, gone: list[int]) -> Callable[[Message], Awaitable[Outcome]]:
    """Hand over, and note when."""
    send = at.gateway.send

    async def note(message: Message) -> Outcome:
        gone.append(at.clock.now())
        return await send(message)

    return note


async def go_by(clock: HandClock, ms: int) -> None:
    """Time goes by."""
    while True:
        clock.move(ms)
        await asyncio.sleep(ms / 1000)


@pytest.mark.parametrize(("back", "epoch"), [(BEYOND - LEASE, None), (BEYOND - LEASE + 1, 2), (300 * DAY, 2)])
async def test_a_clock_that_was_set_back_keeps_nobody_out(
    tmp_path: Path, library: MakeLibrary, back: int, epoch: int | None
) -> None:
    """A lease lasts longer than any can: it is taken over, and whoever had it is shut out."""
    async with world(tmp_path, library(), start=False) as at:
        first = await take(at, 1, MONDAY)
        assert first is not None
        second = await take(at, 2, MONDAY - back)
        assert (second.epoch if second else None) == epoch
        if second:
            with pytest.raises(LostError):
                await at.store.write(lambda c: leases.hold(c, first, MONDAY - back))
            assert await take(at, 1, MONDAY - back) is None
