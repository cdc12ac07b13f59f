"""The one queue of all work: what `accept` returned for is committed, and each delivery has one effect.

A pump drains the queue in batches; a batch that fails has done nothing, and is halved until the culprit is alone.  On
a database that others share a second pump helps, so that nobody stands still while that database works.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import structlog

from engine.addresses import Addresses
from engine.batch import Batch, Outcome, Stored
from engine.clock import Clock
from engine.kit import Kit
from engine.lanes import MESSAGES, Lanes, Waiting
from engine.loops import AGAIN, end, forever
from engine.poison import Ward
from engine.store import DoubtError, Store, StoreError
from engine.work import TWIN, Accepted, Item, Message, Ring, storable
from engine.writer import INBOX

BATCH = 64
"""How much one transaction takes; more makes it slower for whoever waits, less makes all slower."""

LONGEST, MOST = 0.02, 1_000
"""Where no message waits, a batch of timers or of what was ordered for many is as long as it takes so many seconds."""

CROWD = BATCH // 4
LINGER = 0.001
"""After a batch of more messages than that, so many seconds at a time: those who were answered bring their next one.

Taking the first of them alone cost a whole transaction for one message; on PostgreSQL every second one was such.
"""

CAREFUL_BATCHES = 16
"""After an unclean end, so many batches are stored before they are stepped, singly: one of them may be deadly."""

SWEEP_EVERY = 10_000
"""Milliseconds: what was only stored for so long waits for somebody who is gone, and is stepped by whoever looks."""

DOUBTS = 3
"""So often a batch that may have been stored is tried again: what it did is then a repeat."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as a gateway brings it.

    `key`: the same for every repeat of this delivery on this channel, never the same for another.  `sender` as the
    gateway writes it.  `sent_at`: the network's time stamp (ms UTC), where there is one.
    """

    channel: str
    key: str
    sender: str
    text: str
    sent_at: int | None = None


class Inbox:
    """`ring`: told after every commit who has something to do.  `measured`: of each batch, its size and seconds."""

    def __init__(
        self, store: Store, kit: Kit, clock: Clock, addresses: Addresses, ring: Callable[[Ring], None]
    ) -> None:
        self._store = store
        self._kit = kit
        self._clock = clock
        self._addresses = addresses
        self._ring = ring
        self.measured: Callable[[int, float], None] = _unmeasured
        self._ward = Ward(store, kit, clock)
        self._lanes = Lanes()
        self._arrived = asyncio.Event()
        self._many = asyncio.Event()
        self._empty = asyncio.Event()
        self._under_way = 0
        self._treating = asyncio.Lock()
        self._kept: deque[Stored] = deque()
        self._careful = 0
        self._crowd = 0
        self._room = BATCH
        self._loops: list[asyncio.Task[None]] = []

    async def start(self, *, careful: bool = False) -> None:
        """Step what an earlier run accepted and did not step, then begin to pump.  `careful`: that run ended badly."""
        self._kept.extend(await self._ward.waiting(self._clock.now()))
        await self._treat()
        if careful:
            self.be_careful()
        self._empty.set()
        self._loops = [forever("sweep", self._sweep), forever("inbox", self._turn)]
        if self._store.shared:
            self._loops.append(forever("second inbox", self._second_turn))

    def be_careful(self) -> None:
        """A process ended badly, and what it worked on comes again: store the next batches before they are stepped."""
        self._careful = CAREFUL_BATCHES

    async def stop(self, seconds: float) -> None:
        """Drain, for so long; what then still waits was never accepted."""
        if not self._loops:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._empty.wait()
        except TimeoutError:
            _log.warning("stopped before the queue was empty")
        for loop in self._loops:
            await end(loop)
        for each in self._lanes.clear():
            _fail(each, StoreError("The server stops. Nothing was stored."))

    async def accept(self, arrival: Arrival) -> Accepted:
        """Store a message and apply it; returns after the commit.

        StoreError where nothing could be stored, BusyError where too much waits: the gateway must bring it again.
        """
        work = Message(storable(arrival.text), arrival.channel, arrival.sent_at)
        address = self._addresses.of(storable(arrival.sender))
        twin = "" if arrival.sent_at is None else f"{TWIN} {arrival.sent_at} {self._kit.vault.digest(work.text)}"
        item = Item(work, f"{arrival.channel} {storable(arrival.key)}", address, twin=twin)
        accepted = await self.do(item)
        if arrival.channel in self._kit.answering and accepted.reply is None:
            again = await self.do(item)  # it was only stored, and is stepped by now: a repeat hears what followed
            accepted = replace(accepted, reply=again.reply)
        return accepted

    async def do(self, item: Item, lane: int = MESSAGES) -> Accepted:
        """Apply any work; returns after the commit."""
        return await self.put(item, lane)

    def put(self, item: Item, lane: int) -> asyncio.Future[Accepted]:
        """Queue any work; the future is done after the commit."""
        future = self._lanes.put(item, lane)
        self._empty.clear()
        self._look()
        return future

    def put_all(self, items: Sequence[Item], lane: int) -> asyncio.Future[list[Accepted]]:
        """Queue what one sender brings; done after the last commit, with what became of each, in order.

        What fails first fails it, and then the sender has to bring all of it again: what is stored is a repeat.
        """
        future = self._lanes.put_all(items, lane)
        if items:
            self._empty.clear()
            self._look()
        return future

    async def sweep(self) -> None:
        """Take up what was stored a while ago, and nobody stepped."""
        self._kept.extend(await self._ward.waiting(self._clock.now() - SWEEP_EVERY))
        if self._kept:
            self._empty.clear()
            self._arrived.set()

    async def _sweep(self) -> None:
        await asyncio.sleep(SWEEP_EVERY / 1000)
        await self.sweep()

    async def _turn(self) -> None:
        await self._arrived.wait()
        await self._treat()
        await self._linger()
        self._arrived.clear()
        waiting = self._lanes.take(BATCH, BATCH if self._careful else self._room)
        self._crowd = sum(isinstance(item.work, Message) for item, _ in waiting)
        if waiting or not self._under_way:
            await self._work(waiting)

    async def _second_turn(self) -> None:
        """While a batch is under way, so many wait that they are a whole one."""
        await self._many.wait()
        self._many.clear()
        if self._under_way and self._lanes.messages >= BATCH and not (self._careful or self._kept):
            await self._work(self._lanes.take(BATCH, BATCH))

    async def _work(self, waiting: Sequence[Waiting]) -> None:
        self._under_way += 1
        try:
            if waiting:
                self._look()
                await self._settle(waiting)
        finally:
            self._under_way -= 1
            self._lanes.over(waiting)
            for each in waiting:  # whoever was not told by now would wait for ever
                _fail(each, StoreError("It is not known whether this was stored: bring it again."))
            self._look()

    def _look(self) -> None:
        """Who has something to do?"""
        if self._lanes:
            self._arrived.set()
        elif not self._under_way:
            self._empty.set()
        if self._under_way and self._lanes.messages >= BATCH:
            self._many.set()

    async def _linger(self) -> None:
        """Where the last batch was a crowd, wait until as many have come again, or nobody comes any more."""
        before = -1
        while self._crowd > CROWD and before < self._lanes.messages < self._crowd:
            before = self._lanes.messages
            await asyncio.sleep(LINGER)

    async def _settle(self, waiting: Sequence[Waiting]) -> None:
        if self._careful:
            self._careful -= 1
            await self._keep(waiting)
            return
        try:
            outcome = await self._write(waiting, Batch.step)
        except StoreError as error:
            _log.error("the database cannot be written", error=str(error))
            for each in waiting:
                _fail(each, error)
        except Exception as error:  # noqa: BLE001  (one bad message must not hold the others)
            await self._divide(waiting, error)
        else:
            self._tell(waiting, outcome)
            await self._treat()

    async def _divide(self, waiting: Sequence[Waiting], error: Exception) -> None:
        if len(waiting) == 1:
            _log.error("a message failed alone; it is stored and tried again", error=type(error).__name__)
            await self._keep(waiting)
            return
        middle = len(waiting) // 2
        await self._settle(waiting[:middle])
        await self._settle(waiting[middle:])

    async def _keep(self, waiting: Sequence[Waiting]) -> None:
        """Store, tell those who wait, and only then step, one by one."""
        try:
            outcome = await self._write(waiting, Batch.keep)
        except Exception as error:  # noqa: BLE001  (whoever brought it must hear that it is not stored)
            _log.error("a message could not be stored", error=type(error).__name__)
            for each in waiting:
                _fail(each, error)
            return
        self._tell(waiting, outcome)
        await self._treat()

    async def _treat(self) -> None:
        """Step what was only stored, before anything newer."""
        async with self._treating:
            while self._kept:
                try:
                    self._ring(await self._ward.treat(self._kept[0]))
                except Exception as error:  # noqa: BLE001  (whatever it is, who waits behind must not wait for ever)
                    said = str(error) if isinstance(error, StoreError) else type(error).__name__
                    _log.error("what was accepted cannot be stepped just now", error=said)
                    await asyncio.sleep(AGAIN)
                else:
                    self._kept.popleft()

    async def _write(self, waiting: Sequence[Waiting], how: Callable[[Batch], Outcome]) -> Outcome:
        items = [item for item, _ in waiting]
        begun = asyncio.get_running_loop().time()
        for _ in range(DOUBTS):
            try:
                outcome = await self._store.write(lambda c: how(Batch(c, self._kit, self._clock.now(), items)), INBOX)
                self._measure(len(items), asyncio.get_running_loop().time() - begun)
                return outcome
            except DoubtError as error:
                _log.warning("a batch may have been stored; it is tried again", error=str(error))
                self._ring(Ring(everybody=True))  # to the second try all of it may be a repeat, which rings nobody
        return await self._store.write(lambda c: how(Batch(c, self._kit, self._clock.now(), items)), INBOX)

    def _measure(self, size: int, seconds: float) -> None:
        fits = int(size * LONGEST / seconds) if seconds else MOST  # some clocks stand still for so short a time
        self._room = min(MOST, max(BATCH, fits))
        self.measured(size, seconds)

    def _tell(self, waiting: Sequence[Waiting], outcome: Outcome) -> None:
        for (_, future), accepted in zip(waiting, outcome.accepted, strict=True):
            if not future.done():
                future.set_result(accepted)
        self._kept.extend(outcome.kept)
        self._ring(outcome.ring)


def _unmeasured(_size: int, _seconds: float) -> None:
    """Nobody wants to know."""


def _fail(waiting: Waiting, error: Exception) -> None:
    if not waiting[1].done():
        waiting[1].set_exception(error)
