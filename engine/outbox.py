"""A channel and the one task that owns it: it picks, hands over and settles, so that nothing of ours overtakes.

Everything that is handed over has its attempt on the disk; what has no outcome there may have gone through.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import structlog
from sqlalchemy import Connection

from engine import schema
from engine.clock import Clock
from engine.delivery import Down, Message, Outcome, Unknown
from engine.kit import Kit
from engine.loops import end, forever, told
from engine.outgoing import body
from engine.pace import Pace
from engine.picking import Picked, next_at, pick
from engine.references import Attempt, name
from engine.sets import put
from engine.settling import settle
from engine.store import Store, StoreError
from engine.verdicts import RESEND
from engine.writer import SETTLE

AT_ONCE = 32
"""Messages of a channel that are on their way together."""

ANSWER_WITHIN = 60.0
"""Seconds until a message without an answer may have gone through."""

FIRST_PAUSE, LONGEST_PAUSE = 2_000, 60_000
"""Milliseconds until a channel that cannot be reached is tried again; doubled each time."""

IDLE = 30.0
"""Seconds until an owner who was told nothing looks by himself."""

_log = structlog.get_logger(__name__)
_STATE = put(schema.channel, ["channel_id"], ["state", "reason", "since"])

Deliver = Callable[[Picked], Awaitable[Outcome]]


class Gateway(Protocol):
    """What takes messages: raises nothing for what a provider or a network does."""

    async def send(self, message: Message) -> Outcome:
        """Hand a message over."""
        ...


@dataclass(frozen=True, slots=True)
class Manner:
    """How a channel is used.  `at_once`: messages on their way together.  `per_second`: SMS parts (None: no limit).

    `unknown`: resend, or hold for a person, what may have gone through.
    """

    at_once: int = AT_ONCE
    per_second: float | None = None
    unknown: str = RESEND


@dataclass(frozen=True, slots=True)
class Turn:
    """What one transaction of an owner gave: what to hand over now, and when to look again (ms), if ever."""

    picked: list[Picked]
    again_at: int | None


class Owner:
    """Owns one channel from `start` to `stop`."""

    def __init__(
        self, channel: str, deliver: Deliver, store: Store, kit: Kit, clock: Clock, manner: Manner | None = None
    ) -> None:
        self.channel = channel
        self._deliver = deliver
        self._store = store
        self._kit = kit
        self._clock = clock
        self._manner = manner or Manner()
        self._pace = Pace(self._manner.per_second)
        self._wake = asyncio.Event()
        self._settled: list[tuple[Picked, Outcome]] = []
        self._under_way: set[asyncio.Task[None]] = set()
        self._handed = 0
        self._again_at: int | None = None
        self._pause = 0
        self._paused_until = 0
        self._report: dict[str, str | int] | None = None
        self._stopping = False
        self._turning = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, with whatever waits."""
        self._task = forever(f"outbox {self.channel}", self._look)
        self._wake.set()

    def wake(self) -> None:
        """There may be messages."""
        self._wake.set()

    async def stop(self, seconds: float) -> None:
        """Hand over nothing more; give what is under way so many seconds, and settle it."""
        self._stopping = True
        async with self._turning:  # a turn that is being written gives its messages yet
            await end(self._task)
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=seconds)
            for each in late:
                each.cancel()
        settled, self._settled = self._settled, []
        try:
            await self._store.write(partial(self._turn, settled=settled, room=0), SETTLE)
        except StoreError as error:
            _log.warning("outcomes could not be written; they count as unknown", error=str(error))

    async def _look(self) -> None:
        await told(self._wake, self._patience())
        async with self._turning:
            await self._take_turn()

    async def _take_turn(self) -> None:
        settled, self._settled = self._settled, []
        room = self._room()
        if not settled and not room:
            return
        try:
            turn = await self._store.write(partial(self._turn, settled=settled, room=room), SETTLE)
        except BaseException:
            self._settled = settled + self._settled
            self._wake.set()
            raise
        self._again_at = turn.again_at
        if turn.again_at is not None and turn.again_at <= self._clock.now():
            self._wake.set()
        for picked in turn.picked:
            self._hand_over(picked)

    def _turn(self, connection: Connection, settled: list[tuple[Picked, Outcome]], room: int) -> Turn:
        now = self._clock.now()
        if settled:
            settle(connection, self.channel, self._manner.unknown, settled, now)
        if self._report is not None:
            connection.execute(_STATE, self._report)
            self._report = None
        picked, dropped = pick(connection, self._kit, self.channel, room, now) if room else ([], False)
        if dropped:
            return Turn(picked, now)  # what stood behind them may go at once
        return Turn(picked, next_at(connection, self.channel, now))

    def _patience(self) -> float:
        """Seconds until something may have to be done that nobody tells of."""
        now = self._clock.now()
        moments = [moment for moment in (self._again_at, self._paused_until) if moment is not None and moment > now]
        return min([IDLE, *((moment - now) / 1000 for moment in moments)])

    def _room(self) -> int:
        """How many may be picked: what the channel takes at once, and within a second."""
        if self._stopping:
            return 0
        if self._pause:
            return 1 if not self._handed and self._clock.now() >= self._paused_until else 0
        return max(min(self._manner.at_once, self._pace.in_a_second()) - self._handed, 0)

    def _hand_over(self, picked: Picked) -> None:
        self._handed += 1
        task = asyncio.create_task(self._send(picked), name=f"send {self.channel}")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _send(self, picked: Picked) -> None:
        await self._pace.wait(picked.parts)
        outcome = Down("the server stops") if self._stopping else await self._outcome(picked)
        self._handed -= 1
        self._settled.append((picked, outcome))
        self._mind(outcome)
        self._wake.set()

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
        now = self._clock.now()
        if not isinstance(outcome, Down):
            if self._pause:
                self._pause = self._paused_until = 0
                self._tell_state("up", "", now)
        elif now >= self._paused_until and not self._stopping:
            self._pause = min(self._pause * 2, LONGEST_PAUSE) or FIRST_PAUSE
            self._paused_until = now + self._pause
            self._tell_state("down", outcome.reason, now)

    def _tell_state(self, state: str, reason: str, now: int) -> None:
        if state == "up":
            _log.info("the channel is up", channel=self.channel)
        else:
            _log.warning("the channel is down; its messages wait", channel=self.channel, reason=reason)
        self._report = {"channel_id": self.channel, "state": state, "reason": reason, "since": now}


def through(gateway: Gateway) -> Deliver:
    """Messages go out by this gateway."""

    async def deliver(picked: Picked) -> Outcome:
        said = body(picked.body)
        ref = name(Attempt(picked.box_id, picked.out_id, picked.attempt))
        return await gateway.send(Message(ref, picked.recipient, said.text, said.encoding, picked.parts))

    return deliver
