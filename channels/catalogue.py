"""Every kind of channel there is, found by entry points; a kind is loaded when a channel of it is made, not before."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import EntryPoint, entry_points

import msgspec

from channels.base import Adapter, AdapterType, Context, SettingsError

GROUP = "dundun.channels"

_FIELD = re.compile(r"(missing required|unknown) field `(\w+)`")


@cache
def _found() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def types() -> list[str]:
    """The names of all kinds, sorted."""
    return sorted(_found())


def load(type_name: str) -> AdapterType:
    """The class of this kind; its `Settings` say what can be set.  Raises SettingsError where there is none."""
    point = _found().get(type_name)
    if point is None:
        raise SettingsError("type", f"there is no kind of channel “{type_name}”. There are: {', '.join(types())}.")
    kind: AdapterType = point.load()
    return kind


def make(type_name: str, context: Context) -> Adapter:
    """The channel `context.name`, of this kind, with its settings; raises SettingsError for the first wrong one."""
    kind = load(type_name)
    try:
        settings = msgspec.convert(dict(context.settings), kind.Settings)
    except msgspec.ValidationError as fault:
        raise _explained(str(fault)) from None
    return kind(context, settings)


def _explained(fault: str) -> SettingsError:
    """The validator's sentence under the key that it is about: "Expected `float`, got `str` - at `$.timeout`"."""
    said, _, path = fault.partition(" - at `$")
    key = path.strip("`.").removesuffix("[...]")
    about = _FIELD.search(said)
    if about is None:
        return SettingsError(key, f"{said[0].lower()}{said[1:].replace('`', '')}.")
    key = f"{key}.{about[2]}" if key else about[2]
    return SettingsError(key, "it is missing." if about[1] != "unknown" else "there is no such key.")
