"""An attempt is settled once, moves its own message and no other, and never one that went on meanwhile (I10, I11)."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import Connection

from engine import leases
from engine.delivery import Down, Outcome, Refused, Retry, Sent, Unknown
from engine.leases import Lease
from engine.library import Library
from engine.pace import Pace
from engine.picking import Picked, Terms, pick
from engine.settling import Settled, Ways, left_over, settle
from engine.spending import FREE, Budget
from engine.survey import look
from tests.engine.motion import FATOU, MOSES, MakeLibrary, World, world
from tests.engine.test_outbox import queue

STATUS = "SELECT status FROM outbox ORDER BY out_id"
OUTCOMES = 'SELECT "try", outcome FROM attempt ORDER BY out_id, "try"'
STOPPED = "SELECT stopped_at, stopped_row FROM line WHERE line_id = :line"
OPTED_OUT = Refused("opted out", opted_out=True)


class Going(NamedTuple):
    """Messages that were picked, and nobody handed over: the test says what came of them."""

    at: World
    lease: Lease
    picked: list[Picked]

    async def settles(self, *outcomes: tuple[int, Outcome]) -> None:
        """Write the outcomes of messages, by their places."""
        settled = [(self.picked[place], outcome) for place, outcome in outcomes]
        ways, now = Ways(self.at.store.vault), self.at.clock.now()
        await self.at.store.write(lambda connection: settle(connection, self.lease, ways, settled, now))

    async def left(self, channel: str = "sms", *, epoch: int = 0, mine: bool = False) -> Settled:
        """What an owner of this channel finds that nobody will settle."""
        lease = Lease(channel, self.lease.process, epoch or self.lease.epoch)
        ways = Ways(self.at.store.vault)
        return await self.at.store.write(lambda connection: left_over(connection, lease, ways, lambda *_: mine))

    async def has(self, sql: str, **bound: object) -> list[tuple[object, ...]]:
        """Rows of the database."""
        return [tuple(row) for row in await self.at.rows(sql, **bound)]


async def going(at: World, *texts: str, number: str = MOSES) -> Going:
    """So many messages, each picked."""
    await queue(at, *texts, number=number)
    return Going(at, *await at.store.write(lambda connection: _pick(connection, at)))


def _pick(connection: Connection, at: World) -> tuple[Lease, list[Picked]]:
    now = at.clock.now()
    taken = leases.take(connection, "sms", at.kit.process, now, 0, alone=True)
    assert taken is not None
    budget = Budget(connection, "sms", FREE, now, "UTC")
    terms = Terms(taken.lease, 32, 0, Pace(None, at.clock).plan(0), budget)
    return taken.lease, pick(connection, at.kit, terms, look(connection, "sms", 32, now), now).picked


@pytest.fixture
def none(library: MakeLibrary) -> Library:
    return library()


async def test_an_outcome_is_of_one_message(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, start=False) as at:
        sent = await going(at, "one", "two", "three")
        await sent.settles((1, Sent("abc", "0.02")))
        assert await sent.has(STATUS) == [("sending",), ("sent",), ("sending",)]
        known = await sent.has("SELECT outcome, provider_id, cost FROM attempt ORDER BY out_id")
        assert known == [(None, None, ""), ("sent", "abc", "0.02"), (None, None, "")]


@pytest.mark.parametrize("later", [Refused("no"), Retry("busy"), Unknown("reset"), Down("off"), Sent("xyz")])
async def test_what_was_settled_stays(tmp_path: Path, none: Library, later: Outcome) -> None:
    async with world(tmp_path, none, start=False) as at:
        sent = await going(at, "one", "two")
        await sent.settles((0, Sent("abc")))
        at.clock.move(1000)
        before = await sent.has("SELECT * FROM outbox ORDER BY out_id")
        await sent.settles((0, later))
        assert await sent.has("SELECT * FROM outbox ORDER BY out_id") == before
        assert await sent.has("SELECT outcome, provider_id FROM attempt ORDER BY out_id") == [
            ("sent", "abc"),
            (None, None),
        ]


@pytest.mark.parametrize("outcome", [Refused("no"), Retry("busy"), Unknown("reset"), Down("off"), Sent("xyz")])
@pytest.mark.parametrize("meanwhile", ["status = 'delivered'", "status = 'stopped'", "tries = 2"])
async def test_a_message_that_went_on_meanwhile_stays_where_it_is(
    tmp_path: Path, none: Library, meanwhile: str, outcome: Outcome
) -> None:
    """A receipt came first, or a new owner tried it again: only the attempt learns what came of it."""
    async with world(tmp_path, none, start=False) as at:
        sent = await going(at, "zero", "one", "two")
        await at.change(f"UPDATE outbox SET {meanwhile} WHERE out_id = :this", this=sent.picked[1].out_id)
        before = await sent.has("SELECT * FROM outbox ORDER BY out_id")
        await sent.settles((1, outcome))
        assert await sent.has("SELECT * FROM outbox ORDER BY out_id") == before
        assert [named for _, named in await sent.has(OUTCOMES) if named] == [type(outcome).__name__.lower()]


async def test_only_the_attempt_that_was_made_is_settled(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, start=False) as at:
        first = await going(at, "one")
        await first.settles((0, Retry("busy", 1)))
        at.clock.move(1000)
        lease, picked = await at.store.write(lambda connection: _pick(connection, at))
        again = Going(at, lease, picked)
        await first.settles((0, Sent("late")))
        assert await again.has(OUTCOMES) == [(1, "retry"), (2, None)]
        await again.settles((0, Refused("no")))
        assert await again.has(OUTCOMES) == [(1, "retry"), (2, "refused")]


async def test_whoever_opted_out_is_stopped_alone(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, start=False) as at:
        sent = await going(at, "one")
        now = at.clock.now()
        await sent.settles((0, OPTED_OUT))
        (row,) = await sent.has("SELECT max(n) FROM audit WHERE box_id = :box", box=sent.picked[0].box_id)
        assert await sent.has(STOPPED, line=sent.picked[0].line_id) == [(now, *row)]
        assert await sent.has("SELECT stopped_at, stopped_row FROM line WHERE stopped_at IS NULL") == [(None, None)]


@pytest.mark.parametrize("other", [Refused("no"), Sent()])
async def test_who_is_only_refused_is_not_stopped(tmp_path: Path, none: Library, other: Outcome) -> None:
    async with world(tmp_path, none, start=False) as at:
        sent = await going(at, "one")
        await sent.settles((0, other))
        assert await sent.has("SELECT stopped_at FROM line") == [(None,), (None,)]
        assert await sent.has("SELECT n FROM audit WHERE box_id = :box", box=sent.picked[0].box_id) == []


async def test_who_had_stopped_before_stays_stopped_since_then(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, start=False) as at:
        sent = await going(at, "one")
        await at.change("UPDATE line SET stopped_at = 5, stopped_row = 3")
        await sent.settles((0, OPTED_OUT))
        assert await sent.has(STOPPED, line=sent.picked[0].line_id) == [(5, 3)]


async def test_each_box_notes_who_opted_out_in_it(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, start=False) as at:
        await queue(at, "one", number=FATOU)
        sent = await going(at, "two")
        assert len({each.box_id for each in sent.picked}) == 2
        await sent.settles((0, OPTED_OUT), (1, OPTED_OUT))
        noted = await sent.has("SELECT box_id, count(*) FROM audit WHERE what = 'stop' GROUP BY box_id")
        assert dict(noted) == {each.box_id: 1 for each in sent.picked}


async def test_what_is_settled_after_its_box_became_part_of_another_is_found_there(
    tmp_path: Path, none: Library
) -> None:
    async with world(tmp_path, none, start=False) as at:
        await queue(at, "one", number=FATOU)
        sent = await going(at, "two")
        await at.registry.put_workers([{"id": "fatou", "phones": [FATOU, MOSES]}])
        assert len(await sent.has("SELECT DISTINCT box_id FROM outbox")) == 1
        await sent.settles((0, Sent()), (1, Refused("no")))
        assert sorted(await sent.has(STATUS)) == [("refused",), ("sent",)]
        assert sorted(await sent.has("SELECT outcome FROM attempt")) == [("refused",), ("sent",)]


async def test_what_an_earlier_owner_left_may_have_gone_through(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, start=False) as at:
        sent = await going(at, "one", "two", "three")
        await sent.settles((0, Sent()))
        found = await sent.left(epoch=sent.lease.epoch + 1, mine=True)
        assert {(picked.out_id, type(outcome)) for picked, outcome in found} == {
            (each.out_id, Unknown) for each in sent.picked[1:]
        }


@pytest.mark.parametrize(("mine", "left"), [(True, []), (False, [Down, Down])])
async def test_of_its_own_only_what_was_never_handed_over_is_left(
    tmp_path: Path, none: Library, mine: bool, left: list[type[Outcome]]
) -> None:
    async with world(tmp_path, none, start=False) as at:
        sent = await going(at, "one", "two")
        assert [type(outcome) for _, outcome in await sent.left(mine=mine)] == left


async def test_what_another_channel_left_is_its_owners(tmp_path: Path, none: Library) -> None:
    async with world(tmp_path, none, start=False) as at:
        sent = await going(at, "one")
        assert await sent.left("other", epoch=7) == []
