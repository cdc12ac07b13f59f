"""What cannot be stepped is parked alone: its conversation with it, and its worker's others go on (I19)."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from engine import floor, machine, parked, poison
from engine.batch import Batch, Stored
from engine.events import Event, Received
from engine.linked import Linked
from engine.poison import Ward
from engine.session import Session
from engine.store import StoreError
from engine.work import Item, Message
from tests.engine.motion import FATOU, MOSES, MakeLibrary, World, world

FLOWS = [
    f"""
    flow {name}: Flow {name}
        languages: en
        channels: sms
        start on word {name}
    ask {name}_name: Which {name}?
        answer: text up to 40 letters
    say: Thank you, {{{name}_name}}.
    """
    for name in ("one", "two")
]


@pytest.fixture
async def broken(tmp_path: Path, library: MakeLibrary, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A world in which every step of flow `one` on a message "bad" fails; Moses and Fatou have begun it."""
    real = machine.step

    def step(linked: Linked, session: Session, event: Event, *rest: Any) -> Any:
        if session.flow == "one" and isinstance(event, Received) and event.text == "bad":
            raise LookupError("a step that nobody has foreseen")
        return real(linked, session, event, *rest)

    async with world(tmp_path, library(*FLOWS)) as at:
        await at.says("one")
        await at.says("one", FATOU)
        with monkeypatch.context() as patch:
            patch.setattr(floor, "step", step)
            await at.says("bad")
            await at.becomes("SELECT state FROM event WHERE state <> 1", [(2,)])
        yield at


async def statuses(at: World) -> list[str]:
    return [row.status for row in await at.rows("SELECT status FROM session ORDER BY session_id")]


async def test_its_conversation_is_parked_and_no_other(broken: World) -> None:
    assert await statuses(broken) == ["parked", "waiting"]
    await broken.says("good", FATOU)
    assert (await broken.heard(FATOU))[-1] == "Thank you, good."


async def test_its_worker_can_talk_of_something_else(broken: World) -> None:
    await broken.says("two")
    await broken.says("soap")
    assert (await broken.heard())[-1] == "Thank you, soap."
    assert await statuses(broken) == ["parked", "waiting", "ended"]


async def test_what_went_wrong_is_kept(broken: World) -> None:
    row = (await broken.rows("SELECT box_id, n, fault FROM event WHERE state = 2"))[0]
    trace = broken.store.vault.open("event.fault", row.box_id, row.n, row.fault).decode()
    assert trace.rstrip().endswith("LookupError: a step that nobody has foreseen")
    async with broken.store.read() as connection:
        shown = (await parked.parked(connection, broken.store.vault))[0]
    assert shown.where == "one, line 6"
    assert shown.error.startswith("LookupError in ")


@pytest.mark.parametrize(("also", "last"), [("", "Thank you, bad."), ("two", "Which two?")])
async def test_once_mended_it_goes_on(broken: World, also: str, last: str) -> None:
    """Without the floor, where another conversation has it by then."""
    if also:
        await broken.says(also)
    row = (await broken.rows("SELECT box_id, n FROM event WHERE state = 2"))[0]
    vault, now = broken.store.vault, broken.clock.now()
    assert await broken.store.write(lambda c: parked.replay(c, vault, row.box_id, row.n, "grace", now))
    broken.clock.move(20_000)
    await broken.runtime.inbox.sweep()
    await broken.becomes("SELECT count(*) FROM event WHERE state <> 1", [(0,)])
    said = await broken.heard()
    assert last in said
    assert "parked" not in await statuses(broken)


async def test_timers_of_a_parked_conversation_wait_with_it(broken: World) -> None:
    broken.clock.move(10 * 24 * 3_600_000)
    await broken.runtime.timers.fire_due()
    assert (await statuses(broken))[0] == "parked"
    assert await broken.rows("SELECT DISTINCT kind FROM event WHERE state = 2 ORDER BY kind") == [
        ("fire",),
        ("message",),
    ]


async def test_a_database_that_cannot_be_written_is_no_fault_of_the_message(
    tmp_path: Path, library: MakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.inbox.AGAIN", 0.01)
    async with world(tmp_path, library(*FLOWS)) as at:
        at.runtime.inbox.be_careful()
        ward, tries = at.runtime.inbox._ward, 0
        real = ward._step

        def step(connection: Any, stored: Any) -> Any:
            nonlocal tries
            tries += 1
            if tries <= 5:
                raise StoreError("The disk is full. Nothing was stored.")
            return real(connection, stored)

        monkeypatch.setattr(ward, "_step", step)
        await at.says("one")
        await at.becomes("SELECT state, tries FROM event", [(1, 1)])


async def test_nobody_waits_for_ever_behind_a_read_that_failed(
    tmp_path: Path, library: MakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.inbox.AGAIN", 0.01)
    real = Batch.step

    def step(batch: Batch) -> Any:
        if len(batch._items) > 1 or (not batch._items[0].event_n and batch._items[0].work == Message("bad", "sms")):
            raise LookupError("a batch that has to be divided")
        return real(batch)

    async with world(tmp_path, library(*FLOWS)) as at:
        ward, reads = at.runtime.inbox._ward, 0
        first = ward._first

        async def failing(stored: Any) -> Any:
            nonlocal reads
            reads += 1
            if reads == 1:
                raise OSError("the connection was lost while it read")
            return await first(stored)

        monkeypatch.setattr(ward, "_first", failing)
        monkeypatch.setattr(Batch, "step", step)
        async with asyncio.timeout(10):
            await asyncio.gather(at.says("bad"), at.says("one", FATOU))
        assert await at.heard(FATOU) == ["Which one?"]


async def test_what_waits_in_a_box_that_became_part_of_another_is_stepped_there_at_once(
    tmp_path: Path, library: MakeLibrary
) -> None:
    async with world(tmp_path, library(), start=False) as at:
        items = [
            Item(Message("HELP", "sms", None), f"sms {number}", at.registry.addresses.of(number))
            for number in (MOSES, FATOU)
        ]
        kept = await at.store.write(lambda c: Batch(c, at.kit, at.clock.now(), items).keep())
        await at.registry.put_workers([{"id": "fatou", "phones": [FATOU, MOSES]}])
        ward = Ward(at.store, at.kit, at.clock)
        for stored in kept.kept:
            await ward.treat(stored)
        assert [row.state for row in await at.rows("SELECT state FROM event")] == [1, 1]


async def test_three_times_it_is_tried(broken: World) -> None:
    assert await broken.rows("SELECT tries FROM event WHERE state = 2") == [(3,)]


async def kept(at: World, *said: str) -> list[Stored]:
    """Messages of Moses that are accepted, and not stepped."""
    address = at.registry.addresses.of(MOSES)
    items = [Item(Message(each, "sms", None), f"sms {each}", address) for each in said]
    return (await at.store.write(lambda c: Batch(c, at.kit, at.clock.now(), items).keep())).kept


async def test_what_another_process_was_done_with_is_not_done_again(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(*FLOWS), start=False) as at:
        (stored,) = await kept(at, "one")
        ward = Ward(at.store, at.kit, at.clock)
        await ward.treat(stored)
        tables = ("event", "outbox", "session", "box")
        before = [await at.rows(f"SELECT * FROM {table}") for table in tables]
        await ward._treat(stored)  # as if both had found it
        assert [await at.rows(f"SELECT * FROM {table}") for table in tables] == before


async def test_only_what_was_accepted_by_then_waits(tmp_path: Path, library: MakeLibrary) -> None:
    """What came since is just being stepped by whoever stored it."""
    async with world(tmp_path, library(*FLOWS), start=False) as at:
        ward, then = Ward(at.store, at.kit, at.clock), at.clock.now()
        first = await kept(at, "one", "two")
        at.clock.move(1)
        second = await kept(at, "HELP")
        assert await ward.waiting(then - 1) == []
        assert await ward.waiting(then) == first
        assert await ward.waiting(then + 1) == [*first, *second]
        await ward.treat(first[0])
        assert await ward.waiting(then + 1) == [first[1], *second]


async def test_what_came_before_in_its_box_is_stepped_before_it_and_what_came_after_is_not(
    tmp_path: Path, library: MakeLibrary
) -> None:
    async with world(tmp_path, library(*FLOWS), start=False) as at:
        waiting = await kept(at, "one", "soap", "two")
        await Ward(at.store, at.kit, at.clock).treat(waiting[1])
        assert [tuple(row) for row in await at.rows("SELECT n, state FROM event ORDER BY n")] == [
            (1, 1),
            (2, 1),
            (3, 0),
        ]
        assert await at.heard() == ["Which one?", "Thank you, soap."]
        assert [tuple(row) for row in await at.rows("SELECT accepted FROM box WHERE accepted > 0")] == [(1,)]


@pytest.mark.parametrize(
    ("stuck", "become"), [(1, ["parked", "suspended", "ended"]), (3, ["waiting", "suspended", "ended"])]
)
async def test_of_its_box_one_conversation_is_parked(
    tmp_path: Path, library: MakeLibrary, stuck: int, become: list[str]
) -> None:
    async with world(tmp_path, library(*FLOWS), start=False) as at:
        (stored,) = await kept(at, "HELP")
        for number, status in enumerate(("waiting", "suspended", "ended"), 1):
            names = "bucket, box_id, session_id, program, status, seq, wait, line_id, state, started_at, changed_at"
            sql = f"INSERT INTO session ({names}) VALUES (:bucket, :box, :id, '', :status, 1, 1, 1, :state, 1, 1)"
            await at.change(sql, bucket=stored.bucket, box=stored.box_id, id=number, status=status, state=b"")
        here = {"in_bucket": stored.bucket, "in_box": stored.box_id, "number": stored.n}
        values: dict[str, int | bytes | None] = {**here, "trace": b"", "stuck": stuck}
        assert await at.store.write(lambda c: poison._park(c, stored, values))
        assert await statuses(at) == become
