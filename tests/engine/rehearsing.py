"""A test of a flow file once more, by an engine in motion: what each person reads must be what the stage said.

The stage notes what the test did to it; the engine gets the same people, and the same is done to it.
"""

from __future__ import annotations

from asyncio import sleep
from collections import Counter
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from engine import rehearsal as rehearsals
from engine.cast import Member, somebody, supervisor_of
from engine.delivery import Outcome, Refused, Sent
from engine.invariants import Breach, breaches
from engine.library import Library
from engine.limits import MINUTE
from engine.recounting import recount
from engine.stage import Stage
from engine.values import Packed
from engine.work import Begin, Item
from grammar import program as p
from tests.engine.motion import World

# What stands behind a message that is held waits with it.
_BUSY = """
    SELECT (SELECT count(*) FROM outbox o WHERE status = 'sending' OR (status = 'queued' AND not_before <= :now
            AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.session_id = o.session_id AND b.channel = o.channel
                AND b.status = 'queued' AND b.seq < o.seq AND b.not_before > :now)))
        + (SELECT count(*) FROM mail WHERE done_at IS NULL) + (SELECT count(*) FROM event WHERE state = 0)
        + (SELECT count(*) FROM timer WHERE due_at <= :now)
"""
_NEXT = """
    SELECT min(moment) FROM (
        SELECT due_at AS moment FROM timer UNION SELECT not_before FROM outbox WHERE status = 'queued'
    ) AS moments WHERE moment > :now
"""


@dataclass(frozen=True, slots=True)
class Act:
    """What a test did: `do` is start, say, wait or post; and how much each person had read afterwards."""

    do: str
    args: tuple[Any, ...]
    read: Mapping[str, Counter[str]] = field(default_factory=dict)


class Noting(Stage):
    """A stage that notes what is done to it."""

    def __init__(self, library: Library, worker: Member, now: int, others: Mapping[str, Member], sharing: Any) -> None:
        self.acts: list[Act] = []
        self.begun_at = now
        self.before = deepcopy({**others, str(worker.record["id"]): worker})
        self._inside = False
        super().__init__(library, worker, now, others, sharing)

    def _note(self, do: str, args: tuple[Any, ...], act: Any) -> None:
        if self._inside:
            act()
            return
        self._inside = True
        act()
        self._inside = False
        read: dict[str, Counter[str]] = {}
        for line in self.log:
            if line.by != "worker":
                read.setdefault(line.to or str(self.worker.record["id"]), Counter())[line.text] += 1
        self.acts.append(Act(do, args, read))

    def start(self, flow: str, inputs: dict[str, Packed], channel: str = "sms", by: str = "word") -> None:
        self._note("start", (flow, inputs), partial(super().start, flow, inputs, channel, by))

    def say(self, text: str, minutes: int = 1, channel: str = "sms", who: str = "") -> None:
        self._note("say", (text, minutes, who), partial(super().say, text, minutes, channel, who))

    def wait(self, ms: int) -> None:
        self._note("wait", (ms,), partial(super().wait, ms))

    def post(self, name: str, inputs: dict[str, Packed]) -> None:
        self._note("post", (name, inputs), partial(super().post, name, inputs))


def noted(
    rehearsal: p.Rehearsal, library: Library, people: Sequence[p.Person], monkeypatch: pytest.MonkeyPatch
) -> Noting:
    """The stage on which the test was played, and passed."""
    stages: list[Noting] = []

    def make(*args: Any) -> Noting:
        stages.append(Noting(*args))
        return stages[-1]

    monkeypatch.setattr(rehearsals, "Stage", make)
    played = rehearsals.play(rehearsal, library, people)
    assert played.passed, played.wanted
    return stages[-1]


def is_spoken(rehearsal: p.Rehearsal) -> bool:
    """Is it a call?"""
    return any(step.do in ("press", "hang_up") or step.channel for step in rehearsal.steps)


class Again:
    """The same, done to an engine in motion."""

    def __init__(self, at: World, stage: Noting) -> None:
        self._at = at
        self._stage = stage
        self._me = str(stage.worker.record["id"])
        self._numbers: dict[str, str] = {}

    async def enrol(self) -> None:
        """The people of the stage, each with a phone of his own."""
        members = self._stage.before
        places = {str(member.facility["code"]): member.facility for member in members.values()}
        await self._at.registry.put_facilities(places.values())
        rows = [self._row(member.record, member) for member in members.values()]
        rows += [self._row(supervisor_of(member), member) for member in members.values()]
        for kind, name in _targets(self._at.library):
            who = f"group {name}" if kind == "group" else name
            of = {"groups": name} if kind == "group" else {"job": name}
            rows.append(self._row(somebody(who), members[self._me]) | of)
        await self._at.registry.put_workers(row for row in rows if row["id"] not in self._stage.nobody)

    def _row(self, record: Mapping[str, Packed], member: Member) -> dict[str, Any]:
        who = str(record["id"])
        known = str(record.get("phone"))
        self._numbers[who] = f"+23188{len(self._numbers):07}" if known in self._numbers.values() else known
        boss = who == str(member.record["supervisor"])  # of no facility, so that nobody means him as a colleague
        place = {} if boss else {"facility": member.facility["code"], "district": member.facility["district"]}
        own = {"pin": member.pin} if member.pin and record is member.record else {}
        return {**place, "zone": member.zone, **record, **own, "phone": self._numbers[who]}

    async def do(self, act: Act) -> None:
        """One act, and all that follows from it."""
        await getattr(self, f"_{act.do}")(*act.args)
        await self._rest()

    def read(self) -> dict[str, Counter[str]]:
        """What each person has read so far, by the names of the stage."""
        names = {number: who for who, number in self._numbers.items()}
        read: dict[str, Counter[str]] = {}
        for message in self._at.gateway.messages:
            read.setdefault(names[message.recipient], Counter())[message.text] += 1
        return read

    async def breaches(self) -> list[Breach]:
        """What does not hold in its database."""
        async with self._at.store.read() as connection:
            page = await connection.run_sync(recount, self._at.store.vault, self._at.library)
            return [*await connection.run_sync(breaches), *page.breaches]

    async def _start(self, flow: str, inputs: dict[str, Packed]) -> None:
        linked = self._at.library.current(flow)
        assert linked is not None
        if linked.program.words and not inputs:
            await self._at.says(linked.program.words[0], self._numbers[self._me])
            return
        line = (await self._at.registry.reach([self._me]))[self._me].line_id
        begin = Begin(flow, inputs, "word", worker=self._me)
        await self._at.runtime.inbox.do(Item(begin, "start", line_id=line))

    async def _say(self, text: str, minutes: int, who: str) -> None:
        await self._wait(minutes * MINUTE)
        await self._at.says(text, self._numbers[who or self._me])

    async def _post(self, name: str, inputs: dict[str, Packed]) -> None:
        await self._wait(MINUTE)
        await self._at.runtime.hearers.post(name, inputs, str(self._at.clock.now()))

    async def _wait(self, ms: int) -> None:
        clock = self._at.clock
        end = clock.now() + ms
        await self._rest()
        while (due := (await self._at.rows(_NEXT, now=clock.now()))[0][0]) is not None and due <= end:
            clock.move(max(due - clock.now(), 0))
            await self._rest()
        clock.move(end - clock.now())
        await self._rest()

    async def _rest(self) -> None:
        for _ in range(1000):
            if not (await self._at.rows(_BUSY, now=self._at.clock.now()))[0][0]:
                return
            await self._at.runtime.timers.fire_due()
            for owner in self._at.runtime._owners.values():
                owner.wake()
            await sleep(0.005)  # what it waits for is written by tasks of the engine's own
        rows = await self._at.rows("SELECT status, class, not_before - :now, seq FROM outbox", now=self._at.clock.now())
        raise AssertionError(f"it does not come to rest: {rows}")


def _targets(library: Library) -> set[tuple[str, str]]:
    """The roles and groups that the flows mean."""
    found = [getattr(op, "target", None) for linked in library.flows() for op in linked.program.code]
    return {(each.kind, each.name) for each in found if isinstance(each, p.Target) and each.kind in ("role", "group")}


def doing(stage: Noting) -> dict[str, Any]:
    """Actions and systems that do what the test says."""
    told = stage.actions

    def action(name: str) -> Any:
        async def act(_args: dict[str, Packed]) -> dict[str, Packed]:
            return told[name].results if name in told else {}

        return act

    async def system(name: str, _ident: str, _args: Any, _values: Any) -> Outcome:
        return Refused("the test says so") if name in told and told[name].failed else Sent()

    codes = [op for linked in stage.library.flows() for op in linked.program.code]
    names = {op.action for op in codes if isinstance(op, p.Do)}
    systems = {op.system for op in codes if isinstance(op, p.Submit)}
    return {
        "actions": {name: action(name) for name in names if name not in told or not told[name].failed},
        "systems": {name: partial(system, name) for name in systems},
    }
