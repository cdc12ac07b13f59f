"""What a flow submits reaches its system, and whoever wants to know hears once how it ended (K5)."""

from __future__ import annotations

from collections import deque
from pathlib import Path

import pytest

from engine.delivery import Down, Outcome, Refused, Retry, Sent, Unknown
from engine.invariants import breaches
from engine.limits import MINUTE
from engine.outgoing import EXPIRES
from engine.recounting import recount
from engine.values import Packed
from tests.engine.motion import MakeLibrary, World, world


def report(how: str = "") -> str:
    return f"""
    flow report: Report
        languages: en
        channels: sms
        start on word REPORT
    ask ill: How many?
        answer: whole number
        dhis2: fbfJHSPpUQD
    submit to dhis2 with dataset = "cholera"{how}
    ask more: Thank you. Anything else?
        answer: text
    say: Noted.
    """


FAILED = """
        if failed:
            say: It was not taken."""
WAITS, TELLS = " and wait" + FAILED, FAILED
ASKS = "Thank you. Anything else?"


class Dhis2:
    """Answers as it is told, and takes all else."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = deque(outcomes)
        self.taken: list[tuple[dict[str, Packed], dict[str, Packed]]] = []
        self.ids: set[str] = set()

    async def __call__(self, ident: str, args: dict[str, Packed], values: dict[str, Packed]) -> Outcome:
        self.ids.add(ident)
        outcome = self.outcomes.popleft() if self.outcomes else Sent()
        if isinstance(outcome, Sent):
            self.taken.append((args, values))
        return outcome


async def reports(at: World) -> None:
    await at.says("REPORT")
    await at.says("3")


async def sound(at: World) -> None:
    async with at.store.read() as connection:
        page = await connection.run_sync(recount, at.store.vault, at.library)
        assert [*await connection.run_sync(breaches), *page.breaches] == []


@pytest.mark.parametrize("how", ["", WAITS, TELLS], ids=["alone", "and wait", "if failed"])
async def test_a_system_takes_the_values(tmp_path: Path, library: MakeLibrary, how: str) -> None:
    dhis2 = Dhis2()
    async with world(tmp_path, library(report(how)), systems={"dhis2": dhis2}) as at:
        await reports(at)
        assert await at.gateway.has(2) == ["How many?", ASKS]
        await at.becomes("SELECT status FROM outbox WHERE channel = 'submit:dhis2'", [("sent",)])
        assert dhis2.taken == [({"dataset": "cholera"}, {"fbfJHSPpUQD": 3})]
        await sound(at)


async def test_who_waits_goes_on_when_it_is_taken_at_last(tmp_path: Path, library: MakeLibrary) -> None:
    dhis2 = Dhis2(Retry("busy"), Retry("busy"))
    async with world(tmp_path, library(report(WAITS)), systems={"dhis2": dhis2}) as at:
        await reports(at)
        for count, wait in ((1, 5 * MINUTE), (2, 10 * MINUTE)):
            await at.becomes("SELECT status, retries FROM outbox WHERE channel LIKE 'submit:%'", [("queued", count)])
            assert await at.heard() == ["How many?"]
            await sound(at)
            at.clock.move(wait)
            at.runtime._owners["submit:dhis2"].wake()
        assert (await at.gateway.has(2))[-1] == ASKS
        assert (len(dhis2.taken), len(dhis2.ids)) == (1, 1)


REFUSED = (Refused("no"),)
BUSY = (Retry("busy"),) * 3
SILENT = (Unknown("no answer"),) * 3


@pytest.mark.parametrize("outcomes", [REFUSED, BUSY, SILENT], ids=["refused", "busy", "no answer"])
@pytest.mark.parametrize(
    ("how", "hears"),
    [(WAITS, ["It was not taken.", ASKS]), (TELLS, [ASKS, "It was not taken."])],
    ids=["and wait", "if failed"],
)
async def test_who_wants_to_know_hears_that_it_failed(
    tmp_path: Path, library: MakeLibrary, outcomes: tuple[Outcome, ...], how: str, hears: list[str]
) -> None:
    async with world(tmp_path, library(report(how)), systems={"dhis2": Dhis2(*outcomes)}) as at:
        await reports(at)
        for count, wait in ((1, 5 * MINUTE), (2, 10 * MINUTE))[: len(outcomes) - 1]:
            await at.becomes("SELECT status, retries FROM outbox WHERE channel LIKE 'submit:%'", [("queued", count)])
            at.clock.move(wait)
            at.runtime._owners["submit:dhis2"].wake()
        assert (await at.gateway.has(3))[1:3] == hears
        await sound(at)
        await at.says("no")
        await at.becomes("SELECT outcome FROM session", [("completed",)])


@pytest.mark.parametrize("first", [Down("closed"), Unknown("no answer")], ids=["down", "no answer"])
@pytest.mark.parametrize("how", [WAITS, TELLS], ids=["and wait", "if failed"])
async def test_who_wants_to_know_hears_that_it_is_too_late(
    tmp_path: Path, library: MakeLibrary, first: Outcome, how: str
) -> None:
    patient = report(how).replace("start on word", "give up after 20 days: stop as no_answer\n        start on word")
    async with world(tmp_path, library(patient), systems={"dhis2": Dhis2(first)}) as at:
        await reports(at)
        await at.becomes("SELECT count(*) FROM attempt WHERE reason <> ''", [(1,)])
        await at.becomes("SELECT count(*) FROM outbox WHERE channel = 'sms' AND status <> 'sent'", [(0,)])
        at.clock.move(EXPIRES)
        at.runtime._owners["submit:dhis2"].wake()
        await at.becomes("SELECT count(*) FROM outbox WHERE channel = 'submit:dhis2' AND status <> 'queued'", [(1,)])
        await at.runtime.timers.fire_due()
        assert (await at.heard()).count("It was not taken.") == 1
        await sound(at)


@pytest.mark.parametrize(
    ("how", "hears"),
    [(WAITS, ["It was not taken.", ASKS]), (TELLS, [ASKS, "It was not taken."])],
    ids=["and wait", "if failed"],
)
async def test_a_system_that_there_is_not_takes_nothing(
    tmp_path: Path, library: MakeLibrary, how: str, hears: list[str]
) -> None:
    async with world(tmp_path, library(report(how))) as at:
        await reports(at)
        assert (await at.gateway.has(3))[1:3] == hears
        assert (await at.heard())[1:3] == hears
        await sound(at)


async def test_what_nobody_asks_after_waits_for_its_system(tmp_path: Path, library: MakeLibrary) -> None:
    dhis2 = Dhis2()
    async with world(tmp_path, library(report())) as at:
        await reports(at)
        await at.becomes("SELECT status FROM outbox WHERE channel = 'submit:dhis2'", [("queued",)])
        await at.runtime.stop(1)
        at.setup = type(at.setup)(at.setup.gateways, at.setup.measure, ahead=at.setup.ahead, systems={"dhis2": dhis2})
        await at.crash()
        await at.runtime.start()
        await at.becomes("SELECT status FROM outbox WHERE channel = 'submit:dhis2'", [("sent",)])
        assert len(dhis2.taken) == 1


async def test_a_system_that_cannot_be_reached_holds_up_what_is_for_it(tmp_path: Path, library: MakeLibrary) -> None:
    dhis2 = Dhis2(Down("no way there"))
    async with world(tmp_path, library(report(WAITS)), systems={"dhis2": dhis2}) as at:
        await reports(at)
        await at.becomes("SELECT reason FROM channel WHERE state = 'down'", [("no way there",)])
        at.clock.move(MINUTE)
        at.runtime._owners["submit:dhis2"].wake()
        assert (await at.gateway.has(2))[-1] == ASKS


async def test_a_crash_before_it_heard_lets_it_hear_once(tmp_path: Path, library: MakeLibrary) -> None:
    dhis2 = Dhis2(Refused("no"), Refused("no"))
    async with world(tmp_path, library(report(TELLS)), systems={"dhis2": dhis2}) as at:
        await reports(at)
        assert await at.gateway.has(3)
        await at.becomes("SELECT status FROM outbox WHERE channel = 'submit:dhis2'", [("refused",)])
        await at.change("UPDATE outbox SET status = 'queued' WHERE channel = 'submit:dhis2'")
        at.runtime._owners["submit:dhis2"].wake()
        await at.becomes("SELECT status, tries FROM outbox WHERE channel = 'submit:dhis2'", [("refused", 2)])
        assert (await at.heard()).count("It was not taken.") == 1
