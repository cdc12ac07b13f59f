"""One of several takes a thing, and all hear of it once; an event reaches whom it is about (X1, X2)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from engine.events import Happened
from engine.inputs import InputError
from engine.invariants import breaches
from engine.limits import DAY, HOUR, MINUTE
from engine.purging import Purge, Terms
from engine.recounting import recount
from engine.work import Hear, Item, decode_take
from tests.engine.motion import FATOU, MOSES, NOBODY, MakeLibrary, World, beside, world

COLLECT = """
    flow collect: Collect a sample
        languages: en
        channels: sms
        start on event sample_ready
        inputs:
            sample: text
            place: text optional
        give up after 2 days: stop as no_answer
    on event sample_moved with same sample:
        say: {sample} is in {place} now.
    after 6 hours unless sample is taken:
        tell group lab: Nobody collects {sample}.
    ask can: Can you collect {sample}?
        answer: yes or no
    if can is yes:
        take sample:
            say: {taker.name} collects it already.
        ask hour: It is yours. When?
            answer: time
        say: At {hour}.
"""
ASKED = "Can you collect L-7?"
MAY = "+231770000003"


async def rest(at: World) -> None:
    for rows in ("mail WHERE done_at IS NULL", "event WHERE state = 0", "outbox WHERE status IN ('queued', 'sending')"):
        await at.becomes(f"SELECT count(*) FROM {rows}", [(0,)])
    async with at.store.read() as connection:
        page = await connection.run_sync(recount, at.store.vault, at.library)
        assert [*await connection.run_sync(breaches), *page.breaches] == []


async def asked(at: World, sample: str = "L-7", workers: tuple[str, ...] = ("moses", "fatou")) -> None:
    """Several are asked about one sample."""
    for worker in workers:
        await at.runtime.start_flow("collect", worker, {"sample": sample}, f"{sample} {worker}")
    await rest(at)


async def said(at: World, text: str, number: str = MOSES) -> None:
    await at.says(text, number)
    await rest(at)


async def test_the_first_gets_it_and_whoever_waits_hears_of_it(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(COLLECT)) as at:
        await asked(at)
        await said(at, "yes", FATOU)
        assert await at.heard(FATOU) == [ASKED, "It is yours. When?"]
        assert await at.heard() == [ASKED, "Fatou Kamara collects it already."]
        assert {row.outcome for row in await at.rows("SELECT outcome FROM session")} == {"", "taken"}


async def test_whoever_comes_later_hears_of_it_at_the_line(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(COLLECT)) as at:
        await asked(at, workers=("fatou",))
        await said(at, "yes", FATOU)
        await asked(at, workers=("moses",))
        await said(at, "yes")
        assert await at.heard() == [ASKED, "Fatou Kamara collects it already."]


async def test_another_sample_is_another_thing(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(COLLECT)) as at:
        await asked(at, "L-7", ("fatou",))
        await asked(at, "L-8", ("moses",))
        for number in (FATOU, MOSES):
            await said(at, "yes", number)
            assert (await at.heard(number))[-1] == "It is yours. When?"


@pytest.mark.parametrize(
    ("how", "free"), [("silence", True), ("STOP", True), ("9:30", False)], ids=["silence", "STOP", "an answer"]
)
async def test_what_was_taken_is_free_again_after_silence(
    tmp_path: Path, library: MakeLibrary, how: str, free: bool
) -> None:
    async with world(tmp_path, library(COLLECT)) as at:
        await asked(at, workers=("fatou",))
        await said(at, "yes", FATOU)
        if how == "silence":
            at.clock.move(2 * DAY + MINUTE)
            await at.runtime.timers.fire_due()
            await rest(at)
        else:
            await said(at, how, FATOU)
        await asked(at, workers=("moses",))
        await said(at, "yes")
        assert (await at.heard())[-1] == ("It is yours. When?" if free else "Fatou Kamara collects it already.")


async def test_what_only_one_wants_is_no_message_that_reached_nobody(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(COLLECT)) as at:
        await asked(at, workers=("fatou",))
        with capture_logs() as logged:
            await said(at, "yes", FATOU)
        assert [each for each in logged if each["log_level"] == "warning"] == []


async def test_two_at_once_and_one_gets_it(tmp_path: Path, library: MakeLibrary) -> None:
    people = {f"w{i}": f"+2317700006{i:02}" for i in range(8)}
    async with world(tmp_path, library(COLLECT)) as at:
        await at.registry.put_workers({"id": worker, "phone": number} for worker, number in people.items())
        await asked(at, workers=tuple(people))
        await asyncio.gather(*(at.says("yes", number) for number in people.values()))
        await rest(at)
        last = [(await at.heard(number))[-1] for number in people.values()]
        assert last.count("It is yours. When?") == 1
        assert sum(text.endswith("collects it already.") for text in last) == len(people) - 1
        assert [len(await at.heard(number)) for number in people.values()] == [2] * len(people)


async def test_a_crash_at_any_moment_of_taking_tells_nobody_twice(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(COLLECT)) as at:
        await asked(at, workers=("fatou", "moses"))
        await at.runtime.mail.stop()
        await at.says("yes", FATOU)
        await at.crash()
        at.clock.move(MINUTE)
        await at.runtime.start()
        await rest(at)
        await at.change("UPDATE mail SET done_at = NULL")
        assert await at.runtime.mail.deliver_due() > 0
        await rest(at)
        assert await at.heard(FATOU) == [ASKED, "It is yours. When?"]
        assert await at.heard() == [ASKED, "Fatou Kamara collects it already."]


async def test_who_stops_before_he_hears_does_not_hold_it(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(COLLECT)) as at:
        await asked(at)
        await at.runtime.mail.stop()
        await at.says("yes", FATOU)
        await at.says("STOP", FATOU)
        at.runtime.mail.start()
        await rest(at)
        assert await at.rows("SELECT * FROM taken") == []
        await said(at, "yes")
        assert (await at.heard())[-1] == "It is yours. When?"


@pytest.mark.parametrize("leaves", ["STOP", "sample_lost"])
async def test_who_leaves_the_line_in_the_batch_that_gives_it_to_him_does_not_hold_it(
    tmp_path: Path, library: MakeLibrary, leaves: str
) -> None:
    lost = "    on event sample_lost with same sample:\n        go to can\n    ask can"
    async with world(tmp_path, library(COLLECT.replace("    ask can", lost))) as at:
        await asked(at, workers=("fatou",))
        await at.runtime.mail.stop()
        await at.says("yes", FATOU)
        [row] = await at.rows("SELECT bucket, box_id, session_id, seq, item, body FROM mail")
        place = f"{row.session_id}.{row.seq}.{row.item}"
        take = decode_take(at.store.vault.open("mail", row.box_id, place, row.body))
        hear = Hear(row.session_id, Happened("sample_lost", {"sample": "L-7"}))
        first = (
            at.says("STOP", FATOU)
            if leaves == "STOP"
            else at.runtime.inbox.do(Item(hear, "e1", bucket=row.bucket, box_id=row.box_id))
        )
        item = Item(take, f"mail {place}", bucket=row.bucket, box_id=row.box_id)
        await asyncio.gather(first, at.runtime.inbox.do(item))
        assert await at.rows("SELECT * FROM taken") == []
        at.runtime.mail.start()
        await rest(at)


async def test_one_speaks_for_all_when_nobody_has_it_in_time(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(COLLECT)) as at:
        await at.registry.put_workers([{"id": "may", "phone": MAY, "groups": "lab"}, {"id": "fatou", "groups": ""}])
        await asked(at, workers=("moses", "fatou"))
        at.clock.move(6 * HOUR)
        await at.runtime.timers.fire_due()
        await rest(at)
        assert await at.heard(MAY) == ["Nobody collects L-7."]


async def test_nobody_speaks_where_somebody_has_it(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(COLLECT)) as at:
        await at.registry.put_workers([{"id": "may", "phone": MAY, "groups": "lab"}])
        await asked(at)
        await said(at, "yes", FATOU)
        at.clock.move(6 * HOUR)
        await at.runtime.timers.fire_due()
        await rest(at)
        assert await at.heard(MAY) == []


async def test_an_event_reaches_the_conversations_that_it_is_about(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(COLLECT)) as at:
        await at.registry.put_workers([{"id": "may", "phone": MAY}])
        await asked(at)
        await asked(at, "L-8", ("may",))
        moved = {"sample": "L-7", "place": "Ward B"}
        for _ in range(2):
            assert await at.runtime.hearers.post("sample_moved", moved, "e1") == 2
        await rest(at)
        told = [ASKED, "L-7 is in Ward B now.", ASKED]
        assert [await at.heard(number) for number in (MOSES, FATOU, MAY)] == [told, told, ["Can you collect L-8?"]]


async def test_an_event_that_nobody_hears(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(COLLECT)) as at:
        await asked(at, workers=("moses",))
        await said(at, "no")
        assert await at.runtime.hearers.post("sample_moved", {"sample": "L-7"}, "e1") == 0
        assert await at.runtime.hearers.post("sample_moved", {"sample": "L-9"}, "e2") == 0
        assert await at.runtime.hearers.post("sample_lost", {"sample": "L-7"}, "e3") is None
        await at.runtime.hearers.note_unheard("sample_moved", "e1")
        noted = await at.rows("SELECT what FROM audit WHERE actor = 'other systems'")
        assert [tuple(row) for row in noted] == [("event",)]


async def test_an_event_that_was_heard_is_a_repeat_after_the_end(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(COLLECT)) as at:
        await asked(at, workers=("moses",))
        assert await at.runtime.hearers.post("sample_moved", {"sample": "L-7"}, "e1") == 1
        await rest(at)
        await said(at, "no")
        assert await at.runtime.hearers.post("sample_moved", {"sample": "L-7"}, "e1") == 1


async def test_an_event_that_nobody_heard_is_not_heard_when_it_comes_again(
    tmp_path: Path, library: MakeLibrary
) -> None:
    async with world(tmp_path, library(COLLECT)) as at:
        await asked(at, workers=("moses",))
        await said(at, "no")
        before = await at.rows("SELECT count(*) FROM event")
        for _ in range(2):
            assert await at.runtime.hearers.post("sample_moved", {"sample": "L-7"}, "e1") == 0
        assert await at.rows("SELECT count(*) FROM event") == before


async def test_an_event_that_comes_just_too_late_is_no_repeat_when_it_comes_again(
    tmp_path: Path, library: MakeLibrary
) -> None:
    """The conversation ended between being found and being told: else whoever posts it would be told that it heard."""
    async with world(tmp_path, library(COLLECT)) as at:
        await asked(at, workers=("moses",))
        await said(at, "no")
        [row] = await at.rows("SELECT bucket, box_id, session_id FROM session")
        hear = Hear(row.session_id, Happened("sample_moved", {"sample": "L-7"}))
        for _ in range(2):
            told = await at.runtime.inbox.do(Item(hear, "e1", bucket=row.bucket, box_id=row.box_id))
            assert (told.repeat, told.event_n) == (False, 0)


@pytest.mark.parametrize("inputs", [{}, {"sample": "L-7", "colour": "red"}], ids=["too few", "too many"])
async def test_an_event_has_the_inputs_that_the_flow_knows(
    tmp_path: Path, library: MakeLibrary, inputs: dict[str, str]
) -> None:
    async with world(tmp_path, library(COLLECT)) as at:
        with pytest.raises(InputError):
            await at.runtime.hearers.post("sample_moved", inputs, "e1")


async def test_an_event_reaches_those_that_run_an_older_version(tmp_path: Path, library: MakeLibrary) -> None:
    newer = COLLECT.replace("with same sample", "with same sample, place")
    async with world(tmp_path, library(COLLECT)) as at:
        await asked(at, workers=("moses",))
        await at.runtime.publish(library(newer).flows()[0].program)
        assert await at.runtime.hearers.post("sample_moved", {"sample": "L-7", "place": "Ward B"}, "e1") == 1


async def test_two_processes_agree_who_has_it(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(COLLECT)) as at:
        await asked(at)
        if not at.store.shared:
            return
        async with beside(at) as other:
            await asyncio.gather(at.says("yes", FATOU), other.says("yes", MOSES))
            await rest(at)
        # The clock stands, so nothing tells in which order two processes said something within one moment.
        fatou, moses = [sorted(await at.heard(number)) for number in (FATOU, MOSES)]
        mine = [ASKED, "It is yours. When?"]
        assert (fatou, moses) in [
            (mine, [ASKED, "Fatou Kamara collects it already."]),
            ([ASKED, "Moses Flomo collects it already."], mine),
        ]


async def test_two_boxes_that_become_one_keep_what_they_hold(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(COLLECT)) as at:
        await asked(at, workers=("fatou",))
        await said(at, "yes", FATOU)
        await at.registry.put_workers([{"id": "moses", "phones": [FATOU, MOSES]}])
        await at.registry.put_workers([{"id": "fatou", "phones": [NOBODY]}])
        await at.runtime.timers.fire_due()
        await asked(at, workers=("moses",))
        await said(at, "yes")
        assert (await at.heard())[-1] == "Fatou Kamara collects it already."


async def test_two_boxes_that_both_began_the_same_for_one_worker_become_one(
    tmp_path: Path, library: MakeLibrary
) -> None:
    async with world(tmp_path, library(COLLECT)) as at:
        await asked(at, workers=("fatou",))
        for phone in ("none", NOBODY):
            await at.registry.put_workers([{"id": "fatou", "phone": phone}])
        await at.runtime.timers.fire_due()
        await asked(at, workers=("fatou",))
        await at.registry.put_workers([{"id": "fatou", "phones": [NOBODY, FATOU]}])
        known = await at.rows("SELECT count(*), count(DISTINCT box_id) FROM seen WHERE line_id = 0")
        assert [tuple(row) for row in known] == [(1, 1)]


async def test_who_heard_of_what_is_forgotten_with_the_deliveries(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(COLLECT)) as at:
        await asked(at)
        await said(at, "no")
        await Purge(at.store, Terms(seen=at.clock.now() + 1)).all()
        assert [tuple(row) for row in await at.rows("SELECT count(DISTINCT session_id) FROM follower")] == [(1,)]


async def test_who_went_over_to_a_new_version_hears_by_its_lines(tmp_path: Path, library: MakeLibrary) -> None:
    newer = COLLECT.replace(" can", " could").replace("on event sample_moved with", "on event sample_gone with")
    newer = newer.replace("inputs:", "moved can -> could\n        inputs:")
    async with world(tmp_path, library(COLLECT)) as at:
        await asked(at, workers=("moses",))
        await at.runtime.publish(library(newer).flows()[0].program)
        await at.runtime.movers.move()
        await rest(at)
        assert await at.runtime.hearers.post("sample_gone", {"sample": "L-7"}, "e1") == 1
