"""What is past its time is gone everywhere, and what is not is still there; what others count on stays (I26)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import LargeBinary, select

from console import queries
from engine import audit, auditing, parked, schema
from engine.audit import Entry
from engine.inbox import Inbox
from engine.limits import DAY
from engine.purging import PARTS, Purge, Terms
from tests.engine.motion import FATOU, MOSES, MakeLibrary, World, world

FLOW = """
    flow who: Who
        languages: en
        channels: sms
        start on word WHO
    ask name: What is your name?
        answer: text up to 40 letters
    set worker.nickname to name
    tell supervisor: {name} is here.
    ask colour: Which colour?
        1. red: Red
        2. blue: Blue
    say: Thank you, {name}.
"""
SEALED = {
    ("event", "body"),
    ("event", "facts"),
    ("session", "state"),
    ("outbox", "body"),
    ("mail", "body"),
    ("answer", "raw"),
    ("claim", "new"),
    ("claim", "old"),
    ("audit", "detail"),
}


async def talked(here: World) -> None:
    """Moses goes through the flow, and Fatou stands at its first question."""
    for number, said in enumerate(("WHO", "Mosi", "2")):
        await here.says(said)
        await here.gateway.has(number + 1)
    await here.says("WHO", FATOU)
    await here.becomes("SELECT count(*) FROM mail WHERE done_at IS NOT NULL", [(1,)])
    await here.becomes("SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending')", [(0,)])


async def full(here: World, table: str, column: str) -> int:
    return int((await here.rows(f"SELECT count(*) FROM {table} WHERE length({column}) > 0"))[0][0])


async def purged(here: World, **terms: int) -> dict[str, int]:
    return dict(await Purge(here.store, Terms(**terms)).all())


async def test_nothing_that_is_young_goes(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        await talked(here)
        now = here.clock.now()
        assert await purged(here, messages=now, answers=now, seen=now) == {}


async def test_what_was_said_is_gone_from_every_table(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        await talked(here)
        before = {place: await full(here, *place) for place in SEALED}
        assert all(before.values()), before
        rows = await purged(here, messages=here.clock.now() + 1)
        assert set(rows) == {table for table, _ in SEALED}
        after = {place: await full(here, *place) for place in SEALED}
        # Fatou's conversation goes on: it needs its state, and the events that made it.
        assert {place: number for place, number in after.items() if number} == {
            ("event", "body"): 1,
            ("event", "facts"): 1,
            ("session", "state"): 1,
        }
        assert await full(here, "answer", "value") == 2


async def test_every_sealed_column_is_thought_of() -> None:
    """A new one has to be purged, or to be named here with a reason."""
    kept = {
        ("answer", "value"): "kept, unless the settings say how long",
        ("event", "reply"): "with its event",
        ("event", "fault"): "with its event",
        ("broadcast", "body"): "in no box",
        ("line", "address"): "who is registered",
        ("worker", "record"): "who is registered",
        ("worker", "pin_mac"): "who is registered",
        ("facility", "record"): "no person",
        ("program", "code"): "no person",
        ("box", "audit_head"): "a mark",
        ("audit", "digest"): "a mark",
        ("audit", "mac"): "a mark",
        ("audit_anchor", "root"): "a mark",
        ("audit_anchor", "mac"): "a mark",
    }
    sealed = {
        (table.name, column.name)
        for table in schema.metadata.tables.values()
        for column in table.c
        if isinstance(column.type, LargeBinary)
    }
    assert sealed == SEALED | kept.keys()


async def test_answers_stay_unless_it_is_said(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        await talked(here)
        later = here.clock.now() + 1
        await purged(here, messages=later)
        assert await here.rows("SELECT code FROM answer WHERE question = 'colour'") == [("blue",)]
        await purged(here, messages=later, answers=later)
        gone = await here.rows("SELECT code, number, label, length(value), length(raw) FROM answer")
        assert {tuple(row) for row in gone} == {(None, None, "", 0, 0)}


async def test_whose_conversation_goes_on_can_answer(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        await talked(here)
        await purged(here, messages=here.clock.now() + 1, seen=here.clock.now() + 1)
        await here.says("Fati", FATOU)
        await here.becomes("SELECT count(*) FROM answer WHERE length(raw) > 0", [(1,)])
        assert [said.text for said in await here.transcript(MOSES)] == []


async def test_deliveries_are_known_for_thirty_days_at_least(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        await here.says("WHO", key="once")
        terms = Terms.of(here.clock.now() + 30 * DAY, None, None, 1)
        assert await Purge(here.store, terms).all() == {}
        assert (await here.says("WHO", key="once")).repeat
        terms = Terms.of(here.clock.now() + 30 * DAY + 1, None, None, 1)
        assert await Purge(here.store, terms).all() == {"seen": 1}


async def test_counting_changes_nothing(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        await talked(here)
        purge = Purge(here.store, Terms(messages=here.clock.now() + 1))
        total: dict[str, int] = {}
        for part in range(PARTS):
            for table, number in (await purge.part(part, dry=True)).items():
                total[table] = total.get(table, 0) + number
        before = {table.name: await dump(here, table) for table in schema.metadata.sorted_tables}
        assert total == await purged(here, messages=here.clock.now() + 1)
        assert before != {table.name: await dump(here, table) for table in schema.metadata.sorted_tables}


async def dump(here: World, table: Any) -> list[tuple[Any, ...]]:
    async with here.store.read() as connection:
        return [tuple(row) for row in await connection.execute(select(table))]


async def test_the_audit_can_be_proved_afterwards(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        entry = Entry("grace", "send", "to moses")
        await here.store.write(lambda c: audit.note(c, here.store.vault, entry, here.clock.now()))
        await purged(here, messages=here.clock.now() + 1)
        async with here.store.read() as connection:
            assert {row.detail for row in await auditing.newest(connection, here.store.vault, 9)} == {""}
            assert (await auditing.verify(connection, here.store.vault, {}))[1] == []


async def test_the_pages_show_what_is_left(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        await talked(here)
        later = here.clock.now() + 1
        await purged(here, messages=later, answers=later)
        async with here.store.read() as connection:
            assert await queries.sessions(connection, here.store.vault, "moses") == []
            assert len(await queries.sessions(connection, here.store.vault, "fatou")) == 1
            found = await queries.answers(connection, here.store.vault, "moses")
        assert [each.value for each in found] == [None, None]


async def test_what_was_parked_and_lost_its_words_cannot_be_put_back(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        await here.says("hello")
        await here.change("UPDATE event SET state = 2, fault = body")
        await purged(here, messages=here.clock.now() + 1)
        [(home, n, fault)] = await here.rows("SELECT box_id, n, fault FROM event WHERE length(body) = 0")
        assert fault is None  # it may hold the words, too
        assert await here.store.write(lambda c: parked.replay(c, here.store.vault, home, n, "grace", 1)) == []


@pytest.mark.parametrize(("status", "left"), [("queued", 1), ("sending", 1), ("failed", 0), ("delivered", 0)])
async def test_what_is_still_to_be_sent_keeps_its_text(
    tmp_path: Path, library: MakeLibrary, status: str, left: int
) -> None:
    async with world(tmp_path, library(FLOW), start=False) as here:
        await here.runtime.inbox.start()
        await here.says("WHO")
        await here.change("UPDATE outbox SET status = :status", status=status)
        await purged(here, messages=here.clock.now() + 1)
        assert await full(here, "outbox", "body") == left


async def test_what_is_stored_and_not_applied_yet_keeps_its_words(
    tmp_path: Path, library: MakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long nobody steps it: a worker wrote it, and got a yes."""

    async def nobody(_: Inbox) -> None:
        return

    async with world(tmp_path, library(FLOW)) as here:
        with monkeypatch.context() as patch:
            patch.setattr(Inbox, "_treat", nobody)
            here.runtime.inbox.be_careful()
            await here.says("WHO")
        assert "event" not in await purged(here, messages=here.clock.now() + 1)
        here.clock.move(DAY)
        await here.runtime.inbox.sweep()
        assert await here.gateway.has(1) == ["What is your name?"]


async def test_answers_that_go_before_messages_go_with_what_was_typed(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        await talked(here)
        await purged(here, answers=here.clock.now() + 1)
        assert (await full(here, "answer", "value"), await full(here, "answer", "raw")) == (0, 0)
        assert await full(here, "event", "body") > 0


async def test_rounds_of_schedules_that_are_over_go(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(), start=False) as here:
        for state in ("known", "going", "done", "stopped", "missed"):
            sql = "INSERT INTO schedule_run (schedule, date, zone, state, started_at) VALUES (:of, :of, 'UTC', :of, 1)"
            await here.change(sql, of=state)
        await purged(here, messages=2, answers=2)
        assert len(await here.rows("SELECT state FROM schedule_run")) == 5
        await purged(here, seen=2)
        found = await here.rows("SELECT state FROM schedule_run ORDER BY state")
        assert [row.state for row in found] == ["going", "known"]


def test_days_are_counted_back_from_now() -> None:
    now = 1_000 * DAY
    assert Terms.of(now, 3, 4, 90) == Terms(997 * DAY, 996 * DAY, 910 * DAY, 999 * DAY)
    assert Terms.of(now, None, None, 1) == Terms(None, None, 970 * DAY, 999 * DAY)


async def test_what_is_gone_is_not_counted_again(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        await talked(here)
        later = here.clock.now() + 1
        assert await purged(here, messages=later, answers=later, seen=later, replies=later) != {}
        assert await purged(here, messages=later, answers=later, seen=later, replies=later) == {}


async def test_of_a_conversation_nothing_goes_before_it_is_over_for_so_long(
    tmp_path: Path, library: MakeLibrary
) -> None:
    """However old its first events are: the whole can be told again, or nothing of it."""
    async with world(tmp_path, library(FLOW)) as here:
        await talked(here)
        await here.change("UPDATE event SET at = 1")
        ended = (await here.rows("SELECT max(ended_at) FROM session"))[0][0]
        of_moses = "SELECT count(*) FROM event JOIN session USING (session_id) WHERE ended_at > 0 AND length({}) > 0"
        assert ended is not None
        before = (await here.rows(of_moses.format("event.body")))[0][0]
        assert before == 3
        for moment, left in ((ended, 3), (ended + 1, 0)):
            await purged(here, messages=moment)
            assert (await here.rows(of_moses.format("event.body")))[0][0] == left


async def test_what_a_conversation_hears_of_goes_with_its_deliveries(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        await talked(here)
        await here.says("WHO")  # a second conversation in the same box
        await here.change(
            "INSERT INTO follower (bucket, box_id, session_id, topic, program)"
            " SELECT bucket, box_id, session_id, worker_id || ' ' || status, program FROM session"
        )
        ended = (await here.rows("SELECT max(ended_at) FROM session"))[0][0]
        open_ = {"moses waiting", "fatou waiting"}
        for moment, left in ((ended, {"moses ended", *open_}), (ended + 1, open_)):
            await purged(here, seen=moment)
            assert {row.topic for row in await here.rows("SELECT topic FROM follower")} == left


async def test_only_replies_that_are_old_go(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        await talked(here)
        await here.change("UPDATE event SET reply = body, at = n WHERE session_id IS NOT NULL")
        assert await full(here, "event", "reply") > 2
        await purged(here, replies=2)
        assert await here.rows("SELECT count(*) FROM event WHERE reply IS NOT NULL AND at < 2") == [(0,)]
        assert await here.rows("SELECT count(*) FROM event WHERE reply IS NULL AND at >= 2 AND at < 99") == [(0,)]


async def test_what_was_sent_to_many_goes_when_it_is_over_for_so_long(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(), start=False) as here:
        for number, done in ((1, 4), (2, 5), (3, None)):
            names = "broadcast_id, state, made_at, due_at, done_at, body"
            sql = f"INSERT INTO broadcast ({names}) VALUES (:n, '', 1, 1, :d, :b)"
            await here.change(sql, n=number, d=done, b=b"words")
        for moment, left in ((4, [1, 2, 3]), (5, [2, 3]), (99, [3])):
            await purged(here, messages=moment)
            found = await here.rows("SELECT broadcast_id FROM broadcast WHERE length(body) > 0 ORDER BY 1")
            assert [row.broadcast_id for row in found] == left
