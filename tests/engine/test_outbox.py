"""Messages leave once, in order, and every attempt is a row that one can see (I9, I10, I12)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Connection
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncConnection

from engine.delivery import Down, Outcome, Receipt, Refused, Retry, Sent, Unknown
from engine.leases import LEASE, RENEW
from engine.library import Library
from engine.limits import DAY, MINUTE
from engine.outbox import Manner, Owner
from engine.outgoing import CLASSES, Body
from engine.places import Line
from engine.rows import Origin, Rows
from engine.store import DoubtError, Store
from engine.verdicts import HOLD, RECEIPT
from engine.writing import write
from tests.engine.motion import FATOU, MOSES, MakeLibrary, World, world

T = TypeVar("T")
HELLO = """
    flow hello: Hello
        languages: en
        channels: sms
        start on word HELLO
    say: one
    say: two
    say: three
    ask name: Who are you?
        answer: text up to 20 letters
"""
OUTBOX = "SELECT status, tries, retries FROM outbox ORDER BY out_id"
ATTEMPTS = 'SELECT "try", outcome, reason FROM attempt ORDER BY out_id, "try"'


@pytest.fixture
def none(library: MakeLibrary) -> Library:
    return library()


async def queue(at: World, *texts: str, number: str = MOSES, kind: str = "reply", session: int | None = None) -> None:
    """Messages for a line: of one session, in order, or of none."""
    address = at.registry.addresses.of(number)
    row = (await at.rows("SELECT * FROM line WHERE address_key = :key", key=address.key))[0]
    rows = Rows(at.kit, at.clock.now())
    for item, text in enumerate(texts):
        origin = None if session is None else Origin(session, 1, item)
        rows.message(Line.of(row), Body(text), CLASSES[kind], origin)
    await at.store.write(lambda connection: write(connection, rows))
    at.runtime._ring(rows.ring)


async def test_the_messages_of_a_conversation_leave_one_after_the_other(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(HELLO)) as at:
        at.gateway.open.clear()
        await at.says("HELLO")
        assert await at.gateway.has(1) == ["one"]
        await queue(at, "for Fatou", number=FATOU)
        assert await at.gateway.has(2) == ["one", "for Fatou"], "another line does not wait"
        at.gateway.open.set()
        assert (await at.gateway.has(5))[2:] == ["two", "three", "Who are you?"]
        await at.becomes("SELECT status, count(*) FROM outbox GROUP BY status", [("sent", 5)])


async def test_a_message_that_waits_for_its_retry_is_not_overtaken_by_its_own_conversation(
    tmp_path: Path, none: Library
) -> None:
    async with world(tmp_path, none) as at:
        at.gateway.outcomes.append(Retry("throttled"))
        await queue(at, "first", "second", session=7)
        await at.becomes(OUTBOX, [("queued", 1, 1), ("queued", 0, 0)])
        at.clock.move(5 * MINUTE)
        at.runtime._owners["sms"].wake()
        assert await at.gateway.has(3) == ["first", "first", "second"]
        await at.becomes(ATTEMPTS, [(1, "retry", "throttled"), (2, "sent", ""), (1, "sent", "")])


@pytest.mark.parametrize(
    ("outcome", "status"),
    [(Sent("id-1", "0.02"), "sent"), (Refused("blocked"), "refused"), (Unknown("reset"), "unknown")],
)
async def test_an_outcome_is_final(tmp_path: Path, none: Library, outcome: Outcome, status: str) -> None:
    async with world(tmp_path, none, manners={"sms": Manner(unknown=HOLD)}) as at:
        at.gateway.outcomes.append(outcome)
        await queue(at, "hello")
        await at.becomes(OUTBOX, [(status, 1, 0)])


async def test_after_three_failures_of_its_own_a_message_has_failed(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none) as at:
        at.gateway.outcomes.extend([Retry("a"), Retry("b"), Retry("c")])
        await queue(at, "hello")
        for count in (1, 2, 3):
            await at.gateway.has(count)
            expected = ("queued", count, count) if count < 3 else ("failed", 3, 2)
            await at.becomes(OUTBOX, [expected])
            at.clock.move(10 * MINUTE)
            at.runtime._owners["sms"].wake()


async def test_an_owner_with_nothing_to_do_stays_the_owner(tmp_path: Path, none: Library, database: str) -> None:
    if database == "sqlite":
        pytest.skip("the file's lock says who owns its channels")
    async with world(tmp_path, none) as at:
        owner, now = at.runtime._owners["sms"], asyncio.get_running_loop().time
        owner._held_until = now() + LEASE / 1000 - RENEW  # its lease is to be renewed, and nothing waits
        owner._wake.set()
        for _ in range(100):
            if owner._held_until > now() + LEASE / 1000 - 1:
                break
            await asyncio.sleep(0.05)
        assert owner._holds()
        assert owner._held_until > now() + LEASE / 1000 - 6
        owner._held_until = now() + LEASE / 1000 - RENEW
        await queue(at, "hello")
        assert await at.gateway.has(1) == ["hello"]


async def test_an_adapter_that_raises_may_have_sent(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none) as at:
        at.gateway.outcomes.append(ValueError("a fault"))
        await queue(at, "hello")
        await at.becomes(ATTEMPTS, [(1, "unknown", "ValueError")])


async def test_what_was_on_its_way_at_a_crash_may_have_gone_through(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none) as at:
        at.gateway.open.clear()
        await queue(at, "hello")
        await at.gateway.has(1)
        await at.crash()
        assert [tuple(row) for row in await at.rows(OUTBOX)] == [("sending", 1, 0)]
        await at.runtime.start()
        assert [tuple(row) for row in await at.rows(OUTBOX)] == [("queued", 1, 1)]
        at.clock.move(5 * MINUTE)
        at.runtime._owners["sms"].wake()
        assert await at.gateway.has(1) == ["hello"]
        stopped = "the server stopped before an answer came"
        await at.becomes(ATTEMPTS, [(1, "unknown", stopped), (2, "sent", "")])


async def test_what_may_have_gone_through_holds_its_conversation_up_until_the_worker_speaks(
    tmp_path: Path, library: MakeLibrary
) -> None:
    async with world(tmp_path, library(HELLO)) as at:
        at.gateway.outcomes.extend([Sent(), Sent(), Sent(), Unknown("reset")])
        await at.says("HELLO")
        await at.becomes("SELECT status FROM outbox WHERE doubtful", [("queued",)])
        await at.says("HELP")
        assert len(await at.gateway.has(5)) == 5, "what belongs to no conversation does not wait"
        await at.says("Moses")
        await at.becomes("SELECT status FROM outbox WHERE doubtful", [("unknown",)])
        at.clock.move(MINUTE)
        await queue(at, "later")
        assert (await at.gateway.has(6))[3:] == ["Who are you?", at.gateway.texts[4], "later"]


async def test_a_channel_that_holds_leaves_it_to_a_person(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, manners={"sms": Manner(unknown=HOLD)}) as at:
        at.gateway.open.clear()
        await queue(at, "hello", "and then", session=7)
        await at.gateway.has(1)
        await at.crash()
        await at.runtime.start()
        assert await at.gateway.has(1) == ["and then"]
        await at.becomes(OUTBOX, [("unknown", 1, 0), ("sent", 1, 0)])


async def test_a_clean_stop_settles_what_is_on_its_way(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none) as at:
        at.gateway.open.clear()
        await queue(at, "hello")
        await at.gateway.has(1)
        stopping = asyncio.create_task(at.runtime.stop(10))
        await asyncio.sleep(0)
        at.gateway.open.set()
        await stopping
        assert [tuple(row) for row in await at.rows(OUTBOX)] == [("sent", 1, 0)]


async def test_what_waits_for_its_turn_at_a_stop_never_left(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, manners={"sms": Manner(per_second=4)}) as at:
        await queue(at, "one", "two", "three")
        await at.becomes("SELECT status, count(*) FROM outbox GROUP BY status", [("sending", 3)])
        await at.runtime.stop(10)
        assert {row.status for row in await at.rows(OUTBOX)} == {"queued"}
        assert {row.outcome for row in await at.rows(ATTEMPTS)} == {"down"}


async def test_a_channel_that_is_down_is_probed_and_its_messages_wait_uncounted(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none) as at:
        at.gateway.outcomes.extend([Down("refused"), Down("refused"), Sent()])
        await queue(at, "hello")
        await at.becomes("SELECT state, reason FROM channel", [("down", "refused")])
        await at.becomes(OUTBOX, [("queued", 1, 0)])
        await queue(at, "more", number=FATOU)
        for moved in (2_000, 4_000):
            at.clock.move(moved)
            at.runtime._owners["sms"].wake()
            await at.becomes("SELECT count(*) FROM attempt WHERE outcome = 'down'", [(2,)])
        await at.becomes(OUTBOX, [("sent", 3, 0), ("sent", 1, 0)])
        await at.becomes("SELECT state FROM channel", [("up",)])
        assert at.gateway.texts == ["hello", "hello", "hello", "more"], "one message probes, the others wait"


async def test_while_a_channel_is_down_the_database_is_not_asked_what_waits_for_it(
    tmp_path: Path, none: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path, none) as at:
        owner = at.runtime._owners["sms"]
        at.gateway.outcomes.extend([Down("refused"), Sent()])
        await queue(at, "hello")
        await at.becomes("SELECT state FROM channel", [("down",)])
        await queue(at, "more", number=FATOU)
        async with owner._turning:  # whatever it was about to do is done
            with monkeypatch.context() as asked:
                asked.setattr(owner, "_see", pytest.fail)
                assert owner._lease is not None
                await owner._take_turn(owner._lease)
        at.clock.move(2_000)
        owner.wake()
        await at.becomes(OUTBOX, [("sent", 2, 0), ("sent", 1, 0)])


async def test_a_stopped_line_gets_its_consent_and_nothing_more(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none) as at:
        await at.change("UPDATE line SET stopped_at = 1")
        await queue(at, "an answer")
        await queue(at, "you are out", kind="consent")
        assert await at.gateway.has(1) == ["you are out"]
        await at.becomes(OUTBOX, [("stopped", 0, 0), ("sent", 1, 0)])


async def test_stop_drops_what_waits(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(HELLO)) as at:
        at.gateway.open.clear()
        await at.says("HELLO")
        await at.gateway.has(1)
        await at.says("STOP")
        at.gateway.open.set()
        await at.gateway.has(2)
        await at.becomes(
            "SELECT class, status FROM outbox ORDER BY out_id",
            [(1, "sent"), (1, "stopped"), (1, "stopped"), (1, "stopped"), (0, "sent")],
        )
        await at.says("START")
        assert len(await at.gateway.has(3)) == 3


async def test_what_waited_too_long_is_not_sent(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, start=False) as at:
        await queue(at, "old")
        at.clock.move(7 * DAY)
        await queue(at, "new")
        await at.runtime.start()
        assert await at.gateway.has(1) == ["new"]
        await at.becomes(OUTBOX, [("expired", 0, 0), ("sent", 1, 0)])


async def test_replies_go_before_reminders_before_bulk(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, start=False, manners={"sms": Manner(at_once=1)}) as at:
        for kind in ("bulk", "reminder", "reply", "consent"):
            await queue(at, kind, kind=kind)
        await at.runtime.start()
        assert await at.gateway.has(4) == ["consent", "reply", "reminder", "bulk"]


async def test_no_more_are_on_their_way_than_the_channel_takes(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, manners={"sms": Manner(at_once=3)}) as at:
        at.gateway.open.clear()
        await queue(at, *map(str, range(10)))
        await at.gateway.has(3)
        await at.becomes("SELECT status, count(*) FROM outbox GROUP BY status", [("queued", 7), ("sending", 3)])
        at.gateway.open.set()
        assert sorted(await at.gateway.has(10)) == sorted(map(str, range(10)))


async def test_a_person_who_told_the_provider_to_stop_gets_no_more(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, manners={"sms": Manner(at_once=1)}) as at:
        at.gateway.outcomes.append(Refused("opted out", opted_out=True))
        await queue(at, "one", "two", session=7)
        await at.becomes("SELECT status FROM outbox ORDER BY out_id", [("refused",), ("stopped",)])


async def test_a_fault_of_the_database_loses_no_outcome(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none) as at:
        at.gateway.open.clear()
        await queue(at, "hello")
        await at.gateway.has(1)
        await at.change("ALTER TABLE attempt RENAME TO away")
        at.gateway.open.set()
        await at.becomes(OUTBOX, [("sending", 1, 0)])
        await at.change("ALTER TABLE away RENAME TO attempt")
        await at.becomes(OUTBOX, [("sent", 1, 0)])
        assert at.gateway.texts == ["hello"]


async def test_a_message_that_waits_for_its_receipt_holds_nothing_up_and_is_never_sent_again(
    tmp_path: Path, none: Library
) -> None:
    async with world(tmp_path, none, manners={"sms": Manner(unknown=RECEIPT)}) as at:
        at.gateway.outcomes.append(Unknown("reset"))
        await queue(at, "first", "second", session=7)
        assert await at.gateway.has(2) == ["first", "second"]
        at.clock.move(DAY)
        at.runtime._owners["sms"].wake()
        await at.becomes(OUTBOX, [("queued", 1, 1), ("sent", 1, 0)])
        at.clock.move(7 * DAY)
        at.runtime._owners["sms"].wake()
        await at.becomes("SELECT status FROM outbox ORDER BY out_id", [("unknown",), ("sent",)])
        assert at.gateway.texts == ["first", "second"]


async def test_a_receipt_says_what_became_of_it(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, manners={"sms": Manner(unknown=RECEIPT)}) as at:
        at.gateway.outcomes.append(Unknown("reset"))
        await queue(at, "hello")
        await at.gateway.has(1)
        await at.becomes(OUTBOX, [("queued", 1, 1)])
        await at.runtime.receipt(
            "sms", Receipt("delivered", at.gateway.messages[0].ref, code="DELIVRD", cost="USD 0.01")
        )
        await at.becomes(
            "SELECT status, receipt_code, receipt_cost FROM outbox JOIN attempt USING (out_id)",
            [("delivered", "DELIVRD", "USD 0.01")],
        )


async def test_who_speaks_gets_all_that_his_conversation_had_to_say(tmp_path: Path, library: MakeLibrary) -> None:
    """What it would have said among thousands is now part of an answer, and the answer waits for nothing."""
    async with world(tmp_path, library(HELLO), start=False, manners={"sms": Manner(at_once=1)}) as at:
        at.gateway.open.clear()
        await at.runtime.start()
        await queue(at, *(f"bulk {number}" for number in range(50)), number=FATOU, kind="bulk")
        await at.runtime.start_flow("hello", "moses", {}, "event-1")
        await at.says("what?")
        at.gateway.open.set()
        said = [text for text in await at.gateway.has(54) if not text.startswith("bulk")]
        assert said[:4] == ["one", "two", "three", "Who are you?"]
        assert "Who are you?" in at.gateway.texts[:8]


class Lost(Store):
    """A store whose next transaction with a message in it is committed, and nobody hears of it; or is not."""

    def __init__(self, real: Store, *, committed: bool) -> None:
        self._real = real
        self._committed = committed
        self.lost = 0
        self.name, self.vault, self.shared, self.new_key = real.name, real.vault, real.shared, None

    async def write(self, work: Callable[[Connection], T], urgency: int = 2) -> T:
        def run(connection: Connection) -> tuple[T, int, int]:
            before = _attempts(connection)
            return work(connection), before, _attempts(connection)

        if self.lost:
            return await self._real.write(work, urgency)
        if not self._committed:
            return await self._fail(work)
        result, before, after = await self._real.write(run, urgency)
        if before == after:
            return result
        self.lost = 1
        raise DoubtError("The connection was lost.")

    async def _fail(self, work: Callable[[Connection], T]) -> T:
        def run(connection: Connection) -> T:
            before = _attempts(connection)
            result = work(connection)
            if _attempts(connection) != before:
                self.lost = 1
                raise DoubtError("The connection was lost.")
            return result

        return await self._real.write(run)

    def read(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return self._real.read()

    async def close(self) -> None:
        await self._real.close()


def _attempts(connection: Connection) -> int:
    """Attempts made and attempts settled: a pick and a settle both change it."""
    return int(connection.scalar(sql("SELECT count(*) + count(outcome) FROM attempt")) or 0)


@pytest.mark.parametrize("committed", [True, False])
@pytest.mark.parametrize("at_settle", [False, True])
async def test_an_answer_that_was_lost_loses_and_doubles_nothing(
    tmp_path: Path, none: Library, monkeypatch: pytest.MonkeyPatch, committed: bool, at_settle: bool
) -> None:
    monkeypatch.setattr("engine.loops.AGAIN", 0.01)
    async with world(tmp_path, none) as at:
        if at_settle:
            at.gateway.open.clear()
            await queue(at, "one", "two", "three")
            await at.gateway.has(3)
        lost = Lost(at.store, committed=committed)
        monkeypatch.setattr(at.runtime._owners["sms"], "_store", lost)
        if at_settle:
            at.gateway.open.set()
        else:
            await queue(at, "one", "two", "three")
        await at.becomes("SELECT status, count(*) FROM outbox GROUP BY status", [("sent", 3)])
        assert lost.lost == 1
        assert sorted(at.gateway.texts) == ["one", "three", "two"]
        outcomes = {row.outcome for row in await at.rows("SELECT outcome FROM attempt")}
        assert outcomes <= {"sent", "down"}


@pytest.mark.parametrize(
    ("manner", "under_way", "room"),
    [
        (Manner(at_once=5), 0, 5),
        (Manner(at_once=5), 3, 2),
        (Manner(at_once=5), 7, 0),
        (Manner(at_once=5, per_second=3), 0, 3),
        (Manner(at_once=5, per_second=3), 1, 2),
        (Manner(at_once=2, per_second=3), 0, 2),
        (Manner(at_once=5, per_second=0.1), 0, 1),
    ],
)
async def test_so_many_are_picked_as_the_channel_takes_at_once_and_in_a_second(
    tmp_path: Path, none: Library, manner: Manner, under_way: int, room: int
) -> None:
    """And none where the second is used up, by whoever stops, or without the lease."""
    async with world(tmp_path, none, start=False) as at:
        owner, now = Owner("sms", _never, at.store, at.kit, at.clock, manner), at.clock.now()
        assert owner._room(now) == 0, "nobody's"
        await owner.take()
        gone = asyncio.create_task(asyncio.sleep(0))
        owner._under_way = {(number, 1): gone for number in range(under_way)}
        assert owner._room(now) == room
        owner._used_up = now + 1_001
        assert owner._room(now) == (0 if manner.per_second else room)
        owner._used_up = now + 1_000
        assert owner._room(now) == room
        await owner.stop(1)
        assert owner._room(now) == 0


async def _never(_: object) -> Outcome:
    raise AssertionError("nothing waits")


async def test_a_stop_keeps_the_pace_of_what_left_for_whoever_comes_next(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, start=False) as at:
        owner, stored = (
            Owner("sms", _never, at.store, at.kit, at.clock, Manner(per_second=1)),
            "SELECT paced_until FROM channel",
        )
        await owner.take()
        begun = (await at.rows(stored))[0][0]
        assert begun == at.clock.now() + 1_000, "a new owner begins empty"
        at.clock.move(1_000)
        await owner._pace.turn(begun, 5)
        await owner.stop(1)
        assert await at.rows(stored) == [(begun + 5_000,)]
        await Owner("sms", _never, at.store, at.kit, at.clock, Manner(per_second=1)).take()
        assert await at.rows(stored) == [(begun + 5_000,)]


async def test_a_stop_that_left_nothing_takes_none_of_the_pace_away(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, start=False) as at:
        owner = Owner("sms", _never, at.store, at.kit, at.clock, Manner(per_second=1))
        await owner.take()
        await at.change("UPDATE channel SET paced_until = :moment", moment=at.clock.now() + 9_000)
        await owner.stop(1)
        assert await at.rows("SELECT owner, paced_until FROM channel") == [(None, at.clock.now() + 9_000)]
