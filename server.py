"""The composition root: settings → store → channels → runtime → ASGI apps.  Only here are concrete classes named."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
import structlog
from msgspec import Meta
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

import settings as configured
from channels import catalogue
from channels.allowlist import Allowlist
from channels.base import Adapter, Answering, Context, Inbound
from channels.base import SettingsError as ChannelError
from channels.gsm7 import measure, plain
from channels.porter import Lodge, doors_first
from channels.webhooks import Webhooks
from console import local
from console.api import Events
from console.errands import Desk
from console.metrics import Metrics
from console.phone import BASE, WebPhone
from console.publishing import Publisher
from engine.actions import Action
from engine.anchoring import file_beside
from engine.clock import DatabaseClock, SystemClock
from engine.ids import Ids
from engine.inbox import Arrival
from engine.library import Library
from engine.loops import end
from engine.opening import open_store
from engine.outbox import AT_ONCE, Manner
from engine.phrases import LANGUAGES, Phrases
from engine.phrases import load as load_phrases
from engine.registry import Registry
from engine.runtime import Runtime, Setup
from engine.spending import MILLION, Tariff
from engine.store import StoreError
from engine.upkeep import Upkeep
from engine.work import Accepted
from exchange.actions import HttpAction
from exchange.systems import HttpSystem
from grammar.deployment import Deployment
from grammar.loader import Project, load_folder
from settings import Settings, SettingsError

NOBODY = "0.0.0.0/32"  # an address that no caller has

_log = structlog.get_logger(__name__)


class FlowsError(Exception):
    """The flows have mistakes, so nothing starts; `project` has them all."""

    def __init__(self, project: Project) -> None:
        super().__init__("the flows have mistakes")
        self.project = project


class Use(msgspec.Struct, frozen=True):
    """What any channel can be told beside its own keys: how it is used."""

    type: str
    per_second: Annotated[float, Meta(gt=0, description="a number of SMS parts a second is expected")] | None = None
    at_once: Annotated[int, Meta(ge=1, le=1000, description="a whole number from 1 to 1000 is expected")] = AT_ONCE
    unknown: Annotated[
        Literal["resend", "hold", "receipt"], Meta(description='"resend", "hold" or "receipt" is expected')
    ] = "resend"
    cost_per_part: Annotated[float, Meta(ge=0, description="what an SMS part costs is expected, like 0.012")] = 0
    daily_cost: Annotated[float, Meta(gt=0, description="what may be spent in a day is expected, like 50")] | None = (
        None
    )
    daily_parts: Annotated[int, Meta(ge=1, description="a whole number of SMS parts a day is expected")] | None = None
    instant: bool = False

    @property
    def tariff(self) -> Tariff:
        """What it costs, and may cost, in millionths."""
        daily_cost = None if self.daily_cost is None else _millionths(self.daily_cost)
        return Tariff(_millionths(self.cost_per_part), daily_cost, self.daily_parts)


@dataclass(frozen=True, slots=True)
class Extras:
    """What a demonstration has beside its settings.

    `phone`: a web phone on the channel of that name; `first`: who is played when it opens; `actions` of its own.
    """

    phone: str = ""
    first: str = ""
    actions: Mapping[str, Action] = field(default_factory=dict)


class House:
    """Everything that runs.  `world`: the app for gateways and systems; `neighbours`: for commands on this machine.
    `lodge`: for a process that speaks with the world instead.

    Making one raises FlowsError, SettingsError or StoreError; it opens the database, and listens nowhere.
    """

    def __init__(self, settings: Settings, extras: Extras, file: str) -> None:
        self.settings = settings
        deployment = None if extras.phone else _named(settings, extras, file)  # a demonstration calls nobody
        self.project = _project(settings, file, deployment)
        self.library = Library(_phrases(settings, file))
        self.adapters, manners = _channels(settings, file)
        readers = _readers(settings, file)
        self.store = open_store(settings.database, settings.key_file)
        clock = DatabaseClock() if self.store.shared else SystemClock()
        ids = Ids(clock)
        self.registry = Registry(self.store, ids, clock, settings.country)
        self.metrics = Metrics(self.store, clock, lambda peer: peer in readers, settings.api.allows)
        gateways = {name: self.metrics.counting(name, adapter) for name, adapter in self.adapters.items()}
        setup = Setup(
            gateways,
            measure,
            {},
            manners,
            _actions(settings, extras),
            settings.zone,
            quiet=settings.quiet,
            systems={name: HttpSystem(system.url) for name, system in settings.systems.items()},
            plain=plain,
            answering=frozenset(name for name, each in self.adapters.items() if isinstance(each, Answering)),
        )
        self.runtime = Runtime(self.store, self.registry, self.library, setup, ids, clock)
        self.runtime.inbox.measured = self.metrics.batch
        self.publisher = Publisher(settings.flows, self.runtime.publish, self.runtime.versions.withdraw, deployment)
        self._events = Events(
            self.library,
            self.runtime.start_flow,
            self.runtime.hearers,
            self.registry.reach,
            settings.api.allows,
            clock,
            settings.zone,
        )
        doors = Webhooks(self.adapters, self._accept, self.runtime.receipt, self.settings.public_url)
        rest = Starlette(routes=self._routes(extras))
        self.world: ASGIApp = doors_first(doors, rest)
        self.lodge = Lodge(self._accept, self.runtime.receipt, rest)
        kept = settings.retention
        self.upkeep = Upkeep(
            self.store,
            clock,
            file_beside(settings.key_file),
            (kept.messages, kept.answers, kept.seen),
            settings.zone,
        )
        self.neighbours: ASGIApp = local.app(
            Desk(self.store, self.registry, self.runtime.versions, ids, clock, settings.zone, self.runtime)
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The engine in motion, and the flows folder watched; at the end all is let go of."""
        try:
            await self.publisher.publish(self.project)
            await self.runtime.versions.keep_only(program.flow for program in self.project.programs)
            async with AsyncExitStack() as stops:  # each of them stops, whatever fails
                stops.push_async_callback(self.upkeep.stop)
                stops.push_async_callback(self.runtime.stop)
                await self.runtime.start()
                self.upkeep.start()
                stops.push_async_callback(end, asyncio.create_task(self.publisher.watch(), name="flows"))
                yield
            await self._say_what_stays()
        finally:
            for adapter in self.adapters.values():
                await adapter.close()
            await self.store.close()

    async def _say_what_stays(self) -> None:
        """Of a file that is gone, nothing does; a server of databases may hang, and nobody waits for it here."""
        try:
            if not self.store.shared:
                await self.store.write(lambda _: None)
            _log.info("stopped: everything is stored")
        except StoreError as error:
            _log.error("stopped", why=str(error))

    def _routes(self, extras: Extras) -> list[BaseRoute]:
        routes: list[BaseRoute] = [*self._events.routes()]
        routes += [Route("/health", _alive), Route("/ready", self._ready), *self.metrics.routes()]
        if extras.phone:
            phone = WebPhone(
                extras.phone,
                self.store,
                self.registry,
                self.library,
                self.publisher,
                self.runtime,
                extras.first,
            )
            routes += [*phone.routes(), Route("/", lambda _request: RedirectResponse(BASE))]
        return routes

    async def _accept(self, channel: str, inbound: Inbound) -> Accepted:
        arrival = Arrival(channel, inbound.key, inbound.sender, inbound.text, inbound.sent_at)
        accepted = await self.runtime.accept(arrival)
        self.metrics.heard(channel, new=not accepted.repeat)
        return accepted

    async def _ready(self, _request: Request) -> Response:
        """200 while what comes in can be stored."""
        try:
            await self.runtime.prove()
        except StoreError as error:
            return PlainTextResponse(str(error), 503)
        return PlainTextResponse("ready")


async def _alive(_request: Request) -> Response:
    return PlainTextResponse("alive")


def _named(settings: Settings, extras: Extras, file: str) -> Deployment:
    """What flows may call here."""
    known = {name: None if each.takes is None else frozenset(each.takes) for name, each in settings.actions.items()}
    return Deployment(file, {**dict.fromkeys(extras.actions), **known}, frozenset(settings.systems))


def _project(settings: Settings, file: str, deployment: Deployment | None) -> Project:
    if not settings.flows.is_dir():
        raise SettingsError(f"{file}, key flows: there is no folder {settings.flows}. Make it, or give another path.")
    project = load_folder([settings.flows], deployment)
    if project.has_errors:
        raise FlowsError(project)
    return project


def _phrases(settings: Settings, file: str) -> Phrases:
    """In every language that the engine speaks: a flow may have more of them than the deployment names."""
    own = {"unknown_number": settings.unknown_number} if settings.unknown_number else {}
    named = (language.partition("-")[0] for language in settings.languages)
    try:
        return load_phrases(dict.fromkeys((*named, *LANGUAGES)), own)
    except FileNotFoundError as error:
        language = re.sub(r".*/(.*)\.toml", r"\1", str(error.filename))
        raise SettingsError(f"{file}, key languages: the engine does not speak {language} yet.") from None


def gateways(settings: Settings, file: str) -> dict[str, Adapter]:
    """The adapters alone, for whoever speaks with gateways and stores nothing.  SettingsError."""
    return _channels(settings, file)[0]


def _channels(settings: Settings, file: str) -> tuple[dict[str, Adapter], dict[str, Manner]]:
    adapters, manners = {}, {}
    for name, keys in settings.channels.items():
        place = f"{file}, key channels.{name}."
        common = {field.name for field in msgspec.structs.fields(Use)}
        use = configured.read(Use, {key: keys[key] for key in keys if key in common}, place)
        own = {key: keys[key] for key in keys if key not in common}
        adapters[name] = _adapter(use.type, Context(name, settings.public_url, own), place)
        if use.daily_cost is not None and not use.cost_per_part:
            raise SettingsError(f"{place}daily_cost: without cost_per_part nobody knows what is spent. Say both.")
        manners[name] = Manner(use.at_once, use.per_second, use.unknown, use.tariff, use.instant)
    return adapters, manners


def _millionths(cost: float) -> int:
    """Exact, as it was written."""
    return int(Decimal(str(cost)) * MILLION)


def _readers(settings: Settings, file: str) -> Allowlist:
    """Who may read the metrics without a key; an empty list lets nobody in."""
    try:
        return Allowlist(settings.metrics.allow or (NOBODY,))
    except ChannelError as error:
        raise SettingsError(f"{file}, key metrics.allow: {error.sentence}") from None


def _adapter(kind: str, context: Context, place: str) -> Adapter:
    try:
        adapter = catalogue.load(kind)
        return adapter(context, configured.read(adapter.Settings, context.settings, place))
    except ChannelError as error:
        raise SettingsError(f"{place}{error.key}: {error.sentence}") from None


def _actions(settings: Settings, extras: Extras) -> dict[str, Action]:
    named: dict[str, Any] = {name: HttpAction(action.url) for name, action in settings.actions.items()}
    return {**extras.actions, **named}
