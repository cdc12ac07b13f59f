"""Each invariant is found broken where it is broken, and nowhere else: one damaged row, one breach."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.ids import bucket_of
from engine.invariants import Breach, breaches
from engine.limits import DAY
from engine.recounting import recount
from tests.engine.motion import FATOU, MONDAY, MOSES, MakeLibrary, World, world

FLOW = """
    flow visit: Visit
        languages: en
        channels: sms
        start on word VISIT
        remind after 4 hours
        give up after 2 days
    ask cases: How many cases?
        answer: whole number from 0 to 500
    ask problem: What is the problem?
        answer: text up to 300 letters
"""
SLEEP = """
    flow sleep: Sleep
        languages: en
        channels: sms
        start on word SLEEP
    wait 2 days
    say: Good morning.
"""
ACT = """
    flow act: Act
        languages: en
        channels: sms
        start on word ACT
    do nothing
    say: Done.
"""
AGAIN = """
    INSERT INTO attempt (bucket, box_id, out_id, try, process, started_at)
    SELECT bucket, box_id, out_id, 2, process, started_at FROM attempt
"""
TWICE = """
    INSERT INTO timer (bucket, box_id, session_id, name, guard, due_at)
    SELECT bucket, box_id, session_id, 'remind:7', guard, due_at FROM timer WHERE name = 'give_up'
"""
DAMAGE = [
    ("I1", "DELETE FROM event WHERE n = 2"),
    ("I2", "UPDATE seen SET event_n = 1"),
    ("I3", "UPDATE session SET seq = seq + 1"),
    ("I3", "DELETE FROM answer"),
    ("I4", "DELETE FROM program"),
    ("I7", "UPDATE box SET next_event = 1"),
    ("I9", "UPDATE outbox SET arms = NULL"),
    ("I10", "UPDATE outbox SET tries = tries + 1"),
    ("I10", AGAIN),
    ("I11", "UPDATE outbox SET status = 'queued'"),
    ("I12", "UPDATE line SET stopped_at = 1, stopped_row = 0"),
]
TOLD = [
    ("I3", "UPDATE answer SET question = 'other'"),
    ("I6", "UPDATE event SET at = at + 1"),
    ("I8", "DELETE FROM timer WHERE name = 'give_up'"),
    ("I9", "DELETE FROM outbox"),
    ("I14", TWICE),
]


async def visited(at: World) -> None:
    """A conversation with one answer, which waits for the next."""
    await at.says("VISIT")
    await at.says("12")
    await at.gateway.has(2)
    await at.becomes("SELECT DISTINCT status FROM outbox", [("sent",)])


async def found(at: World) -> list[Breach]:
    async with at.store.read() as connection:
        return await connection.run_sync(breaches)


async def retold(at: World) -> list[Breach]:
    async with at.store.read() as connection:
        page = await connection.run_sync(recount, at.store.vault, at.library)
        return page.breaches


async def test_a_sound_database_breaks_nothing(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(FLOW)) as at:
        await visited(at)
        assert await found(at) == []
        assert await retold(at) == []


@pytest.mark.parametrize(("invariant", "damage"), DAMAGE)
async def test_damage_is_named(tmp_path: Path, library: MakeLibrary, invariant: str, damage: str) -> None:
    async with world(tmp_path, library(FLOW)) as at:
        await visited(at)
        for owner in at.runtime._owners.values():
            await owner.stop(1)  # else what is queued again may be sent before anybody looks
        await at.change(damage)
        assert invariant in {breach.invariant for breach in await found(at)}


@pytest.mark.parametrize(
    ("flow", "word", "damage"),
    [(SLEEP, "SLEEP", "DELETE FROM timer"), (ACT, "ACT", "UPDATE outbox SET status = 'unknown'")],
    ids=["asleep", "acting"],
)
async def test_who_would_wait_for_ever_is_named(
    tmp_path: Path, library: MakeLibrary, flow: str, word: str, damage: str
) -> None:
    async with world(tmp_path, library(flow), start=False) as at:
        await at.runtime.inbox.start()
        await at.says(word)
        assert await found(at) == []
        await at.change(damage)
        assert [breach.invariant for breach in await found(at)] == ["I8"]


@pytest.mark.parametrize(("invariant", "damage"), TOLD)
async def test_a_conversation_told_again_names_damage(
    tmp_path: Path, library: MakeLibrary, invariant: str, damage: str
) -> None:
    async with world(tmp_path, library(FLOW)) as at:
        await visited(at)
        await at.change(damage)
        assert {breach.invariant for breach in await retold(at)} == {invariant}


async def test_pages_follow_one_another(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(FLOW)) as at:
        for _ in range(3):
            await at.says("VISIT")
            await at.says("STOP")
            await at.says("START")
        ids = [row[0] for row in await at.rows("SELECT session_id FROM session ORDER BY 1")]
        async with at.store.read() as connection:
            first = await connection.run_sync(recount, at.store.vault, at.library, 0, 2)
            second = await connection.run_sync(recount, at.store.vault, at.library, ids[1], 2)
            third = await connection.run_sync(recount, at.store.vault, at.library, ids[2], 2)
        assert [first.last, second.last, third.last] == [ids[1], ids[2], None]


PICKED = "UPDATE attempt SET started_at = 0, chain = chain + 9 WHERE out_id = (SELECT min(out_id) FROM outbox)"


async def stopped(at: World) -> None:
    await visited(at)
    await at.says("STOP")
    await at.gateway.has(3)
    await at.becomes("SELECT count(*) FROM outbox WHERE status <> 'sent'", [(0,)])


@pytest.mark.parametrize("clock", [1, MONDAY - DAY, MONDAY + DAY])
async def test_what_came_first_is_told_by_no_clock(tmp_path: Path, library: MakeLibrary, clock: int) -> None:
    """STOP was written by a machine whose clock is wrong, or by one whose clock is right."""
    async with world(tmp_path, library(FLOW)) as at:
        await stopped(at)
        await at.change("UPDATE line SET stopped_at = :clock WHERE stopped_at IS NOT NULL", clock=clock)
        assert await found(at) == []
        await at.change(PICKED)
        assert [each.invariant for each in await found(at)] == ["I12"]


async def test_the_order_of_a_stop_outlives_what_becomes_of_its_box(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(FLOW)) as at:
        await stopped(at)
        await at.says("VISIT", FATOU)
        await at.gateway.has(4)
        for number in (MOSES, FATOU):
            await at.registry.put_workers([{"id": "moses", "phones": [MOSES, FATOU], "name": number}])
            assert await found(at) == []
        await at.says("START")
        await at.says("VISIT")
        assert await found(at) == []
        await at.says("STOP")
        assert await found(at) == []


async def test_what_was_picked_before_boxes_became_one_is_measured_by_no_other_chain(
    tmp_path: Path, library: MakeLibrary
) -> None:
    """The longer chain ends: what was picked there stands behind all rows of the chain that stays."""
    async with world(tmp_path, library(FLOW)) as at:
        for number in (MOSES, FATOU):
            await at.says("HELP", number)
        boxes = await at.rows("SELECT worker_id, box_id FROM line JOIN worker_line USING (line_id)")
        goes, _ = sorted(boxes, key=lambda row: (bucket_of(row.box_id), row.box_id))
        number = MOSES if goes.worker_id == "moses" else FATOU
        for said in ("STOP", "START") * 4 + ("VISIT", "STOP"):
            await at.says(said, number)
            await at.becomes("SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending')", [(0,)])
        await at.registry.put_workers([{"id": "moses", "phones": [MOSES, FATOU]}])
        assert await at.rows("SELECT merged_into IS NOT NULL FROM box WHERE box_id = :box", box=goes.box_id) == [(1,)]
        assert await found(at) == []
        await at.change(
            "UPDATE attempt SET chain = (SELECT audit_n FROM box WHERE box.box_id = attempt.box_id)"
            " WHERE out_id IN (SELECT out_id FROM outbox WHERE session_id IS NOT NULL)"
        )
        assert {each.invariant for each in await found(at)} == {"I12"}


TOGETHER = """
    flow collect: Collect
        languages: en
        channels: sms
        start on event ready
        inputs:
            sample: text
    on event moved with same sample:
        say: {sample} was moved.
    ask can: Can you collect {sample}?
        answer: yes or no
    take sample:
        say: {taker.name} collects it.
    ask hour: When?
        answer: time
"""
ELSEWHERE = "SET box_id = box_id + 1024"


@pytest.mark.parametrize(
    ("damage", "by_rows", "told"),
    [
        ("DELETE FROM taken", set(), {"X1"}),
        ("UPDATE taken SET value_key = 'other'", set(), {"X1"}),
        (f"UPDATE taken {ELSEWHERE}", {"X1"}, {"X1"}),
        ("DELETE FROM follower", set(), {"X2"}),
        (f"UPDATE follower {ELSEWHERE}", {"X2"}, {"X2"}),
    ],
)
async def test_what_conversations_have_together_is_looked_at(
    tmp_path: Path, library: MakeLibrary, damage: str, by_rows: set[str], told: set[str]
) -> None:
    async with world(tmp_path, library(TOGETHER)) as at:
        await at.runtime.start_flow("collect", "fatou", {"sample": "L-7"}, "1")
        await at.says("yes", FATOU)
        assert await at.gateway.has(2) == ["Can you collect L-7?", "When?"]
        assert [*await found(at), *await retold(at)] == []
        await at.change(damage)
        assert {each.invariant for each in await found(at)} == by_rows
        assert {each.invariant for each in await retold(at)} == told


async def test_who_lets_a_thing_go_no_longer_has_it(tmp_path: Path, library: MakeLibrary) -> None:
    async with world(tmp_path, library(TOGETHER)) as at:
        await at.runtime.start_flow("collect", "fatou", {"sample": "L-7"}, "1")
        await at.says("yes", FATOU)
        await at.gateway.has(2)
        await at.says("STOP", FATOU)
        assert [*await found(at), *await retold(at)] == []


SECOND = """
    INSERT INTO session (bucket, box_id, session_id, worker_id, program, status, seq, wait, line_id, answered, state,
        outcome, same, started_at, changed_at)
    SELECT bucket, box_id, session_id + 1, {worker}, program, 'waiting', seq, wait, {line}, answered, state,
        outcome, same, started_at, changed_at FROM session
"""
TURNED = "UPDATE event SET kind = 'received', seq = 100 - seq"
GONE_ON = "UPDATE attempt SET chain = 5; UPDATE line SET stopped_at = 1, stopped_row = {row}"
TWIN_DELIVERY = """
    INSERT INTO seen (bucket, box_id, line_id, key, event_n, at)
    SELECT bucket, box_id, line_id, '@' || key, event_n, at FROM seen
"""
WORDS = [
    ("a delivery was accepted as event 2, which is not stored", "DELETE FROM event WHERE n = 2"),
    ("2 deliveries claim event 1", "UPDATE seen SET event_n = 1 WHERE event_n < 3"),
    ("counts 2 events, and 1 are stored", "DELETE FROM event WHERE seq = 1"),
    ("counts 2 events, and 2 are stored", "UPDATE event SET seq = 3 WHERE seq = 2"),
    ("counts 1 answers, and 0 are stored", "DELETE FROM answer"),
    ("counts 1 answers, and 1 are stored", "UPDATE answer SET n = 2"),
    ("The version of its flow that session", "DELETE FROM program"),
    ("On line .*, 2 questions wait", SECOND.format(worker="NULL", line="line_id")),
    ("For worker moses, 2 questions wait", SECOND.format(worker="worker_id", line="line_id + 1")),
    ("event 2 was applied before an earlier one", f"{TURNED}; UPDATE event SET tries = 0"),
    ("event 2 is stored, and its number", "UPDATE box SET next_event = 2"),
    ("no message asked for it", "UPDATE outbox SET arms = arms + 9"),
    ("counts 1 tries, and 0 are stored", "DELETE FROM attempt"),
    ("counts 2 tries, and 1 are stored", "UPDATE outbox SET tries = 2"),
    *(
        (f"after try 1, whose outcome was {was}", f"{AGAIN}; UPDATE attempt SET outcome = '{was}'")
        for was in ("sent", "refused")
    ),
    ("after try 1, whose outcome was none", f"{AGAIN}; UPDATE attempt SET outcome = NULL"),
    *((f"stands at {status}, and its", f"UPDATE outbox SET status = '{status}'") for status in ("queued", "sending")),
    *(
        ("stands at sent, and its", f"UPDATE attempt SET receipt = '{how}'")
        for how in ("delivered", "undelivered", "rejected")
    ),
    ("was tried .try 1. after STOP", GONE_ON.format(row=5)),
]
"""What a check finds, and says; damage after damage."""
FINE = [
    ("a delivery was accepted", "UPDATE seen SET at = 0, event_n = 99 WHERE event_n = 2"),
    (
        "deliveries claim",
        TWIN_DELIVERY,
    ),
    ("The version of its flow", "UPDATE session SET status = 'ended'; DELETE FROM program"),
    ("questions wait", SECOND.format(worker="worker_id", line="line_id").replace("'waiting'", "'suspended'")),
    ("was applied before", f"{TURNED}; UPDATE event SET tries = 1"),
    *(("whose outcome was", f"{AGAIN}; UPDATE attempt SET outcome = '{was}'") for was in ("retry", "unknown", "down")),
    ("stands at", "UPDATE attempt SET receipt = 'delivered'; UPDATE outbox SET status = 'delivered'"),
    ("stands at", "UPDATE attempt SET receipt = 'sent'"),
    ("after STOP", GONE_ON.format(row=6)),
    ("after STOP", "UPDATE line SET stopped_row = 0"),
    ("after STOP", "UPDATE outbox SET class = 0; " + GONE_ON.format(row=5)),
    ("after STOP", "UPDATE outbox SET parts = 0; " + GONE_ON.format(row=5)),
]
"""What looks like a breach of a check, and is none."""


async def said_of(at: World, damage: str) -> str:
    """What the checks say after this damage; the key that would refuse a second floor is away."""
    for owner in at.runtime._owners.values():
        await owner.stop(1)
    await at.change("DROP INDEX uq_session_floor")
    for one in damage.split(";"):
        await at.change(one)
    return "\n".join(breach.sentence for breach in await found(at))


@pytest.mark.parametrize(("words", "damage"), WORDS)
async def test_each_check_finds_what_it_is_for(tmp_path: Path, library: MakeLibrary, words: str, damage: str) -> None:
    async with world(tmp_path, library(FLOW)) as at:
        await visited(at)
        assert re.search(words, await said_of(at, damage))


@pytest.mark.parametrize(("words", "damage"), FINE)
async def test_no_check_finds_what_is_none(tmp_path: Path, library: MakeLibrary, words: str, damage: str) -> None:
    async with world(tmp_path, library(FLOW)) as at:
        await visited(at)
        assert words not in await said_of(at, damage)


SLEEPS = "Session .* sleeps, and no timer will wake it"
ACTS = "Session .* waits for an action that nobody performs"
WAITS_FOR_US = "; UPDATE event SET state = 0"


@pytest.mark.parametrize(
    ("flow", "damage", "words"),
    [
        (SLEEP, "UPDATE timer SET guard = guard + 1", SLEEPS),
        (SLEEP, "UPDATE timer SET session_id = session_id + 1", SLEEPS),
        (SLEEP, "DELETE FROM timer" + WAITS_FOR_US, ""),
        (SLEEP, "DELETE FROM timer; UPDATE session SET status = 'ended'", ""),
        (ACT, "UPDATE outbox SET arms = arms + 1", ACTS),
        (ACT, "UPDATE outbox SET channel = 'sms'", ACTS),
        (ACT, "UPDATE outbox SET channel = 'submit:system'", ""),
        (ACT, "UPDATE outbox SET status = 'sending'", ""),
        (ACT, "DELETE FROM outbox", ACTS),
        (ACT, "DELETE FROM outbox" + WAITS_FOR_US, ""),
        (ACT, "DELETE FROM outbox; UPDATE session SET status = 'ended'", ""),
    ],
)
async def test_who_waits_for_ever_is_told_from_who_is_waited_for(
    tmp_path: Path, library: MakeLibrary, flow: str, damage: str, words: str
) -> None:
    async with world(tmp_path, library(flow), start=False) as at:
        await at.runtime.inbox.start()
        await at.says("SLEEP" if flow is SLEEP else "ACT")
        await at.runtime.inbox.stop(1)
        said = await said_of(at, damage)
        assert re.search(words, said) if words else not re.search(f"{SLEEPS}|{ACTS}", said)
