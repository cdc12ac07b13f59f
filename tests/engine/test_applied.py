"""What a worker says of himself becomes a claim: at once on the record, or held for review (RULES O)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from engine.outbox import Manner
from engine.people import opened
from tests.engine.motion import MOSES, MakeLibrary, world

RECORD = """
    flow record: Record
        languages: en
        channels: sms
        start on word RECORD

    ask job: What is your job?
        answer: text
    ask number: What is your number?
        answer: phone number
    set worker.job to job
    set worker.phone to number
    say: {worker.job}, {worker.phone}.
"""
CLAIMS = "SELECT field, state FROM claim ORDER BY claim_id"


async def test_a_phone_number_is_never_changed_at_once(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(RECORD)) as at:
        for said in ("RECORD", "midwife", "0770000077"):
            await at.says(said)
        assert (await at.heard())[-1] == "midwife, 0770000077."
        assert sorted(await at.rows(CLAIMS)) == [("job", "applied"), ("phone", "review")]
        [row] = await at.rows("SELECT worker_id, record FROM worker WHERE worker_id = 'moses'")
        record = opened(at.store.vault, "worker", "moses", row.record)
        assert (record["job"], record["phone"]) == ("midwife", "+231770000001")


async def test_what_comes_from_a_shared_phone_waits_for_a_person(tmp_path: Path, library: MakeLibrary) -> None:
    """Whoever holds it may say that he is the other one (RULES O1)."""
    async with world(tmp_path, library(RECORD)) as at:
        await at.registry.put_workers([{"id": "korto", "name": "Korto Kollie", "phone": MOSES}])
        for said in ("RECORD", "1", "midwife", MOSES):
            await at.says(said)
        assert await at.rows(CLAIMS) == [("job", "review")]
        records = await at.rows("SELECT worker_id, record FROM worker")
        jobs = {opened(at.store.vault, "worker", row.worker_id, row.record).get("job") for row in records}
        assert "midwife" not in jobs


@pytest.mark.parametrize("same", ["+231770000001", "0770000001", "0770 000 001"])
async def test_the_same_value_again_is_no_claim(tmp_path: Path, library: MakeLibrary, same: str) -> None:
    async with world(tmp_path, library(RECORD)) as at:
        for said in ("RECORD", "midwife", same):
            await at.says(said)
        assert await at.rows(CLAIMS) == [("job", "applied")]


GROUPS = """
    flow turns: Turns
        languages: en
        channels: sms
        start on word TURNS

    ask which: Will you learn, or have you learnt?
        1. done: I have learnt
        2. learn: I will
    if which is done:
        add worker to group trained
        remove worker from group learners
    otherwise:
        remove worker from group trained
        add worker to group learners
    say: Done.
"""


async def test_the_last_of_a_batch_says_who_is_in_a_group(tmp_path: Path, library: MakeLibrary) -> None:
    said = ("TURNS", "2", "TURNS", "1")
    async with world(tmp_path, library(GROUPS), manners={"sms": Manner(instant=True)}) as at:
        await asyncio.gather(*(at.says(each, key=str(number)) for number, each in enumerate(said)))
        assert await at.rows("SELECT group_name FROM membership WHERE worker_id = 'moses'") == [("trained",)]
