"""What a command can ask for that writes: an errand is run by the server that owns the database, or, where none runs,
by the command itself, with the same function.

A new errand is a request, an answer and a function of a desk; add it to ERRANDS in `console.local`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from engine.clock import Clock
from engine.ids import Ids
from engine.registry import Registry
from engine.runtime import Runtime
from engine.store import Store
from engine.versions import Versions

Request = TypeVar("Request", bound=msgspec.Struct)
Answer = TypeVar("Answer", bound=msgspec.Struct)


class RefusedError(Exception):
    """A sentence for the person who asked: why it was not done, and what to do."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where an errand is run.

    `runtime`: the engine in motion, None where no server runs here.  `zone`: an IANA name.  `actor`: whose errand it
    is, for the audit.
    """

    store: Store
    registry: Registry
    versions: Versions
    ids: Ids
    clock: Clock
    zone: str
    runtime: Runtime | None = None
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Errand(Generic[Request, Answer]):
    """`name`: its address.  `run` raises RefusedError, and StoreError where the database cannot be used."""

    name: str
    request: type[Request]
    answer: type[Answer]
    run: Callable[[Desk, Request], Awaitable[Answer]]


AnyErrand = Errand[Any, Any]
