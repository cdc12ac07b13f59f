"""Parked work: shown without a worker's words, done once more in its turn, or dropped, and the audit knows by whom."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from engine import auditing, box, floor, machine, parked
from engine.events import Event, Happened, Received
from engine.invariants import breaches
from engine.limits import DAY
from engine.linked import Linked
from engine.parked import Parked
from engine.recounting import recount
from engine.session import Session
from engine.values import Packed
from engine.view import View
from tests.engine.motion import MOSES, MakeLibrary, World, world

FLOW = """
    flow who: Who
        languages: en
        channels: sms
        start on word WHO
    ask name: What is your name?
        answer: text up to 40 letters
    say: Thank you, {name}.
"""


async def parked_now(here: World) -> list[Parked]:
    async with here.store.read() as connection:
        return await parked.parked(connection, here.store.vault)


async def poisoned(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Moses stands at the question, and his answer cannot be applied."""
    await here.says("WHO")
    await here.gateway.has(1)
    whole = box.receive

    def fail(view: View, text: str, *arguments: Any, **more: Any) -> Any:
        if text == "Flomo":
            raise KeyError("Moses Flomo")
        return whole(view, text, *arguments, **more)

    with monkeypatch.context() as patch:
        patch.setattr(box, "receive", fail)
        await here.says("Flomo")
        await here.becomes("SELECT count(*) FROM event WHERE state = 2", [(1,)])


async def test_it_is_shown_without_what_it_says(
    tmp_path: Path, library: MakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        await poisoned(here, monkeypatch)
        shown = (await parked_now(here))[0]
        assert (shown.kind, shown.channel, shown.n) == ("message", "sms", 2)
        assert shown.where == "who, line 6"
        assert shown.error.startswith("KeyError in ")
        assert "Flomo" not in repr(shown)


async def test_once_more_it_is_applied(tmp_path: Path, library: MakeLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        await poisoned(here, monkeypatch)
        shown = (await parked_now(here))[0]
        vault, now = here.store.vault, here.clock.now()
        assert await here.store.write(lambda c: parked.replay(c, vault, shown.box_id, shown.n, "grace", now))
        here.clock.move(20_000)
        await here.runtime.inbox.sweep()
        assert await here.gateway.has(2) == ["What is your name?", "Thank you, Flomo."]
        assert await parked_now(here) == []
        assert await here.rows("SELECT accepted FROM box WHERE box_id = :box", box=shown.box_id) == [(0,)]
        await noted(here, "replay")


async def test_dropped_it_changes_nothing_ever(
    tmp_path: Path, library: MakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        await poisoned(here, monkeypatch)
        shown = (await parked_now(here))[0]
        vault, now = here.store.vault, here.clock.now()
        assert await here.store.write(lambda c: parked.drop(c, vault, shown.box_id, shown.n, "grace", now))
        assert not await here.store.write(lambda c: parked.replay(c, vault, shown.box_id, shown.n, "grace", now))
        here.clock.move(20_000)
        await here.runtime.inbox.sweep()
        await here.says("Moses", MOSES)
        assert await here.gateway.has(2) == ["What is your name?", "Thank you, Moses."]
        await noted(here, "drop")


async def noted(here: World, what: str) -> None:
    async with here.store.read() as connection:
        rows = await auditing.newest(connection, here.store.vault, 9)
        assert ("grace", what, "event 2") in [(row.actor, row.what, row.detail) for row in rows]
        assert (await auditing.verify(connection, here.store.vault, {}))[1] == []


async def test_what_is_not_parked_cannot_be_put_back(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(FLOW)) as here:
        await here.says("WHO")
        vault = here.store.vault
        home = (await here.rows("SELECT box_id FROM event"))[0].box_id
        assert not await here.store.write(lambda c: parked.replay(c, vault, home, 1, "grace", 1))
        assert not await here.store.write(lambda c: parked.drop(c, vault, 12345, 1, "grace", 1))


@pytest.mark.parametrize(
    ("trace", "where", "error"),
    [
        ("It ended the process, three times.", "", "It ended the process, three times."),
        (
            "Traceback\nengine.machine.run.MachineError: survey, line 12: it goes round for ever\n",
            "survey, line 12",
            "it goes round for ever",
        ),
        (
            'Traceback\n  File "/x/engine/box.py", line 9, in hear\n    a[b]\nValueError: +231770000001\n',
            "",
            "ValueError in engine/box.py, line 9 (hear)",
        ),
        ("", "", "No trace was kept."),
    ],
)
def test_an_error_is_its_kind_and_its_place(trace: str, where: str, error: str) -> None:
    assert (parked._where(trace), parked._error(trace)) == (where, error)


async def stuck(here: World, monkeypatch: pytest.MonkeyPatch, word: str, count: int) -> None:
    """Moses begins a conversation, which cannot be stepped with his answer."""
    await here.says(word)
    await here.becomes("SELECT count(*) FROM session WHERE status = 'waiting'", [(1,)])
    whole = machine.step

    def fail(linked: Any, session: Any, event: Any, *rest: Any) -> Any:
        if isinstance(event, Received):
            raise KeyError("Flomo")
        return whole(linked, session, event, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(floor, "step", fail)
        await here.says("Flomo")
        await here.becomes("SELECT count(*) FROM session WHERE status = 'parked'", [(count,)])


async def test_only_the_conversation_that_was_parked_with_it_goes_on(
    tmp_path: Path, library: MakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(
        tmp_path, library(FLOW, FLOW.replace("who: Who", "name_too: Name").replace("WHO", "NAME"))
    ) as here:
        await stuck(here, monkeypatch, "WHO", 1)
        [(first,)] = await here.rows("SELECT session_id FROM session WHERE status = 'parked'")
        await stuck(here, monkeypatch, "NAME", 2)
        second = (await parked_now(here))[1]
        now, vault = here.clock.now(), here.store.vault
        assert await here.store.write(lambda c: parked.replay(c, vault, second.box_id, second.n, "grace", now))
        here.clock.move(20_000)
        await here.runtime.inbox.sweep()
        await here.becomes("SELECT count(*) FROM event WHERE state = 2", [(1,)])
        await here.becomes("SELECT session_id FROM session WHERE status = 'parked'", [(first,)])
        await here.becomes("SELECT count(*) FROM session WHERE status = 'ended'", [(1,)])


BOOK = """
    flow book: Book
        languages: en
        channels: sms
        start on event needed
        inputs:
            ward: text
            place: text optional
        give up after 2 days: stop as no_answer
    on event ward_moved with same ward:
        say: {ward} is in {place} now.
    ask bed: Which bed of {ward}?
        answer: whole number from 1 to 9
    take ward:
        say: {taker.name} has {ward} already.
    do book_bed with bed = bed as booking
        if failed:
            say: No bed could be booked.
    say: Bed {booking.number} is yours.
"""
ASKED, MOVED = "Which bed of W1?", ["W1 is in A now.", "W1 is in B now."]


class Beds:
    """An action that takes as long as it is told."""

    def __init__(self) -> None:
        self.open = asyncio.Event()

    async def __call__(self, args: dict[str, Packed]) -> dict[str, Packed]:
        await self.open.wait()
        return {"number": f"B{args['bed']}"}


async def moved(here: World, place: str) -> None:
    await here.runtime.hearers.post("ward_moved", {"ward": "W1", "place": place}, f"to {place}")


async def replayed(here: World) -> None:
    """The first of them is put back, and all that can be stepped is."""
    shown, vault, now = (await parked_now(here))[0], here.store.vault, here.clock.now()
    assert await here.store.write(lambda c: parked.replay(c, vault, shown.box_id, shown.n, "grace", now))
    here.clock.move(20_000)
    await here.runtime.inbox.sweep()
    await here.becomes("SELECT count(*) FROM event WHERE state = 0", [(0,)])


@pytest.mark.parametrize("under_way", ["take", "do"])
async def test_what_comes_while_it_is_parked_follows_in_order(
    tmp_path: Path, library: MakeLibrary, monkeypatch: pytest.MonkeyPatch, under_way: str
) -> None:
    """An event that cannot be stepped parks a conversation that waits for what it took, or called."""
    beds = Beds()

    def fail(linked: Linked, session: Session, event: Event, *rest: Any) -> Any:
        if isinstance(event, Happened):
            raise KeyError("ward")
        return machine.step(linked, session, event, *rest)

    async with world(tmp_path, library(BOOK), actions={"book_bed": beds}) as here:
        await here.runtime.start_flow("book", "moses", {"ward": "W1"}, "1")
        await here.gateway.has(1)
        if under_way == "take":
            await here.runtime.mail.stop()
        await here.says("4")
        if under_way == "do":
            await here.becomes("SELECT count(*) FROM outbox WHERE status = 'sending' AND channel LIKE 'do:%'", [(1,)])
        with monkeypatch.context() as patch:
            patch.setattr(floor, "step", fail)
            await moved(here, "A")
            await here.becomes("SELECT status FROM session", [("parked",)])
            await moved(here, "B")
            beds.open.set()
            here.runtime.mail.start()
            await here.becomes("SELECT count(*) FROM event WHERE state = 2", [(3,)])
            here.clock.move(3 * DAY)
            await here.runtime.timers.fire_due()
            shown = await parked_now(here)
            assert [each.error == parked.WAITS for each in shown] == [False, True, True]
            await replayed(here)  # it cannot be stepped yet: nothing is lost
            assert [each.n for each in await parked_now(here)] == [each.n for each in shown]
            assert await here.heard() == [ASKED]
        assert await sound(here)
        await replayed(here)
        await here.becomes("SELECT status FROM session", [("ended",)])
        assert await here.heard() == [ASKED, *MOVED, "Bed B4 is yours."]
        assert await here.rows("SELECT DISTINCT accepted FROM box") == [(0,)]
        assert await sound(here)


async def sound(here: World) -> bool:
    async with here.store.read() as connection:
        page = await connection.run_sync(recount, here.store.vault, here.library)
        return [*await connection.run_sync(breaches), *page.breaches] == []


async def test_without_the_first_what_came_later_can_still_be_put_back(
    tmp_path: Path, library: MakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(linked: Linked, session: Session, event: Event, *rest: Any) -> Any:
        if isinstance(event, Happened):
            raise KeyError("ward")
        return machine.step(linked, session, event, *rest)

    async with world(tmp_path, library(BOOK)) as here:
        await here.runtime.start_flow("book", "moses", {"ward": "W1"}, "1")
        await here.gateway.has(1)
        await here.becomes("SELECT status FROM outbox", [("sent",)])
        with monkeypatch.context() as patch:
            patch.setattr(floor, "step", fail)
            await moved(here, "A")
            await here.becomes("SELECT status FROM session", [("parked",)])
            here.clock.move(3 * DAY)
            await here.runtime.timers.fire_due()
        first, *later = await parked_now(here)
        assert {each.kind for each in later} == {"fire"}
        vault, now = here.store.vault, here.clock.now()
        assert await here.store.write(lambda c: parked.drop(c, vault, first.box_id, first.n, "grace", now))
        await replayed(here)
        assert await here.rows("SELECT status, outcome FROM session") == [("ended", "no_answer")]
