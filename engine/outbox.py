"""A channel and the one task that owns it: it picks, hands over and settles, so that nothing of ours overtakes.

Everything that is handed over has its attempt on the disk; what has no outcome there may have gone through.  Whoever
loses the lease of the channel hands over nothing more, and what he still writes changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

import structlog
from sqlalchemy import Connection

from engine import leases, spending
from engine.clock import Clock
from engine.delivery import Down, Message, Outcome, Unknown
from engine.expiry import SWEEP_EVERY, Sweep
from engine.health import Health
from engine.kit import Kit
from engine.leases import LEASE, RENEW, Lease, LostError, Taken
from engine.loops import end, forever, told
from engine.outgoing import Plain, body
from engine.pace import Pace
from engine.picking import Choice, Picked, Terms, pick
from engine.receipts import match_early
from engine.references import Attempt, name
from engine.settling import Settled, Ways, left_over, settle
from engine.spending import FREE, Budget, Tariff
from engine.store import Store, StoreError
from engine.survey import Candidate, Survey, look
from engine.verdicts import RESEND
from engine.writer import SETTLE

AT_ONCE = 32
"""Messages of a channel that are on their way together."""

ANSWER_WITHIN = 60.0
"""Seconds until a message without an answer may have gone through."""

IDLE = 30.0
"""Seconds until an owner who was told nothing looks by himself."""

POLL = 0.25
"""The same where other processes make messages, and tell him nothing."""

TAKE_EVERY = 1.0
"""Seconds until a channel that another process owns is tried again."""

MARGIN = 1.0
"""Seconds before the end of a lease from which on nothing is handed over."""

_log = structlog.get_logger(__name__)

Deliver = Callable[[Picked], Awaitable[Outcome]]


class Gateway(Protocol):
    """What takes messages: raises nothing for what a provider or a network does."""

    async def send(self, message: Message) -> Outcome:
        """Hand a message over."""
        ...


@dataclass(frozen=True, slots=True)
class Manner:
    """How a channel is used.  `at_once`: messages on their way together.  `per_second`: SMS parts (None: no limit).

    `unknown`: resend, hold for a person, or ask for the receipt, what may have gone through.  `tariff`: what it costs.
    `instant`: the same text again at once is an answer, and no double send.
    """

    at_once: int = AT_ONCE
    per_second: float | None = None
    unknown: str = RESEND
    tariff: Tariff = FREE
    instant: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """What one transaction of an owner is to do.  `doubt`: whether the one before was committed is not known."""

    lease: Lease
    room: int
    expired: list[Candidate]
    settled: Settled
    doubt: bool
    renew: bool
    state: tuple[str, str] | None

    @property
    def writes(self) -> bool:
        """Is there something to write, whatever waits?"""
        return bool(self.settled or self.doubt or self.renew or self.state)


@dataclass(frozen=True, slots=True)
class Turn:
    """What it did, and saw.  `used_up`: until when the pace is.  `closed`: the class that has to wait for tomorrow."""

    seen: Survey
    choice: Choice = field(default_factory=Choice)
    used_up: int | None = None
    closed: int | None = None


class Owner:
    """Owns one channel, from `start` to `stop`, while no other process does."""

    def __init__(
        self, channel: str, deliver: Deliver, store: Store, kit: Kit, clock: Clock, manner: Manner | None = None
    ) -> None:
        self.channel = channel
        self._deliver = deliver
        self._store = store
        self._kit = kit
        self._clock = clock
        self._manner = manner or Manner()
        self._ways = Ways(kit.vault, self._manner.unknown, self._manner.tariff, kit.zone)
        self._pace = Pace(self._manner.per_second, clock)
        self._health = Health()
        self._wake = asyncio.Event()
        self._lease: Lease | None = None
        self._held_until = 0.0
        self._settled: list[tuple[Picked, Outcome]] = []
        self._under_way: dict[tuple[int, int], asyncio.Task[None]] = {}
        self._turns = 0
        self._later: int | None = None
        self._used_up = 0
        self._sweep = Sweep(channel)
        self._matched = ""
        self._told = ("up", "")
        self._limit = ""
        self._doubt = False
        self._called = False
        self._stopping = False
        self._turning = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, with whatever waits, as soon as nobody else owns the channel."""
        self._task = forever(f"outbox {self.channel}", self._look)
        self.wake()

    def wake(self) -> None:
        """There may be messages."""
        self._called = True
        self._wake.set()

    async def stop(self, seconds: float) -> None:
        """Hand over nothing more; give what is under way so many seconds, settle it, and let the channel go."""
        self._stopping = True
        self._pace.end()
        async with self._turning:  # a turn that is being written gives its messages yet
            await end(self._task)
        if self._under_way:
            _, late = await asyncio.wait(self._under_way.values(), timeout=seconds)
            for each in late:
                each.cancel()
        if self._lease is None:
            return
        try:
            await self._store.write(partial(self._leave, lease=self._lease, settled=self._settled), SETTLE)
        except LostError:
            pass
        except StoreError as error:
            _log.warning("outcomes could not be written; they count as unknown", error=str(error))
        self._lease = None

    async def _look(self) -> None:
        if self._lease is None:
            async with self._turning:
                await self.take()
            if self._lease is None:
                await asyncio.sleep(TAKE_EVERY)
            return
        await told(self._wake, self._patience())
        async with self._turning:
            await self._take_turn(self._lease)

    async def take(self) -> None:
        """Own the channel, if nobody does; what its last owner left without an outcome may have gone through."""
        begun = asyncio.get_running_loop().time()
        taken = await self._store.write(self._begin, SETTLE)
        if taken is None:
            return
        _log.info("owns the channel", channel=self.channel, epoch=taken.lease.epoch)
        self._hold(begun)
        self._lease, self._doubt, self._sweep = taken.lease, False, Sweep(self.channel)
        self._told = (taken.state, "")
        if taken.state == "down":
            self._health.remember_down(self._clock.now())
        self.wake()

    def _begin(self, connection: Connection) -> Taken | None:
        now = self._clock.now()
        alone = not self._store.shared
        taken = leases.take(connection, self.channel, self._kit.process, now, self._pace.empty(), alone=alone)
        if taken is not None:
            left = left_over(connection, taken.lease, self._ways, self._is_under_way)
            settle(connection, taken.lease, self._ways, left, now)
        return taken

    def _leave(self, connection: Connection, lease: Lease, settled: Settled) -> None:
        now = self._clock.now()
        used_up = leases.hold(connection, lease, now)
        settle(connection, lease, self._ways, settled, now)
        leases.use_up(connection, lease, max(used_up, self._pace.used_up))
        leases.leave(connection, lease)

    async def _take_turn(self, lease: Lease) -> None:
        begun = asyncio.get_running_loop().time()
        expired = await self._look_for_expired() if self._sweep.due(self._clock.now()) else []
        task = self._task_of(lease, begun, expired)
        idle = not (task.writes or expired)
        if idle and (self._rests(task) or (not self._called and await self._nothing_waits(task))):
            return
        self._called = False
        turn = await self._write(task, begun)
        if turn is None:
            return
        if turn.used_up is not None:
            self._hold(begun)
        self._keep(task, turn)
        for picked in turn.choice.picked:
            self._hand_over(picked)

    async def _look_for_expired(self) -> list[Candidate]:
        """Looked up without a transaction that could hold others up; before a round, early receipts are looked at."""
        now = self._clock.now()
        if self._sweep.begins:
            self._sweep.next_at = now + SWEEP_EVERY  # whatever fails now comes again by then, and holds nothing up
            self._matched = await match_early(self._store, self.channel, self._matched, now)
        async with self._store.read() as connection:
            return await connection.run_sync(self._sweep.look, now)

    def _task_of(self, lease: Lease, begun: float, expired: list[Candidate]) -> Task:
        now = self._clock.now()
        settled, self._settled = self._settled, []
        renew = self._store.shared and begun >= self._held_until - LEASE / 1000 + RENEW
        state = self._state()
        return Task(
            lease, self._room(now), expired, settled, self._doubt, renew, None if state == self._told else state
        )

    def _rests(self, task: Task) -> bool:
        """The channel is down, and it is too early to try it: whatever comes meanwhile waits unseen."""
        return not (self._health.up or task.room)

    async def _nothing_waits(self, task: Task) -> bool:
        """Looked up without a transaction that could hold others up."""
        async with self._store.read() as connection:
            seen = await connection.run_sync(self._see, task)
        self._later = seen.later
        return seen.empty

    def _see(self, connection: Connection, task: Task) -> Survey:
        return look(connection, self.channel, task.room, self._clock.now(), task.expired)

    async def _write(self, task: Task, begun: float) -> Turn | None:
        """None where the channel is another's.

        Where others write, too, outcomes have a transaction of their own: each locks its boxes by one statement.
        """
        if self._store.shared and task.writes:
            if await self._do(task, self._settle) is None:
                return None
            self._hold(begun)
            self._doubt, self._told = False, task.state or self._told
            task = replace(task, settled=[], doubt=False, renew=False, state=None)
        return await self._do(task, self._turn)

    async def _do(self, task: Task, work: Callable[[Connection, Task], Turn]) -> Turn | None:
        try:
            return await self._store.write(lambda connection: work(connection, task), SETTLE)
        except LostError:
            self._lose()
            return None
        except BaseException:
            self._settled = [*task.settled, *self._settled]
            self._doubt = True  # it may be committed
            self.wake()
            raise

    def _settle(self, connection: Connection, task: Task) -> Turn:
        now = self._clock.now()
        return Turn(Survey(), used_up=self._write_outcomes(connection, task, now))

    def _turn(self, connection: Connection, task: Task) -> Turn:
        now = self._clock.now()
        used_up = self._write_outcomes(connection, task, now) if task.writes else None
        seen = self._see(connection, task)
        if seen.empty:
            return Turn(seen, used_up=used_up)
        if used_up is None:
            used_up = leases.hold(connection, task.lease, now)
        plan = self._pace.plan(used_up)
        budget = Budget(connection, self.channel, self._manner.tariff, now, self._kit.zone)
        choice = pick(connection, self._kit, Terms(task.lease, task.room, self._turns, plan, budget), seen, now)
        return Turn(seen, choice, int(plan.used_up), budget.closed)

    def _write_outcomes(self, connection: Connection, task: Task, now: int) -> int:
        used_up = leases.hold(connection, task.lease, now)
        settled = [*task.settled]
        if task.doubt:
            known = {(picked.out_id, picked.attempt) for picked, _ in settled}
            left = left_over(connection, task.lease, self._ways, self._is_under_way)
            settled += [each for each in left if (each[0].out_id, each[0].attempt) not in known]
        settle(connection, task.lease, self._ways, settled, now)
        if task.state is not None:
            leases.tell_state(connection, task.lease, *task.state, now)
        return used_up

    def _keep(self, task: Task, turn: Turn) -> None:
        """What a turn that is committed changed here."""
        self._doubt = False
        self._later = turn.seen.later
        self._turns += len(turn.choice.picked)
        if turn.used_up is not None:
            self._used_up = turn.used_up
        if task.state is not None:
            self._told = task.state
        if task.room:
            self._mind_limit(spending.held(turn.closed))
        if turn.choice.dropped or turn.choice.moved:
            self.wake()  # what stood behind them may go at once

    def _is_under_way(self, out_id: int, attempt: int) -> bool:
        known = {(picked.out_id, picked.attempt) for picked, _ in self._settled}
        return (out_id, attempt) in self._under_way or (out_id, attempt) in known

    def _hold(self, begun: float) -> None:
        self._held_until = begun + LEASE / 1000

    def _holds(self) -> bool:
        """Is the channel still ours, as far as can be known here?"""
        if self._lease is None:
            return False
        return not self._store.shared or asyncio.get_running_loop().time() < self._held_until - MARGIN

    def _lose(self) -> None:
        _log.warning("another process owns the channel now", channel=self.channel)
        self._lease = None
        self._settled.clear()

    def _patience(self) -> float:
        """Seconds until something may have to be done that nobody tells of."""
        now = self._clock.now()
        paced = self._used_up - 1000 if self._pace.interval else 0
        slices = 0 if self._sweep.begins else self._sweep.next_at
        known = (self._later, self._health.until, paced, slices)
        moments = (moment for moment in known if moment is not None and moment > now)
        return min([POLL if self._store.shared else IDLE, *((moment - now) / 1000 for moment in moments)])

    def _room(self, now: int) -> int:
        """How many may be picked: what the channel takes at once, and within a second."""
        if self._stopping or not self._holds():
            return 0
        if not self._health.up:
            return self._health.probe(len(self._under_way), now)
        if self._pace.is_used_up(self._used_up):
            return 0
        return max(min(self._manner.at_once, self._pace.in_a_second()) - len(self._under_way), 0)

    def _hand_over(self, picked: Picked) -> None:
        key = (picked.out_id, picked.attempt)
        self._under_way[key] = asyncio.create_task(self._send(picked, key), name=f"send {self.channel}")

    async def _send(self, picked: Picked, key: tuple[int, int]) -> None:
        try:
            await self._pace.turn(picked.begin, picked.parts)
            outcome = await self._outcome(picked) if self._may_leave() else Down("the server stops")
            self._settled.append((picked, outcome))
            self._mind(outcome)
        finally:
            self._under_way.pop(key, None)
            self.wake()

    def _may_leave(self) -> bool:
        return not self._stopping and self._holds()

    async def _outcome(self, picked: Picked) -> Outcome:
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                return await self._deliver(picked)
        except TimeoutError:
            return Unknown(f"no answer within {ANSWER_WITHIN:.0f} seconds")
        except Exception as error:  # noqa: BLE001  (a fault in an adapter: the message may have left)
            _log.error("an adapter failed", channel=self.channel, error=type(error).__name__)
            return Unknown(type(error).__name__)

    def _mind(self, outcome: Outcome) -> None:
        """A channel that cannot be reached is paused, and one message tries it again."""
        if self._stopping or not self._holds() or not self._health.heard(outcome, self._clock.now()):
            return
        if self._health.up:
            _log.info("the channel is up", channel=self.channel)
        else:
            reason = self._health.reason
            _log.warning("the channel is down; its messages wait", channel=self.channel, reason=reason)

    def _mind_limit(self, limit: str) -> None:
        if limit == self._limit:
            return
        self._limit = limit
        self.wake()
        if limit:
            _log.warning("what a channel may spend in a day", channel=self.channel, says=limit)

    def _state(self) -> tuple[str, str]:
        """How the channel is, and why."""
        if not self._health.up:
            return "down", self._health.reason
        return ("limited", self._limit) if self._limit else ("up", "")


def through(gateway: Gateway, plain: Plain = str) -> Deliver:
    """Messages go out by this gateway; `plain`: the letters of those that are to have plain ones."""

    async def deliver(picked: Picked) -> Outcome:
        said = body(picked.body)
        ref = name(Attempt(picked.box_id, picked.out_id, picked.attempt))
        text = plain(said.text) if said.plain else said.text
        return await gateway.send(Message(ref, picked.recipient, text, said.encoding, picked.parts))

    return deliver
