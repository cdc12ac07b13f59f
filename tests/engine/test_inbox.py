"""What was accepted is stored and has one effect; one bad message harms no other (I1, I2, I19)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from engine import box, inbox, writer
from engine.batch import Outcome
from engine.inbox import BATCH, CROWD, DOUBTS, Arrival, Inbox
from engine.lanes import BULK, TIMERS, BusyError
from engine.library import Library
from engine.limits import DAY, MINUTE
from engine.outbox import Manner
from engine.store import DoubtError, StoreError
from engine.work import Fire, Item, Message, decode
from tests.engine.motion import FATOU, MOSES, NOBODY, MakeLibrary, World, world

SURVEY = """
    flow survey: Survey
        languages: en
        channels: sms
        start on word SURVEY
    ask cases: How many cases?
        answer: whole number from 0 to 500
    ask problem: What is the problem?
        answer: text up to 300 letters
    say: Thank you.
"""
# What a database does whose disk is full; a trigger says it in the words of each.
FULL = {
    "sqlite": ("ALTER TABLE event RENAME TO away",),
    "postgresql": (
        (
            "CREATE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the disk is full' USING ERRCODE = 'disk_full'; END $$"
        ),
        "CREATE TRIGGER is_full BEFORE INSERT ON event EXECUTE FUNCTION is_full()",
    ),
}
EMPTY = {"sqlite": "ALTER TABLE away RENAME TO event", "postgresql": "DROP TRIGGER is_full ON event"}
CASES, PROBLEM, THANKS = "How many cases?", "What is the problem?", "Thank you."


@pytest.fixture
def survey(library: MakeLibrary) -> Library:
    return library(SURVEY)


@pytest.fixture
def deadly(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A message DEADLY makes the step raise; gives all texts that were stepped."""
    stepped: list[str] = []
    real = box.receive

    def receive(view: box.View, text: str, *rest: Any, **named: Any) -> list[box.Applied]:
        stepped.append(text)
        if text == "DEADLY":
            raise RuntimeError("this one")
        return real(view, text, *rest, **named)

    monkeypatch.setattr(box, "receive", receive)
    return stepped


async def events(at: World) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await at.rows("SELECT kind, state, tries FROM event ORDER BY box_id, n")]


async def test_a_conversation_goes_through_its_flow(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        for said in ("SURVEY", "12", "no soap"):
            accepted = await at.says(said)
            assert not accepted.repeat
        assert await at.heard() == [CASES, PROBLEM, THANKS]
        answers = await at.rows("SELECT question, n, code, number, aside FROM answer ORDER BY n")
        assert [tuple(row) for row in answers] == [("cases", 1, None, 12.0, 0), ("problem", 2, None, None, 0)]


async def test_a_delivery_that_repeats_has_one_effect(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await at.says("SURVEY", key="a")
        first = await at.says("12", key="b")
        again = await at.says("12", key="b")
        assert (first.repeat, again.repeat) == (False, True)
        assert first.line_id == again.line_id
        assert await at.heard() == [CASES, PROBLEM]


async def test_the_same_key_on_another_line_is_another_delivery(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await at.says("SURVEY", MOSES, key="a")
        assert not (await at.says("SURVEY", FATOU, key="a")).repeat
        assert await at.heard(FATOU) == [CASES]


@pytest.mark.parametrize(
    ("text", "sent_at", "repeat"),
    [
        ("SURVEY", 1_740_000_000_000, True),
        ("SURVEY", 1_740_000_001_000, False),
        ("SURVEY", None, False),
        ("12", 1_740_000_000_000, False),  # two parts of what he wrote, in one second of the network
    ],
)
async def test_the_same_text_of_one_network_moment_is_one_message(
    tmp_path: Path, survey: Library, text: str, sent_at: int | None, repeat: bool
) -> None:
    """RULES E4: however late, though the gateway gives it another key."""
    async with world(tmp_path, survey) as at:
        await at.runtime.accept(Arrival("sms", "a", MOSES, "SURVEY", 1_740_000_000_000))
        at.clock.move(DAY)
        again = await at.runtime.accept(Arrival("sms", "b", MOSES, text, sent_at))
        assert again.repeat is repeat


async def test_a_double_send_is_stored_and_not_used(tmp_path: Path, survey: Library) -> None:
    """RULES E4: the next question was handed over less than 5 seconds ago."""
    async with world(tmp_path, survey) as at:
        await at.says("SURVEY")
        at.clock.move(MINUTE)
        await at.says("12")
        await at.becomes("SELECT count(*) FROM outbox WHERE status = 'sent'", [(2,)])
        at.clock.move(4_999)
        await at.says("12")
        assert await at.heard() == [CASES, PROBLEM]
        at.clock.move(1)
        await at.says("12")
        assert await at.heard() == [CASES, PROBLEM, THANKS]
        said = [each.text for each in await at.transcript() if each.who == "worker"]
        assert said == ["SURVEY", "12", "12", "12"]


async def test_one_batch_folds_the_messages_of_a_line_in_order_and_knows_repeats_within_it(
    tmp_path: Path, survey: Library
) -> None:
    async with world(tmp_path, survey) as at:
        said = [("SURVEY", "1"), ("12", "2"), ("12", "2"), ("no soap", "3")]
        accepted = await asyncio.gather(*(at.says(text, key=key) for text, key in said))
        assert [each.repeat for each in accepted] == [False, False, True, False]
        assert await at.heard() == [CASES, PROBLEM, THANKS]
        sequence = await at.rows("SELECT n, seq FROM event ORDER BY n")
        assert [tuple(row) for row in sequence] == [(1, 1), (2, 2), (3, 3)]


async def test_a_number_that_nobody_knows_gets_a_line_and_one_answer(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        for text in ("hello", "hello?", "SURVEY"):
            await at.says(text, NOBODY)
        assert len(await at.heard(NOBODY)) == 1
        assert [each.text for each in await at.transcript(NOBODY) if each.who == "worker"] == [
            "hello",
            "hello?",
            "SURVEY",
        ]


async def test_a_sender_without_a_number_is_stored_and_not_answered(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await at.says("Your balance is low", "MobileMoney")
        assert await at.heard("MobileMoney") == []
        assert len(await at.transcript("MobileMoney")) == 1


@pytest.mark.parametrize(
    ("sent", "stored"),
    [("no\0 soap", "no soap"), ("half \ud83d a letter", "half � a letter"), ("\ud83d\ude00", "😀"), ("", "")],
)
async def test_a_text_is_made_storable(tmp_path: Path, survey: Library, sent: str, stored: str) -> None:
    async with world(tmp_path, survey) as at:
        await at.says(sent)
        assert (await at.transcript())[0].text == stored


@pytest.mark.parametrize(
    ("sender", "key"), [("Mobile\0Money", "a"), ("Half\ud83d", "a"), (MOSES, "a\0"), (MOSES, "\ud83d")]
)
async def test_what_no_database_holds_in_a_sender_or_a_key_harms_nobody(
    tmp_path: Path, survey: Library, sender: str, key: str
) -> None:
    async with world(tmp_path, survey) as at:
        assert [(await at.says("hello", sender, key)).repeat for _ in range(2)] == [False, True]


@pytest.mark.parametrize(("place", "stored"), [(0, [1, 1, 2, 4, 8]), (5, [4, 1, 1, 2, 8]), (15, [8, 4, 2, 1, 1])])
async def test_a_batch_that_fails_is_halved_until_the_culprit_is_alone(
    tmp_path: Path, survey: Library, deadly: list[str], place: int, stored: list[int]
) -> None:
    """So one bad message of 64 costs 13 transactions, and not 127."""
    async with world(tmp_path, survey) as at:
        sizes: list[int] = []
        at.runtime.inbox.measured = lambda size, _seconds: sizes.append(size)
        texts = ["hello" for _ in range(16)]
        texts[place] = "DEADLY"
        await asyncio.gather(*(at.says(text, f"+2317700001{i:02}") for i, text in enumerate(texts)))
        assert sizes == stored


async def test_a_message_that_cannot_be_stepped_is_parked_alone(
    tmp_path: Path, survey: Library, deadly: list[str]
) -> None:
    async with world(tmp_path, survey) as at:
        numbers = [f"+2317700001{i:02}" for i in range(8)]
        await asyncio.gather(
            *(at.says(f"hello {number}", number) for number in numbers[:5]),
            at.says("DEADLY", MOSES, key="d"),
            *(at.says(f"hello {number}", number) for number in numbers[5:]),
        )
        await at.becomes("SELECT kind, state, tries FROM event WHERE state <> 1", [("message", 2, 3)])
        for number in numbers:
            assert len(await at.heard(number)) == 1
        assert deadly.count("DEADLY") > 3
        row = (await at.rows("SELECT box_id, n, body, fault FROM event WHERE state = 2"))[0]
        trace = at.store.vault.open("event.fault", row.box_id, row.n, row.fault).decode()
        assert "this one" in trace
        assert decode(at.store.vault.open("event", row.box_id, row.n, row.body)) == Message("DEADLY", "sms")


async def test_a_parked_message_holds_nobody_up_and_its_repeat_does_nothing(
    tmp_path: Path, survey: Library, deadly: list[str]
) -> None:
    async with world(tmp_path, survey) as at:
        assert not (await at.says("DEADLY", key="d")).repeat
        assert (await at.says("DEADLY", key="d")).repeat
        await at.says("SURVEY")
        assert await at.heard() == [CASES]


async def test_what_was_accepted_before_a_crash_is_stepped_at_the_next_start(
    tmp_path: Path, survey: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path, survey) as at:
        with monkeypatch.context() as patch:
            patch.setattr(Inbox, "_treat", _nothing)
            at.runtime.inbox._careful = 1
            await at.says("SURVEY")
        assert await events(at) == [("message", 0, 0)]
        await at.crash()
        await at.runtime.start()
        assert await events(at) == [("started", 1, 1)]
        assert await at.heard() == [CASES]


async def test_after_a_crash_the_first_batches_are_stored_before_they_are_stepped(
    tmp_path: Path, survey: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path, survey) as at:
        await at.crash()
        await at.runtime.start()
        await at.says("SURVEY")
        await at.says("12")
        await at.becomes("SELECT kind, state, tries FROM event ORDER BY n", [("started", 1, 1), ("received", 1, 1)])
        assert await at.heard() == [CASES, PROBLEM]


async def test_after_a_clean_stop_they_are_not(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await at.runtime.stop(1)
        await at.store.close()
        at.open()
        await at.runtime.start()
        await at.says("SURVEY")
        assert await events(at) == [("started", 1, 0)]


async def test_a_message_that_ends_the_process_each_time_is_parked(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        at.runtime.inbox._careful = 1
        await at.says("SURVEY")
        await at.becomes("SELECT state FROM event", [(1,)])
        await at.change("UPDATE event SET state = 0, tries = 3, kind = 'message'")
        await at.change("UPDATE box SET accepted = 1 WHERE box_id IN (SELECT box_id FROM event)")
        await at.crash()
        await at.runtime.start()
        assert await events(at) == [("message", 2, 3)]


async def test_a_database_that_cannot_be_written_gives_no_yes_and_takes_the_repeat(
    tmp_path: Path, survey: Library, database: str
) -> None:
    async with world(tmp_path, survey) as at:
        for statement in FULL[database]:
            await at.change(statement)
        with pytest.raises(StoreError, match="Nothing was stored"):
            await at.says("SURVEY", key="a")
        await at.change(EMPTY[database])
        assert not (await at.says("SURVEY", key="a")).repeat
        assert await at.heard() == [CASES]


async def test_a_start_that_begins_nothing_tidies_up_and_is_stored(tmp_path: Path, survey: Library) -> None:
    """The gateway said that the number opted out, and nobody has looked after its conversation yet."""
    async with world(tmp_path, survey) as at:
        await at.says("SURVEY")
        await at.change("UPDATE line SET stopped_at = 1")
        for repeat in (False, True):
            began = await at.runtime.start_flow("survey", "moses", {}, "key")
            assert (began.session_id, began.repeat) == (0, repeat)
        assert await at.rows("SELECT status, outcome FROM session") == [("ended", "opted_out")]


async def test_a_stop_gives_what_waits_the_time_to_be_stored(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        waiting = asyncio.create_task(at.says("SURVEY"))
        await asyncio.sleep(0)
        await at.runtime.inbox.stop(10)
        assert (await waiting).session_id


async def test_whoever_brought_what_a_stop_cut_off_is_told_to_bring_it_again(
    tmp_path: Path, survey: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was being stored may be stored; what waited behind it is not."""
    async with world(tmp_path, survey) as at:
        begun = asyncio.Event()

        async def stands_still(*_: Any) -> None:
            begun.set()
            await asyncio.Event().wait()

        with monkeypatch.context() as patch:
            patch.setattr(at.store, "write", stands_still)
            under_way = asyncio.create_task(at.says("SURVEY", key="a"))
            await begun.wait()
            behind = asyncio.create_task(at.says("12", key="b"))
            await asyncio.sleep(0)
            await at.runtime.inbox.stop(0)
            async with asyncio.timeout(10):
                heard = [str(each) for each in await asyncio.gather(under_way, behind, return_exceptions=True)]
        assert heard == [
            "It is not known whether this was stored: bring it again.",
            "The server stops. Nothing was stored.",
        ]


async def test_a_caller_who_went_away_harms_nobody(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        gone = asyncio.create_task(at.says("SURVEY", key="a"))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        await at.says("SURVEY", key="a")
        assert await at.heard() == [CASES]


async def test_too_much_that_waits_is_refused(tmp_path: Path, survey: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.lanes.WAITING", 2)
    async with world(tmp_path, survey) as at:
        results = await asyncio.gather(*(at.says("x", key=str(i)) for i in range(4)), return_exceptions=True)
        assert [isinstance(each, BusyError) for each in results] == [False, False, True, True]


async def test_what_is_accepted_is_on_the_disk_sealed(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        await at.says("SURVEY")
        await at.says("12")
        await at.says("no soap at all")
        await at.runtime.stop(1)
        await at.store.close()
        at.open()
        files, program = await at.on_disk(), survey.flows()[0].program.encode()
        for secret in (b"no soap at all", b"770000001", b"Moses", b"What is the problem"):
            assert files.count(secret) == program.count(secret)


async def _nothing(_inbox: Inbox) -> None:
    return


async def test_on_an_instant_channel_the_same_text_again_is_an_answer(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey, manners={"sms": Manner(instant=True)}) as at:
        for said in ("SURVEY", "12", "12"):
            await at.says(said)
        assert await at.heard() == [CASES, PROBLEM, THANKS]


async def test_elsewhere_it_is_a_double_send(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        for said in ("SURVEY", "12", "12"):
            await at.says(said)
        assert await at.heard() == [CASES, PROBLEM]


async def test_after_a_crowd_its_members_who_come_again_are_one_batch(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        sizes: list[int] = []
        at.runtime.inbox.measured = lambda size, _seconds: sizes.append(size)

        async def twice(number: int) -> None:
            await at.runtime.accept(Arrival("sms", f"a{number}", f"+2315900{number:04}", "hello"))
            for _ in range(number):  # one after the other, as answers leave and requests come in
                await asyncio.sleep(0)
            await at.runtime.accept(Arrival("sms", f"b{number}", f"+2315900{number:04}", "SURVEY"))

        await asyncio.gather(*map(twice, range(2 * CROWD)))
        assert sizes == [2 * CROWD, 2 * CROWD]


@pytest.mark.parametrize("lane", [TIMERS, BULK])
async def test_where_nobody_waits_a_batch_is_as_long_as_it_may_take(
    tmp_path: Path, survey: Library, monkeypatch: pytest.MonkeyPatch, lane: int
) -> None:
    monkeypatch.setattr(inbox, "LONGEST", 1_000.0)
    sizes: list[int] = []
    async with world(tmp_path, survey) as at:
        at.runtime.inbox.measured = lambda size, _seconds: sizes.append(size)
        await asyncio.gather(*(at.runtime.inbox.do(gone(n), lane) for n in range(3 * BATCH)))
        assert sizes == [BATCH, 2 * BATCH]  # how long one takes is known after the first


async def test_a_message_that_waits_makes_the_batch_short(
    tmp_path: Path, survey: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "LONGEST", 1_000.0)
    sizes: list[int] = []
    async with world(tmp_path, survey) as at:
        await asyncio.gather(*(at.runtime.inbox.do(gone(n), TIMERS) for n in range(BATCH)))
        at.runtime.inbox.measured = lambda size, _seconds: sizes.append(size)
        fired = (at.runtime.inbox.do(gone(n), TIMERS) for n in range(3 * BATCH))
        await asyncio.gather(at.says("SURVEY"), *fired)
        assert sizes == [BATCH, 2 * BATCH + 1]


async def test_a_whole_batch_need_not_wait_for_the_one_under_way(
    tmp_path: Path, survey: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path, survey) as at:
        if not at.store.shared:
            pytest.skip("a file has one who writes")
        two, write, under_way = asyncio.Event(), at.store.write, 0

        async def wait_for_another(work: Callable[[Connection], Outcome], urgency: int = writer.BULK) -> Outcome:
            nonlocal under_way
            under_way += urgency == writer.INBOX
            if under_way == 2:
                two.set()
            await two.wait()
            return await write(work, urgency)

        monkeypatch.setattr(at.store, "write", wait_for_another)
        async with asyncio.timeout(30):
            hello = (at.says("hello", number=f"+2315900{number:04}", key=str(number)) for number in range(2 * BATCH))
            await asyncio.gather(*hello)


def gone(number: int) -> Item:
    """A timer that nobody finds any more."""
    return Item(Fire(number, "remind:0"), bucket=number, box_id=number)


@pytest.mark.parametrize(("lost", "refused"), [(1, False), (DOUBTS, False), (DOUBTS + 1, True)])
async def test_what_may_have_been_stored_is_tried_again_and_its_answer_leaves(
    tmp_path: Path, survey: Library, monkeypatch: pytest.MonkeyPatch, lost: int, refused: bool
) -> None:
    """The second try is a repeat, which rings nobody: without the ring of the doubt the answer would wait."""
    async with world(tmp_path, survey) as at:
        await at.becomes("SELECT count(*) FROM channel WHERE owner IS NOT NULL", [(1,)])
        await asyncio.sleep(0.2)  # whoever sends has looked, found nothing, and waits for a ring
        real, doubts = at.store.write, [DoubtError("The connection was lost.")] * lost

        async def write(work: Callable[[Connection], Any], urgency: int = writer.BULK) -> Any:
            result = await real(work, urgency)
            if urgency == writer.INBOX and doubts:
                raise doubts.pop()
            return result

        monkeypatch.setattr(at.store, "write", write)
        if refused:
            with pytest.raises(StoreError):
                await at.says("SURVEY", key="a")
        assert (await at.says("SURVEY", key="a")).repeat
        assert await at.gateway.has(1) == [CASES]
        assert len(await at.rows("SELECT n FROM event")) == 1
        assert await at.heard() == [CASES]
