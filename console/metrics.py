"""`/metrics`, as Prometheus reads it: depths, ages, rates and outcomes; no number, name or word of any person.

Who may read it has a key of the API, or asks from an address that the settings allow, and not through a proxy.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from engine import gauges
from engine.clock import Clock
from engine.delivery import Message, Outcome
from engine.gauges import Gauges
from engine.limits import MINUTE
from engine.outbox import Gateway
from engine.store import Store, StoreError

SESSIONS_EVERY = 10 * MINUTE
"""All open conversations are counted so often at most (ms)."""

QUICK, SHARE = 0.05, 100
"""What took longer to read than so many seconds is shown again until reading takes a hundredth of the time."""

_FORWARDED = ("forwarded", "x-forwarded-for")
_SIZES = (1, 2, 4, 8, 16, 32, 64)
_TIMES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)


class Metrics:
    """`admits`: may this address read without a key?  `allows`: is this one of the keys?"""

    def __init__(
        self, store: Store, clock: Clock, admits: Callable[[str], bool], allows: Callable[[str], bool]
    ) -> None:
        self._store = store
        self._clock = clock
        self._admits = admits
        self._allows = allows
        self._counted_at = 0
        self._fresh_until = 0.0
        self.registry = CollectorRegistry()
        self._make_counts(self.registry)
        self._make_gauges(self.registry)

    def _make_counts(self, own: CollectorRegistry) -> None:
        came, became = "Messages that gateways brought", "What became of messages"
        self._inbound = Counter("dundun_inbound_messages", came, ["channel", "new"], registry=own)
        self._outcomes = Counter("dundun_outcomes", became, ["channel", "outcome"], registry=own)
        size, long = "How much a transaction took in", "How long a transaction took"
        self._sizes = Histogram("dundun_batch_size", size, buckets=_SIZES, registry=own)
        self._times = Histogram("dundun_batch_seconds", long, buckets=_TIMES, registry=own)

    def _make_gauges(self, own: CollectorRegistry) -> None:
        def gauge(name: str, says: str, *labels: str) -> Gauge:
            return Gauge(f"dundun_{name}", says, labels, registry=own)

        self._queued = gauge("queued_messages", "Messages that wait", "channel", "class")
        self._oldest = gauge("oldest_waiting_seconds", "For how long one that could go waits", "channel")
        self._up = gauge("channel_up", "1 while the channel can be used", "channel")
        self._sessions = gauge("sessions", "Open conversations", "status")
        self._due = gauge("timers_due", "Timers that should have fired")
        self._lag = gauge("timer_lag_seconds", "How late the oldest of them is")
        self._accepted = gauge("accepted_events", "What is stored and not yet applied")
        self._parked = gauge("parked_events", "What could not be applied")
        self._processes = gauge("processes", "Processes on this database")
        self._held = gauge("on_hold", "1 while a person has to say that it may go on")

    def routes(self) -> list[Route]:
        """One route."""
        return [Route("/metrics", self.get)]

    def heard(self, channel: str, *, new: bool) -> None:
        """A message came in; not new: a repeat."""
        self._inbound.labels(channel, "yes" if new else "no").inc()

    def batch(self, size: int, seconds: float) -> None:
        """A transaction of the inbox."""
        self._sizes.observe(size)
        self._times.observe(seconds)

    def counting(self, channel: str, gateway: Gateway) -> Gateway:
        """The gateway, with its outcomes counted."""
        return _Counting(gateway, lambda outcome: self._outcomes.labels(channel, _name(outcome)).inc())

    async def get(self, request: Request) -> Response:
        """Everything, as it is now."""
        if not self._may(request):
            return PlainTextResponse("Give a key of the API, or ask from an address that the settings allow.", 403)
        try:
            await self._read()
        except StoreError as error:
            return PlainTextResponse(str(error), 503)
        return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)

    def _may(self, request: Request) -> bool:
        kind, _, key = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return self._allows(key)
        if any(name in request.headers for name in _FORWARDED):
            return False  # the address is the proxy's
        return request.client is not None and self._admits(request.client.host)

    async def _read(self) -> None:
        begun = asyncio.get_running_loop().time()
        if begun < self._fresh_until:
            return
        await self._count(self._clock.now())
        took = asyncio.get_running_loop().time() - begun
        self._fresh_until = begun + SHARE * took if took > QUICK else begun

    async def _count(self, now: int) -> None:
        async with self._store.read() as connection:
            self._show(await gauges.read(connection, now))
            if now - self._counted_at >= SESSIONS_EVERY:
                self._counted_at = now
                _set(self._sessions, {(status,): n for status, n in (await gauges.sessions(connection)).items()})

    def _show(self, found: Gauges) -> None:
        _set(self._queued, found.queued)
        _set(self._oldest, {(channel,): ms / 1000 for channel, ms in found.oldest.items()})
        _set(self._up, {(channel,): int(up) for channel, up in found.up.items()})
        for gauge, value in (
            (self._due, found.due),
            (self._lag, found.lag / 1000),
            (self._accepted, found.accepted),
            (self._parked, found.parked),
            (self._processes, found.processes),
            (self._held, int(found.held)),
        ):
            gauge.set(value)


class _Counting:
    """A gateway whose outcomes are counted."""

    def __init__(self, gateway: Gateway, count: Callable[[Outcome], None]) -> None:
        self._gateway = gateway
        self._count = count

    async def send(self, message: Message) -> Outcome:
        outcome = await self._gateway.send(message)
        self._count(outcome)
        return outcome


def _name(outcome: Outcome) -> str:
    return type(outcome).__name__.lower()


def _set(gauge: Gauge, values: Mapping[Any, float]) -> None:
    """These labels → values, and no others: what does not wait any more is not shown as waiting."""
    gauge.clear()
    for labels, value in values.items():
        gauge.labels(*labels).set(value)
