"""A new number is the worker's once it has sent the code that his own phone was told; anything else changes nothing."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from engine.confirming import code_in
from engine.limits import DAY
from engine.people import opened
from engine.recounting import recount
from engine.values import Packed
from tests.engine.motion import FATOU, MOSES, NOBODY, MakeLibrary, World, world

NEW, TYPED = "+231770000077", "0770 000 077"
MOVE = """
    flow move: A new number
        languages: en, fr
        channels: sms
        start on word MOVE

    ask number: What is your new number?
        fr: Quel est votre nouveau numéro ?
        answer: phone number
    set worker.phone to number
    ask more: Anything else?
        fr: Autre chose ?
        answer: text
    say: Thank you: {more}.
        fr: Merci : {more}.
"""
STATES = "SELECT state FROM claim WHERE field = 'phone' ORDER BY claim_id"
APPLIED, REVIEW = [("applied",)], [("review",)]
THANKS = "Thank you. You will get our messages on this phone from now on."
UNKNOWN = "We do not know this phone number. Please ask your supervisor to register it."


async def told(here: World, number: str = MOSES, typed: str = TYPED) -> str:
    """The code that the worker is told when he gives his new number."""
    for said in ("MOVE", typed):
        await here.says(said, number)
    (code,) = re.findall(r"\b\d{6}\b", (await here.heard(number))[-2])
    return str(code)


async def phone(here: World, worker: str = "moses") -> Packed:
    [row] = await here.rows("SELECT record FROM worker WHERE worker_id = :worker", worker=worker)
    return opened(here.store.vault, "worker", worker, row.record)["phone"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("482913", "482913"),
        (" 482 913. ", "482913"),
        ("My code is 482913, thank you", "482913"),
        ("٤٨٢٩١٣", "482913"),
        ("४८२९१३", "482913"),
        ("48291", ""),
        ("4829133", ""),
        ("no", ""),
        ("I counted 482 packets, 913 tablets and much more, as the list on the door says", ""),
    ],
)
def test_a_message_holds_a_code(text: str, code: str) -> None:
    assert code_in(text) == code


async def test_the_new_number_confirms_and_is_his(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(MOVE)) as here:
        code = await told(here)
        assert (await here.heard())[-2:] == [
            f"To get our messages on {NEW} from now on, send {code} from that phone to this number.",
            "Anything else?",
        ]
        assert await phone(here) == MOSES
        await here.says(code, NEW)
        await here.becomes(STATES, APPLIED)
        assert await phone(here) == NEW
        assert (await here.heard(NEW))[0] == THANKS
        audit = await here.rows("SELECT actor FROM audit WHERE what = 'claim'")
        assert audit == [("worker",)]


async def test_doctor_finds_the_code_in_its_place(tmp_path: Path, library: MakeLibrary) -> None:
    """The conversation said nothing there, and the message belongs to it all the same (I9)."""
    async with world(tmp_path, library(MOVE)) as here:
        await told(here)
        async with here.store.read() as connection:
            page = await connection.run_sync(recount, here.store.vault, here.library)
        assert page.breaches == []


async def test_his_conversation_goes_on_there(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(MOVE)) as here:
        await here.says(await told(here), NEW)
        await here.becomes(STATES, APPLIED)
        await here.says("No", NEW)
        assert (await here.heard(NEW))[-1] == "Thank you: No."
        await here.says("hello", MOSES)
        assert (await here.heard(MOSES))[-1] == UNKNOWN


async def test_he_reads_it_in_his_language_on_both_phones(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(MOVE)) as here:
        code = await told(here, FATOU)
        asked = f"Pour recevoir nos messages au {NEW}, envoyez {code} depuis ce téléphone à ce numéro-ci."
        assert (await here.heard(FATOU))[-2] == asked
        await here.says(code, NEW)
        assert (await here.heard(NEW))[0] == "Merci. Vous recevrez désormais nos messages sur ce téléphone."


async def test_nobody_else_confirms_and_no_other_code(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(MOVE)) as here:
        code = await told(here)
        wrong = f"{(int(code) + 1) % 10**6:06}"
        for number, said in ((NEW, wrong), (NOBODY, code)):
            await here.says(said, number)
            assert await here.heard(number) == [UNKNOWN]
        await here.says(code, FATOU)
        assert (await here.heard(FATOU))[-1].startswith("Merci pour votre message")
        assert await here.rows(STATES) == REVIEW
        assert await here.rows("SELECT 1 FROM mail") == []


async def test_from_his_old_phone_it_is_an_answer(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(MOVE)) as here:
        code = await told(here)
        await here.says(code)
        assert (await here.heard())[-1] == f"Thank you: {code}."
        assert await here.rows(STATES) == REVIEW


async def test_a_code_holds_seven_days(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(MOVE)) as here:
        code = await told(here)
        here.clock.move(7 * DAY + 1)
        await here.says(code, NEW)
        assert await here.heard(NEW) == [UNKNOWN]
        assert await here.rows(STATES) == REVIEW


async def test_sent_twice_it_is_done_once(tmp_path: Path, library: MakeLibrary) -> None:
    """A double send in one batch, and once more when the first is done: the number is his already, and he hears so."""
    async with world(tmp_path, library(MOVE)) as here:
        code = await told(here)
        await asyncio.gather(here.says(code, NEW), here.says(code, NEW))
        await here.becomes(STATES, APPLIED)
        here.clock.move(DAY)
        await here.says(code, NEW)
        assert (await here.heard(NEW)).count(THANKS) == 2
        assert len(await here.rows("SELECT 1 FROM audit WHERE what = 'claim'")) == 1
        await here.becomes("SELECT count(*) FROM mail WHERE done_at IS NULL", [(0,)])


async def test_what_a_person_dropped_is_confirmed_no_more(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(MOVE)) as here:
        code = await told(here)
        await here.change("UPDATE claim SET state = 'dropped'")
        await here.says(code, NEW)
        assert await here.heard(NEW) == [UNKNOWN]
        assert await phone(here) == MOSES


async def test_on_a_shared_phone_nobody_is_told_a_code(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(MOVE)) as here:
        await here.registry.put_workers([{"id": "korto", "name": "Korto Kollie", "phone": MOSES}])
        for said in ("MOVE", "1", TYPED):
            await here.says(said)
        assert not [said for said in await here.heard() if "send" in said]
        assert await here.rows("SELECT state, address FROM claim") == [("review", "")]


async def test_a_number_that_no_phone_has_waits_for_a_person(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(MOVE.replace("to number", 'to "12"'))) as here:
        for said in ("MOVE", TYPED):
            await here.says(said)
        assert (await here.heard())[-1] == "Anything else?"
        assert await here.rows("SELECT state, address FROM claim") == [("review", "")]


async def test_a_number_that_sent_stop_confirms_in_silence(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(MOVE)) as here:
        await here.says("STOP", NEW)
        said = await here.heard(NEW)
        await here.says(await told(here), NEW)
        await here.becomes(STATES, APPLIED)
        assert await here.heard(NEW) == said


async def test_it_answers_no_question_of_who_has_the_phone_already(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(MOVE)) as here:
        code = await told(here, typed=FATOU)
        for said in ("MOVE", NEW):
            await here.says(said, FATOU)
        await here.says(code, FATOU)
        await here.becomes("SELECT count(*) FROM claim WHERE state = 'applied'", [(1,)])
        assert await phone(here) == FATOU
        assert THANKS in await here.heard(FATOU)
        assert await here.rows("SELECT count(*) FROM answer WHERE question = 'more'") == [(0,)]


async def test_a_phone_that_is_full_waits_for_a_person(tmp_path: Path, library: MakeLibrary) -> None:
    crowd = [{"id": f"w{number}", "name": "Crowd", "phone": NEW} for number in range(50)]
    async with world(tmp_path, library(MOVE)) as here:
        await here.registry.put_workers(crowd)
        await here.says(await told(here), NEW)
        await here.becomes("SELECT count(*) FROM mail WHERE done_at IS NULL", [(0,)])
        assert await here.rows(STATES) == REVIEW
        assert await phone(here) == MOSES


async def test_confirmed_just_before_a_stop_it_is_applied_after_the_next_start(
    tmp_path: Path, library: MakeLibrary
) -> None:
    async with world(tmp_path, library(MOVE)) as here:
        code = await told(here)
        await here.runtime.mail.stop()
        await here.says(code, NEW)
        assert await here.rows(STATES) == REVIEW
    async with world(tmp_path, library(MOVE)) as here:
        await here.becomes(STATES, APPLIED)
        assert await phone(here) == NEW
