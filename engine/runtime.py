"""The engine in motion: made of its parts here and nowhere else, started and stopped as one.

A stop at any instant equals a crash at that instant: draining only makes the next start quicker.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from engine import calls, pauses, schema
from engine.actions import Action, performing
from engine.broadcasts import Broadcasts
from engine.clock import Clock, SystemClock
from engine.delivery import Receipt
from engine.hearers import Hearers
from engine.ids import Ids
from engine.inbox import Arrival, Inbox
from engine.kit import Kit
from engine.library import Library
from engine.loops import end, forever, tried
from engine.mail import Mail
from engine.movers import Movers
from engine.orders import Orders
from engine.outbox import Deliver, Gateway, Manner, Owner, through
from engine.outgoing import ACTION, NOWHERE, SUBMIT, Measure, Plain
from engine.processes import Processes
from engine.receipts import Receipts
from engine.registry import Registry
from engine.schedules import Schedules
from engine.sets import put
from engine.store import Store
from engine.systems import System, submitting
from engine.timers import Timers
from engine.values import Packed
from engine.versions import Versions
from engine.watch import AHEAD, Watch
from engine.work import Accepted, Begin, Item, Ring, storable
from grammar.program import Program

DRAIN = 4.5
"""Seconds that a stop gives to what is under way: with all last words, also where the database hangs, less than ten."""

ANSWERS_WITHIN = 1.0
"""Seconds.  A database that is silent for so long when a stop begins is given no time to drain."""

LAST_WORDS = 0.5
"""Seconds that each part has to say that it ended; a database that does not answer hears nothing."""

CALLS_EVERY = 5.0
"""Seconds: a call that another process made, and did not live to perform."""

_PUT_META = put(schema.meta, ["name"], ["value"])


class UnreachableError(Exception):
    """A sentence: a conversation cannot begin, because the worker is not known, or has no phone."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What a deployment decides of its motion.

    `gateways`: by channel, the first is the default for lines that never wrote.  `kinds`: channel → sms or ivr.
    `manners`: how a channel is used, where it differs.  `actions`: what `do NAME` calls.  `systems`: what `submit to
    NAME` reaches.  `plain`: the letters of texts that are to be cheap.  `zone`: an IANA name.
    `quiet`: the deployment's quiet hours ("20:00", "07:00"), for flows that say none.  `ahead`: ms that the clock may
    be ahead of the last stored time before a person has to look.  `answering`: channels that answer in the same
    request.
    """

    gateways: Mapping[str, Gateway]
    measure: Measure
    kinds: Mapping[str, str] = field(default_factory=dict)
    manners: Mapping[str, Manner] = field(default_factory=dict)
    actions: Mapping[str, Action] = field(default_factory=dict)
    zone: str = "UTC"
    ahead: int = AHEAD
    quiet: tuple[str, str] | None = None
    systems: Mapping[str, System] = field(default_factory=dict)
    plain: Plain = str
    answering: frozenset[str] = frozenset()


class Runtime:
    """One engine over one store."""

    def __init__(
        self,
        store: Store,
        registry: Registry,
        library: Library,
        setup: Setup,
        ids: Ids,
        clock: Clock | None = None,
    ) -> None:
        self._store = store
        self._registry = registry
        self._library = library
        self._setup = setup
        self._clock = clock or SystemClock()
        channels = tuple(setup.gateways)
        instant = frozenset(channel for channel, manner in setup.manners.items() if manner.instant)
        kit = Kit(
            store.vault,
            ids,
            library,
            setup.measure,
            channels,
            ids.new(),
            setup.kinds,
            setup.zone,
            setup.quiet,
            instant | setup.answering,  # each key that is pressed is one
            frozenset(setup.systems),
            setup.plain,
            setup.answering,
        )
        self._kit = kit
        self.inbox = Inbox(store, kit, self._clock, registry.addresses, self._ring)
        self.versions = Versions(store, library, self._clock)
        self.watch = Watch(store, self._clock, setup.ahead)
        self.timers = Timers(store, self.inbox, self._clock, self.watch)
        self.schedules = Schedules(store, self.inbox, library, self._clock, self.watch, setup.zone)
        orders = Orders(store, ids, self._clock, setup.zone)
        self.broadcasts = Broadcasts(store, self.inbox, orders, self._clock, self.watch)
        self.movers = Movers(store, self.inbox, library)
        self.hearers = Hearers(store, self.inbox, library, self._clock, setup.zone)
        self.mail = Mail(store, registry, self.inbox, library, self._clock, self.hearers)
        self.processes = Processes(store, self._clock, kit.process, self.inbox.be_careful)
        self._receipts = Receipts(store, self._clock)
        self._owners: dict[str, Owner] = {
            channel: Owner(channel, through(gateway, setup.plain), store, kit, self._clock, setup.manners.get(channel))
            for channel, gateway in setup.gateways.items()
        }
        self._running = False
        self._calls: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take up what an earlier run left: programs, accepted messages, attempts without an answer, timers, mail."""
        careful = await self.processes.start()
        await self.versions.start()
        await pauses.go_on(self._store)
        await self._find_calls()
        await asyncio.gather(*(owner.take() for owner in self._owners.values()))
        self._running = True
        await self.inbox.start(careful=careful)
        for owner in self._owners.values():
            owner.start()
        self._calls = forever("calls", self._look_for_calls)
        self.timers.start()
        self.schedules.start()
        self.broadcasts.start()
        self.movers.start()
        self.mail.start()

    async def stop(self, seconds: float = DRAIN) -> None:
        """Drain, for so many seconds at most, and stop, whatever fails.  The store stays open."""
        self._running = False
        loop = asyncio.get_running_loop()
        end_at = loop.time() + (seconds if await self._store.answers(ANSWERS_WITHIN) else 0.0)
        parts = (self.timers, self.schedules, self.broadcasts, self.movers, self.mail, self.versions)
        loops = [(type(part).__name__, part.stop) for part in parts] + [("calls", partial(end, self._calls))]
        await asyncio.gather(*(tried(name, ending, LAST_WORDS) for name, ending in loops))
        left = max(end_at - loop.time(), 0.0)
        owners = self._owners.items()  # before the inbox, which stores what came of actions
        await asyncio.gather(*(tried(channel, partial(each.stop, left), left + LAST_WORDS) for channel, each in owners))
        left = max(end_at - loop.time(), 0.0)
        await tried("Inbox", partial(self.inbox.stop, left), left + LAST_WORDS)
        await tried("Processes", self.processes.stop, LAST_WORDS)

    def wake(self) -> None:
        """What held messages is over: look at once, and not only when there is time for a look around."""
        for owner in self._owners.values():
            owner.wake()
        self.mail.wake()

    async def prove(self) -> None:
        """Write a row, to see whether what comes in could be stored.  StoreError where it could not."""
        row = {"name": "proved", "value": str(self._clock.now())}
        await self._store.write(lambda c: c.execute(_PUT_META, row))

    async def accept(self, arrival: Arrival) -> Accepted:
        """A worker's message; returns after the commit.  StoreError, BusyError: nothing was stored, bring it again."""
        return await self.inbox.accept(arrival)

    async def start_flow(
        self, flow: str, worker: str, inputs: Mapping[str, Packed], key: str, by: str = "event"
    ) -> Accepted:
        """Begin a conversation that the worker did not ask for; returns after the commit.

        `worker`: an id, or a phone number.  `key`: the same for every repeat, which then begins nothing.
        `session_id` is 0 where none began (the line is stopped, or there is no such flow).  UnreachableError, a
        sentence, where the worker has no phone.
        """
        item = Item(Begin(flow, dict(inputs), by), f"{by} {storable(key)}")
        reach = (await self._registry.reach([worker])).get(worker)
        if reach is not None:
            item.line_id, item.work = reach.line_id, Begin(flow, dict(inputs), by, worker=worker)
            item.key = f"{item.key} {worker}"  # another worker of the box may be meant by the same key
        else:
            item.address = self._registry.addresses.phone(worker)
        if reach is None and item.address is None:
            raise UnreachableError("There is no worker with this id or phone number, or the worker has no phone.")
        return await self.inbox.do(item)

    async def receipt(self, channel: str, receipt: Receipt) -> None:
        """What a provider reports of a message; returns after the commit."""
        await self._receipts.receive(channel, receipt)

    async def publish(self, program: Program) -> str:
        """From now on new conversations of the flow run this version; returns the hash of the one that they run."""
        return await self.versions.publish(program)

    def _ring(self, ring: Ring) -> None:
        for channel in sorted({*ring.channels, *self._owners} if ring.everybody else ring.channels):
            owner = self._owner(channel)
            if owner is not None:
                owner.wake()
        if ring.mail or ring.everybody:
            self.mail.wake()

    def _owner(self, channel: str) -> Owner | None:
        """Who owns the channel; an action gets its owner at its first call.  Nobody owns what nobody serves."""
        deliver = self._caller(channel) if channel not in self._owners else None
        if deliver is not None:
            self._owners[channel] = Owner(channel, deliver, self._store, self._kit, self._clock)
            if self._running:
                self._owners[channel].start()
        return self._owners.get(channel)

    def _caller(self, channel: str) -> Deliver | None:
        """What performs an action, or submits; values for a system that there is not yet wait for it."""
        prefix = next((each for each in calls.CALLED if channel.startswith(each)), "")
        name = channel.removeprefix(prefix)
        if prefix == ACTION:
            return performing(name, self._setup.actions.get(name), self.inbox)
        system = self._setup.systems.get(name)
        serves = prefix == NOWHERE or (prefix == SUBMIT and system is not None)
        return submitting(system if prefix == SUBMIT else None, self.inbox) if serves else None

    async def _look_for_calls(self) -> None:
        await asyncio.sleep(CALLS_EVERY)
        await self._find_calls()

    async def _find_calls(self) -> None:
        """Each action that was called has an owner, whichever process made the call."""
        async with self._store.read() as connection:
            channels = await calls.waiting(connection)
        for channel in sorted(channels):
            self._owner(channel)
