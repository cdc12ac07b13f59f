"""Where a gateway waits for what the worker hears: the reply is stored with its turn, and a repeat hears the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from engine import box
from engine.delivery import Reply
from engine.invariants import breaches
from engine.library import Library
from engine.limits import DAY, HOUR
from engine.purging import Purge, Terms
from engine.recounting import recount
from engine.store import StoreError
from tests.engine.motion import FATOU, MOSES, NOBODY, MakeLibrary, World, world
from tests.engine.test_outbox import queue

SURVEY = """
    flow survey: Survey
        languages: en
        channels: sms
        start on word SURVEY
    ask cases: How many cases?
        answer: whole number from 0 to 500
        remind after 1 hour: Please answer.
    say: So many!
    ask problem: What is the problem?
        answer: text up to 300 letters
    say: Thank you for: {problem}.
"""
ASKED, NEXT, OVER = (
    Reply(("How many cases?",), waits=True),
    Reply(("So many!", "What is the problem?"), waits=True),
    Reply(("Thank you for: none.",), waits=False),
)
CALLS: dict[str, Any] = {"answering": frozenset({"sms"})}


@pytest.fixture
def survey(library: MakeLibrary) -> Library:
    return library(SURVEY)


async def reply(at: World, said: str, key: str, number: str = MOSES) -> Reply | None:
    return (await at.says(said, number, key)).reply


async def test_the_turns_of_a_call(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey, **CALLS) as at:
        assert [await reply(at, *turn) for turn in (("SURVEY", "1"), ("2", "2"), ("none", "3"))] == [ASKED, NEXT, OVER]
        assert at.gateway.messages == []
        assert await at.rows("SELECT DISTINCT status, tries FROM outbox") == [("sent", 0)]
        async with at.store.read() as connection:
            assert await connection.run_sync(breaches) == []


async def test_a_repeat_hears_the_same_and_nothing_follows(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey, **CALLS) as at:
        await at.says("SURVEY", key="1")
        assert await reply(at, "2", "2") == NEXT
        before = await at.rows("SELECT * FROM event ORDER BY n")
        again = await at.says("2", key="2")
        assert (again.repeat, again.reply) == (True, NEXT)
        assert await reply(at, "SURVEY", "1") == ASKED
        assert await at.rows("SELECT * FROM event ORDER BY n") == before
        await at.crash()
        await at.runtime.start()
        assert await reply(at, "2", "2") == NEXT
        assert await reply(at, "none", "3") == OVER


async def test_a_repeat_beside_the_first_hears_the_same(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey, **CALLS) as at:
        assert await asyncio.gather(*(reply(at, "SURVEY", "1") for _ in range(3))) == [ASKED] * 3


async def test_what_was_not_stored_is_stepped_anew(
    tmp_path: Path, survey: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path, survey, **CALLS) as at:
        with monkeypatch.context() as patch:
            patch.setattr("engine.batch.writing.write", _full)
            with pytest.raises(StoreError):
                await at.says("SURVEY", key="1")
        anew = await at.says("SURVEY", key="1")
        assert (anew.repeat, anew.reply) == (False, ASKED)


def _full(*_: object) -> None:
    raise StoreError("The disk is full. Nothing was stored.")


async def test_what_is_first_stored_and_then_stepped_is_answered_in_the_same_request(
    tmp_path: Path, survey: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed: list[str] = []
    real = box.receive

    def once(view: Any, text: str, *rest: Any, **named: Any) -> Any:
        if not failed:
            failed.append(text)
            raise LookupError("this time only")
        return real(view, text, *rest, **named)

    async with world(tmp_path, survey, **CALLS) as at:
        monkeypatch.setattr(box, "receive", once)
        accepted = await at.says("SURVEY", key="1")
        assert (failed, accepted.repeat, accepted.reply) == (["SURVEY"], False, ASKED)
        at.runtime.inbox.be_careful()
        assert await reply(at, "2", "2") == NEXT
        assert await reply(at, "2", "2") == NEXT


async def test_of_what_is_parked_nothing_is_known(
    tmp_path: Path, survey: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any, **__: Any) -> Any:
        raise LookupError("always")

    async with world(tmp_path, survey, **CALLS) as at:
        with monkeypatch.context() as patch:
            patch.setattr(box, "receive", never)
            assert await reply(at, "SURVEY", "1") is None
        assert await reply(at, "SURVEY", "1") is None
        assert await at.rows("SELECT state FROM event") == [(2,)]


async def test_the_clock_of_a_question_starts_with_its_answer(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey, **CALLS) as at:
        await at.says("SURVEY")
        assert (at.clock.now() + HOUR,) in await at.rows("SELECT due_at FROM timer")
        at.clock.move(HOUR)
        await at.runtime.timers.fire_due()
        assert await at.gateway.has(1) == ["Please answer."]  # nobody is on the line
        async with at.store.read() as connection:
            assert (await connection.run_sync(recount, at.store.vault, at.library)).breaches == []


async def test_two_phones_that_become_one_box_are_answered_as_before(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey, **CALLS) as at:
        for number in (MOSES, FATOU):
            assert await reply(at, "SURVEY", "1", number) == ASKED
        await at.registry.put_workers([{"id": "moses", "phones": [MOSES, FATOU]}])
        for number in (MOSES, FATOU):
            assert await reply(at, "SURVEY", "1", number) == ASKED


async def test_replies_are_sealed_and_go_after_a_day(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey, **CALLS) as at:
        for key, said in (("1", "SURVEY"), ("2", "2"), ("3", "cholera")):
            await at.says(said, key=key)
        assert b"cholera" not in await at.on_disk()
        for moved, kept in ((DAY, 3), (1, 0)):
            at.clock.move(moved)
            await Purge(at.store, Terms.of(at.clock.now(), None, None, 30)).all()
            assert await at.rows("SELECT count(*) FROM event WHERE reply IS NOT NULL") == [(kept,)]
        assert await reply(at, "cholera", "3") is None


async def test_messages_are_answered_by_messages(tmp_path: Path, survey: Library) -> None:
    async with world(tmp_path, survey) as at:
        for number in (MOSES, NOBODY):
            assert await reply(at, "SURVEY", "1", number) is None
        assert (await at.gateway.has(2))[0] == "How many cases?"
        assert await at.rows("SELECT count(*) FROM event WHERE reply IS NOT NULL") == [(0,)]


SLEEP = """
    flow sleep: Sleep
        languages: en
        channels: sms
        start on word SLEEP
    say: Good night.
    do nothing
    wait 2 days
    say: Good morning.
"""


@asynccontextmanager
async def calls_only(folder: Path, library: Library) -> AsyncIterator[World]:
    """A world in which nothing leaves but what is answered."""
    async with world(folder, library, start=False, **CALLS) as at:
        await at.runtime.inbox.start()
        yield at
        await at.runtime.inbox.stop(1)


async def test_a_reply_hands_over_its_own_messages_alone(tmp_path: Path, library: MakeLibrary) -> None:
    """What waits for the line waits on, and an action is nothing that one hears."""
    async with calls_only(tmp_path, library(SLEEP)) as at:
        await queue(at, "later")
        assert await reply(at, "SLEEP", "1") == Reply(("Good night.",), waits=False)
        handed = await at.rows("SELECT channel, status, sent_at FROM outbox ORDER BY out_id")
        assert [tuple(row) for row in handed] == [
            ("sms", "queued", None),
            ("sms", "sent", at.clock.now()),
            ("do:nothing", "queued", None),
        ]


async def test_a_call_ends_where_a_question_waits_for_another_worker_of_the_same_box(
    tmp_path: Path, survey: Library
) -> None:
    async with calls_only(tmp_path, survey) as at:
        for name, number in (("moses", MOSES), ("fatou", FATOU)):
            await at.registry.put_workers([{"id": name, "phones": [number, NOBODY]}])
        assert await reply(at, "SURVEY", "1") == ASKED
        for number, waits in ((FATOU, False), (MOSES, True)):
            heard = await reply(at, "HELP", "2", number)
            assert heard is not None
            assert heard.waits is waits
        assert await at.rows("SELECT status FROM session") == [("waiting",)]


CLOCK = """
    INSERT INTO timer (bucket, box_id, session_id, name, guard, after, due_at)
    SELECT bucket, box_id, session_id + {other}, 'beside', wait + {later}, {after}, 77 FROM session
"""


@pytest.mark.parametrize(
    ("other", "later", "after", "starts"),
    [(0, 1, 1000, True), (1, 1, 1000, False), (0, 2, 1000, False), (0, 1, "NULL", False)],
    ids=["its own", "another conversation's", "another question's", "one that has its moment"],
)
async def test_what_is_handed_over_starts_the_clocks_of_its_question_alone(
    tmp_path: Path, survey: Library, other: int, later: int, after: object, starts: bool
) -> None:
    async with calls_only(tmp_path, survey) as at:
        await at.says("SURVEY", key="1")
        await at.change(CLOCK.format(other=other, later=later, after=after))
        assert await reply(at, "2", "2") == NEXT
        due = at.clock.now() + 1000 if starts else 77
        assert await at.rows("SELECT due_at FROM timer WHERE name = 'beside'") == [(due,)]
