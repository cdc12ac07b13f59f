"""A fault at every operation while flows start each other, take things and gather lines: all of it happens once."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from engine.invariants import breaches
from engine.limits import DAY, MINUTE
from engine.recounting import recount
from tests.engine.motion import FATOU, MOSES, MakeLibrary, World, world
from tests.engine.test_faults import Fault, Full, Lost, at_once, until_stored

__all__ = ["at_once"]

FLOWS = """
    flow alert: Alert
        languages: en
        channels: sms
        start on word ALERT
    ask sample: Which?
        answer: text
    tell supervisor every day at 16:00: {sample} came.
    start flow collect for workers where id is one of "moses", "fatou" with sample = sample
        if failed:
            say: Nobody was asked.

    flow collect: Collect
        languages: en
        channels: sms
        inputs:
            sample: text
    on event gone with same sample:
        say: {sample} is gone.
    ask can: Can you collect {sample}?
        answer: yes or no
    take sample:
        say: {taker.first_name} collects {sample}.
    ask done: {sample} is yours.
        answer: text
"""


async def rest(at: World) -> None:
    for rows in ("mail WHERE done_at IS NULL", "event WHERE state = 0", "session WHERE status = 'acting'"):
        await at.becomes(f"SELECT count(*) FROM {rows}", [(0,)])
    due = "SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending') AND not_before <= :now"
    await at.becomes(due, [(0,)], now=at.clock.now())


async def collect(at: World, sample: str) -> None:
    """One sample: both are asked, Fatou gets it, and hears that it is gone."""
    for text, number in (("ALERT", MOSES), (sample, MOSES), ("yes", FATOU)):
        at.clock.move(MINUTE)
        await until_stored(partial(at.says, text, number, key=f"{sample} {text}"))
        await rest(at)
    await until_stored(partial(at.runtime.hearers.post, "gone", {"sample": sample}, sample))
    await rest(at)
    at.clock.move(MINUTE)
    await until_stored(partial(at.says, "ok", FATOU, key=f"{sample} ok"))
    await rest(at)


async def heard(at: World, sample: str) -> list[list[str]]:
    """What Moses and Fatou read of a sample, but for the lines that are gathered."""
    texts = [await at.heard(number) for number in (MOSES, FATOU)]
    return [[text for text in own if sample in text and "came" not in text] for own in texts]


@pytest.mark.parametrize("kind", [Fault, Full, Lost], ids=["error", "disk full", "answer lost"])
async def test_at_every_operation(tmp_path: Path, library: MakeLibrary, kind: type[Fault]) -> None:
    async with world(tmp_path, library(FLOWS)) as at:
        fault = kind(at.store)
        samples: list[str] = []
        while not samples or fault.met:
            samples.append(f"S{len(samples):03}")
            fault.arm(len(samples))
            await collect(at, samples[-1])
            asked, mine = f"Can you collect {samples[-1]}?", f"{samples[-1]} is yours."
            assert await heard(at, samples[-1]) == [
                [asked, f"Fatou collects {samples[-1]}."],
                [asked, mine, f"{samples[-1]} is gone.", mine],
            ]
        assert len(samples) > 15, "a sample needs more operations than these"
        at.clock.move(DAY)
        at.runtime._owners["sms"].wake()
        await rest(at)
        read = dict.fromkeys(at.gateway.texts)  # a message whose outcome was lost may have been sent twice
        came = [line for text in read for line in text.splitlines() if line.endswith("came.")]
        assert sorted(came) == [f"{sample} came." for sample in samples]
        async with at.store.read() as connection:
            page = await connection.run_sync(recount, at.store.vault, at.library)
            assert [*await connection.run_sync(breaches), *page.breaches] == []
