"""What conversations of one flow share: a thing that one of them takes, the inputs for an event (RULES X1, X2).

A topic is a text that is equal for all of them and for nobody else; it may hold what a worker said, and is stored as a
digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from engine.functions import written
from engine.values import Packed, Value

_encode = msgspec.json.Encoder(order="deterministic").encode


def to_take(flow: str, thing: str, value: Value) -> str:
    """The thing with this value; one conversation of the flow gets it."""
    return _encode(["take", flow, thing, same(value)]).decode()


def same(value: Value) -> str:
    """A value, equal for all who mean the same thing."""
    return written(value).casefold()


def once(taking: str, after: int) -> str:
    """What one of the conversations does for all of them when the time of an `after` has come."""
    return _encode(["after", after, taking]).decode()


def of_event(flow: str, event: str, same: Iterable[str], inputs: Mapping[str, Packed]) -> str:
    """The event for the conversations of the flow that have these inputs."""
    return _encode(["event", flow, event.casefold(), [inputs.get(name) for name in same]]).decode()
