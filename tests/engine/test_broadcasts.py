"""A flow or a text for many: each of them once, over crashes, pauses and stops; who writes meanwhile comes first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from engine import bulk, held
from engine.audience import Audience
from engine.auditing import newest
from engine.library import Library
from engine.limits import HOUR
from engine.orders import Order, OrderError
from engine.pauses import ALL, BROADCAST, FLOW, Button, pause, unpause
from engine.work import Accepted, Item
from grammar.program import Answer
from tests.engine.motion import MONDAY, MOSES, MakeLibrary, World, world

SURVEY = """
    flow survey: Survey
        languages: en
        channels: sms
        start on word SURVEY
        inputs:
            place: text optional
    ask cases: How many cases?
        answer: whole number from 0 to 500
    say: Thank you.
"""
RESULT = """
    flow result: Result
        languages: en
        channels: sms
        start on event result_ready
        inputs:
            sample: text
            lab: text
    say: {sample} is ready.
"""
EVERYBODY = Audience("staff")


@pytest.fixture
def flows(library: MakeLibrary) -> Library:
    return library(SURVEY, RESULT)


def phone(place: int) -> str:
    return f"+2317730{place:05}"


async def staff(at: World, count: int) -> None:
    people: list[dict[str, Any]] = [
        {"id": f"w{place:02}", "phone": phone(place), "groups": "staff"} for place in range(count)
    ]
    await at.registry.put_workers(people)
    await at.runtime.inbox.start()


async def state(at: World) -> list[Any]:
    return await at.rows("SELECT state, total, reached FROM broadcast ORDER BY broadcast_id")


async def test_a_flow_begins_for_everybody_once(tmp_path: Path, flows: Library) -> None:
    async with world(tmp_path, flows, start=False) as at:
        await staff(at, 3)
        number = await at.runtime.broadcasts.orders.place(Order(EVERYBODY, flow="survey"), "grace")
        assert await state(at) == [("waiting", 0, 0)]
        await at.runtime.broadcasts.send_due()
        await at.runtime.broadcasts.send_due()
        for place in range(3):
            assert await at.heard(phone(place)) == ["How many cases?"]
        assert await at.heard(MOSES) == []
        assert await state(at) == [("done", 3, 3)]
        assert set(await at.rows("SELECT class, broadcast FROM outbox")) == {(3, number)}


async def test_a_text_goes_to_everybody_and_begins_nothing(tmp_path: Path, flows: Library) -> None:
    async with world(tmp_path, flows, start=False) as at:
        await staff(at, 2)
        number = await at.runtime.broadcasts.orders.place(Order(EVERYBODY, text="The store is closed."), "grace")
        await at.runtime.broadcasts.send_due()
        assert await at.heard(phone(1)) == ["The store is closed."]
        assert await at.rows("SELECT count(*) FROM session") == [(0,)]
        assert set(await at.rows("SELECT class, broadcast FROM outbox")) == {(3, number)}


async def test_who_gets_a_new_number_before_a_text_is_tried_again_does_not_read_it_twice(
    tmp_path: Path, flows: Library
) -> None:
    async with world(tmp_path, flows, start=False) as at:
        await staff(at, 2)
        await at.runtime.broadcasts.orders.place(Order(EVERYBODY, text="The store is closed."), "grace")
        await at.runtime.broadcasts.send_due()
        await at.change("UPDATE broadcast SET state = 'going', done_at = NULL, cursor = '', reached = 0")  # a crash
        await at.registry.put_workers([{"id": "w01", "phone": phone(7)}])
        await at.runtime.broadcasts.send_due()
        assert (await at.heard(phone(1)), await at.heard(phone(7))) == (["The store is closed."], [])


@pytest.mark.parametrize("order", [Order(EVERYBODY, flow="survey"), Order(EVERYBODY, text="How many cases?")])
async def test_whose_box_becomes_a_part_of_another_after_he_was_read_is_reached(
    tmp_path: Path, flows: Library, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path, flows, start=False) as at:
        await staff(at, 3)
        bring = bulk.Bulk._bring

        async def merged(self: bulk.Bulk, *args: Any) -> int:
            await at.registry.put_workers([{"id": "w00", "phones": [phone(0), phone(2)]}])
            return await bring(self, *args)

        monkeypatch.setattr(bulk.Bulk, "_bring", merged)
        await at.runtime.broadcasts.orders.place(order, "grace")
        await at.runtime.broadcasts.send_due()
        assert len(await at.rows("SELECT * FROM box WHERE merged_into IS NOT NULL")) == 1
        assert [await at.heard(phone(place)) for place in (0, 1)] == [["How many cases?"]] * 2
        assert await at.rows("SELECT count(*) FROM outbox") == [(3,)]
        assert await state(at) == [("done", 3, 3)]


async def test_what_it_says_is_sealed(tmp_path: Path, flows: Library) -> None:
    async with world(tmp_path, flows, start=False) as at:
        await at.runtime.broadcasts.orders.place(Order(EVERYBODY, text="The stock of Plumpy is stolen."), "grace")
        assert b"Plumpy" not in await at.on_disk()


async def test_it_is_sent_when_its_time_has_come(tmp_path: Path, flows: Library) -> None:
    async with world(tmp_path, flows, start=False) as at:
        await staff(at, 1)
        await at.runtime.broadcasts.orders.place(Order(EVERYBODY, flow="survey"), "grace", MONDAY + HOUR)
        at.clock.move(HOUR - 1)
        await at.runtime.broadcasts.send_due()
        assert await at.heard(phone(0)) == []
        at.clock.move(1)
        await at.runtime.broadcasts.send_due()
        assert await at.heard(phone(0)) == ["How many cases?"]


async def test_a_running_server_sends_it_by_itself(tmp_path: Path, flows: Library) -> None:
    async with world(tmp_path, flows) as at:
        await staff(at, 2)
        await at.runtime.broadcasts.orders.place(Order(EVERYBODY, flow="survey"), "grace")
        assert await at.gateway.has(2) == ["How many cases?"] * 2
        await at.becomes("SELECT state FROM broadcast", [("done",)])


async def test_an_input_can_be_given(tmp_path: Path, flows: Library) -> None:
    async with world(tmp_path, flows, start=False) as at:
        await staff(at, 1)
        order = Order(EVERYBODY, flow="result", inputs={"sample": "L-77", "lab": "Ganta"})
        await at.runtime.broadcasts.orders.place(order, "grace")
        await at.runtime.broadcasts.send_due()
        assert await at.heard(phone(0)) == ["L-77 is ready."]


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (Order(EVERYBODY), "Give either a flow or a text."),
        (Order(EVERYBODY, flow="survey", text="Hello"), "Give either a flow or a text."),
        (Order(EVERYBODY, flow="surwey"), "There is no flow surwey. There are: result, survey."),
        (Order(EVERYBODY, flow="result"), "result needs lab, sample: only an event can start it."),
        (Order(Audience(where=Answer("cases")), text="Hello"), "A condition on workers can ask for fields"),
    ],
)
async def test_what_cannot_be_sent_is_said_at_once(tmp_path: Path, flows: Library, order: Order, said: str) -> None:
    async with world(tmp_path, flows, start=False) as at:
        with pytest.raises(OrderError, match=said.partition(":")[0]):
            await at.runtime.broadcasts.orders.place(order, "grace")
        assert await state(at) == []


async def crash_after(at: World, slices: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process ends when so many slices are noted."""
    written, noted = at.runtime.broadcasts._mark, 0

    async def mark(*arguments: Any) -> bool:
        nonlocal noted
        noted += 1
        if noted > slices:
            raise SystemError
        return await written(*arguments)

    monkeypatch.setattr(at.runtime.broadcasts, "_mark", mark)
    with pytest.raises(SystemError):
        await at.runtime.broadcasts.send_due()
    await at.crash()
    await at.runtime.inbox.start()


def slices_of(at: World, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many are brought together, each time."""
    sizes: list[int] = []
    put_all = at.runtime.inbox.put_all

    def counted(items: Sequence[Item], lane: int) -> asyncio.Future[list[Accepted]]:
        sizes.append(len(items))
        return put_all(items, lane)

    monkeypatch.setattr(at.runtime.inbox, "put_all", counted)
    return sizes


@pytest.mark.parametrize("order", [Order(EVERYBODY, text="Hello."), Order(EVERYBODY, flow="survey")])
async def test_a_crash_in_the_middle_goes_on_where_it_was_and_repeats_nothing(
    tmp_path: Path, flows: Library, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "SLICE", 2)
    async with world(tmp_path, flows, start=False) as at:
        await staff(at, 7)
        await at.runtime.broadcasts.orders.place(order, "grace")
        await crash_after(at, 1, monkeypatch)
        assert await state(at) == [("going", 7, 2)]
        assert await at.rows("SELECT count(*) FROM outbox") == [(4,)]
        at.clock.move(HOUR)
        brought = slices_of(at, monkeypatch)
        await at.runtime.broadcasts.send_due()
        assert brought == [2, 2, 1]
        assert await at.rows("SELECT count(*), count(DISTINCT line_id) FROM outbox") == [(7, 7)]
        assert [row.state for row in await state(at)] == ["done"]


@pytest.mark.parametrize("kind", [BROADCAST, FLOW, ALL])
async def test_a_pause_in_the_middle_holds_the_rest(
    tmp_path: Path, flows: Library, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "SLICE", 2)
    async with world(tmp_path, flows, start=False) as at:
        await staff(at, 5)
        number = await at.runtime.broadcasts.orders.place(Order(EVERYBODY, flow="survey"), "grace")
        button = Button(kind, {BROADCAST: str(number), FLOW: "survey", ALL: ""}[kind])
        mark = at.runtime.broadcasts._mark

        async def pressed(*arguments: Any) -> bool:
            await pause(at.store, button, "grace", "", at.clock.now())
            return await mark(*arguments)

        with monkeypatch.context() as patch:
            patch.setattr(at.runtime.broadcasts, "_mark", pressed)
            await at.runtime.broadcasts.send_due()
        assert await state(at) == [("going", 5, 2)]
        await unpause(at.store, button, "grace", at.clock.now())
        await at.runtime.broadcasts.send_due()
        assert await state(at) == [("done", 5, 5)]


async def test_who_ordered_and_who_stopped_it_is_in_the_audit(tmp_path: Path, flows: Library) -> None:
    async with world(tmp_path, flows, start=False) as at:
        orders = at.runtime.broadcasts.orders
        number = await orders.place(Order(EVERYBODY, flow="survey"), "grace")
        await orders.cancel(number, "boakai")
        async with at.store.read() as connection:
            told = [(row.actor, row.what, row.detail) for row in await newest(connection, at.store.vault, 9)]
        assert ("grace", "send", f"{number} survey") in told
        assert ("boakai", "stop sending", str(number)) in told


async def test_stopped_in_the_middle_it_reaches_nobody_more(
    tmp_path: Path, flows: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "SLICE", 2)
    async with world(tmp_path, flows, start=False) as at:
        await staff(at, 7)
        number = await at.runtime.broadcasts.orders.place(Order(EVERYBODY, text="Hello."), "grace")
        await crash_after(at, 1, monkeypatch)
        assert await at.runtime.broadcasts.orders.cancel(number, "grace")
        assert not await at.runtime.broadcasts.orders.cancel(number, "grace")
        await at.runtime.broadcasts.send_due()
        assert await at.rows("SELECT count(*) FROM outbox") == [(4,)]
        progress = await at.runtime.broadcasts.orders.progress(number)
        assert progress is not None
        assert (progress.state, progress.total, progress.reached) == ("stopped", 7, 2)


@pytest.mark.parametrize("kind", [BROADCAST, FLOW])
async def test_a_pause_holds_it_and_it_goes_on(tmp_path: Path, flows: Library, kind: str) -> None:
    async with world(tmp_path, flows, start=False) as at:
        await staff(at, 2)
        number = await at.runtime.broadcasts.orders.place(Order(EVERYBODY, flow="survey"), "grace")
        bound = {"kind": kind, "name": str(number) if kind == BROADCAST else "survey"}
        await at.change("INSERT INTO pause (kind, name, at, actor) VALUES (:kind, :name, 1, 'grace')", **bound)
        await at.runtime.broadcasts.send_due()
        assert await at.rows("SELECT count(*) FROM session") == [(0,)]
        progress = await at.runtime.broadcasts.orders.progress(number)
        assert progress is not None
        assert progress.state == "paused"
        await at.change("DELETE FROM pause")
        await at.runtime.broadcasts.send_due()
        assert await state(at) == [("done", 2, 2)]


async def test_while_the_clock_is_doubtful_nothing_goes(tmp_path: Path, flows: Library) -> None:
    async with world(tmp_path, flows, start=False) as at:
        await staff(at, 1)
        await at.store.write(lambda c: held.hold(c, held.CLOCK, "The clock is wrong.", MONDAY))
        await at.runtime.broadcasts.orders.place(Order(EVERYBODY, flow="survey"), "grace")
        await at.runtime.broadcasts._turn()
        assert await state(at) == [("waiting", 0, 0)]


async def test_a_flow_that_is_gone_when_its_time_comes_stops_it(tmp_path: Path, flows: Library) -> None:
    async with world(tmp_path, flows, start=False) as at:
        await staff(at, 1)
        await at.runtime.broadcasts.orders.place(Order(EVERYBODY, flow="survey"), "grace")
        await at.runtime.versions.withdraw("survey")
        await at.runtime.broadcasts.send_due()
        assert await state(at) == [("stopped", 0, 0)]


async def test_who_shares_a_phone_reads_a_text_once(tmp_path: Path, flows: Library) -> None:
    async with world(tmp_path, flows, start=False) as at:
        await staff(at, 2)
        await at.registry.put_workers([{"id": "w01", "phone": phone(0)}])
        await at.runtime.broadcasts.orders.place(Order(EVERYBODY, text="Hello."), "grace")
        await at.runtime.broadcasts.send_due()
        assert await at.heard(phone(0)) == ["Hello."]
        assert await state(at) == [("done", 2, 1)]


async def test_a_flow_begins_for_each_of_those_who_share_a_phone(tmp_path: Path, flows: Library) -> None:
    async with world(tmp_path, flows, start=False) as at:
        await staff(at, 2)
        await at.registry.put_workers([{"id": "w01", "phone": phone(0)}])
        await at.runtime.broadcasts.orders.place(Order(EVERYBODY, flow="survey"), "grace")
        await at.runtime.broadcasts.send_due()
        standing = await at.rows("SELECT worker_id, status FROM session ORDER BY worker_id")
        assert standing == [("w00", "waiting"), ("w01", "queued")]


async def test_it_interrupts_nobody(tmp_path: Path, flows: Library) -> None:
    async with world(tmp_path, flows, start=False) as at:
        await staff(at, 1)
        await at.says("SURVEY", phone(0))
        order = Order(EVERYBODY, flow="result", inputs={"sample": "L-77", "lab": "Ganta"})
        await at.runtime.broadcasts.orders.place(order, "grace")
        await at.runtime.broadcasts.send_due()
        assert await at.heard(phone(0)) == ["How many cases?"]
        await at.says("3", phone(0))
        assert (await at.heard(phone(0)))[-1] == "L-77 is ready."


async def test_whoever_writes_meanwhile_is_answered_first(
    tmp_path: Path, flows: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path, flows, start=False) as at:
        await staff(at, 300)
        await at.runtime.broadcasts.orders.place(Order(EVERYBODY, flow="survey"), "grace")
        begun, put_all = asyncio.Event(), at.runtime.inbox.put_all

        def told(items: Sequence[Item], lane: int) -> asyncio.Future[list[Accepted]]:
            begun.set()
            return put_all(items, lane)

        monkeypatch.setattr(at.runtime.inbox, "put_all", told)
        sending = asyncio.create_task(at.runtime.broadcasts.send_due())
        await begun.wait()
        await at.says("SURVEY")
        assert await at.rows("SELECT count(*) < 150 AS early FROM outbox") == [(True,)]
        await sending


async def test_counting_sends_nothing(tmp_path: Path, flows: Library) -> None:
    async with world(tmp_path, flows, start=False) as at:
        await staff(at, 3)
        assert await at.runtime.broadcasts.orders.count(Order(EVERYBODY, text="Hello.")) == 3
        assert await state(at) == []


async def test_of_two_processes_that_send_the_same_one_goes_on(
    tmp_path: Path, flows: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "SLICE", 2)
    async with world(tmp_path, flows, start=False) as at:
        await staff(at, 7)
        brought = slices_of(at, monkeypatch)
        await at.runtime.broadcasts.orders.place(Order(EVERYBODY, text="Hello."), "grace")
        await asyncio.gather(*(at.runtime.broadcasts.send_due() for _ in range(2)))
        assert len(brought) <= 5  # four slices: one of them stops as soon as it sees that the other was first
        assert await at.rows("SELECT count(*), count(DISTINCT line_id) FROM outbox") == [(7, 7)]
        assert await state(at) == [("done", 7, 7)]
