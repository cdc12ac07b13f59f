"""Every text of a flow that a worker may read, with a stable id: a named one keeps it when its words are edited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from grammar import nodes as n
from grammar.names import languages_of
from grammar.nodes.texts import CHANNELS
from grammar.strings.naming import Found, messages
from grammar.strings.page import Page
from grammar.strings.rows import digits

SPOKEN = ("sms", "voice")
"""Channels with a text of their own; `audio` names a recording, which nobody translates in a sheet."""


class Translation(msgspec.Struct, frozen=True):
    """A translation that stands in the file: its text as written, and the line of its language or channel."""

    text: str
    line: int


class Unit(msgspec.Struct, frozen=True):
    """One text.  `named` is False where the id is made of the text itself.

    `line` owns the text; `channel` is "" for the text of all channels; `parts` are the lines of the same message
    by language and channel, which a translation may stand below.  `columns`: of a cell of a table, the cells of its row
    that hold the translations, from 0.
    """

    id: str
    named: bool
    base: str
    line: int
    channel: str
    translations: dict[str, Translation]
    parts: dict[str, int]
    columns: dict[str, int] = {}


def units(flow: n.Flow, page: Page) -> list[Unit]:
    """The texts of a flow, those of its tables aside; ids are unique."""
    seen: Counter[str] = Counter()
    found: list[Unit] = []
    for item in messages(flow):
        if item.message.text is not None:
            found += _of_message(item, flow, page, seen)
    return found


def _of_message(item: Found, flow: n.Flow, page: Page, seen: Counter[str]) -> Iterator[Unit]:
    message = item.message
    name = item.name or ".".join(filter(None, (item.section, digits(page.text(message)))))
    own_id = _unique(f"{flow.name.text}.{name}", seen)
    parts = {part.key.key: part.message for part in message.parts}
    lines = {part.key.key: part.key.span.line for part in message.parts}
    base = languages_of(flow)[0].lower()
    for channel in ("", *SPOKEN):
        own = parts.get(channel) if channel else message
        if own is not None and own.text is not None:
            translations = {tag: made for tag, made in _translations(message, channel, page) if tag != base}
            unit_id = f"{own_id}.{channel}" if channel else own_id
            yield Unit(unit_id, bool(item.name), page.text(own), own.span.line, channel, translations, lines)


def _unique(name: str, seen: Counter[str]) -> str:
    """The second of two equal ids ends in `.2`."""
    seen[name] += 1
    return name if seen[name] == 1 else f"{name}.{seen[name]}"


def _translations(message: n.Message, channel: str, page: Page) -> Iterator[tuple[str, Translation]]:
    """Languages and channels nest in either order."""
    for outer in message.parts:
        if outer.key.key in CHANNELS:
            below = outer.message.parts if outer.key.key == channel else ()
            found = [(inner.key.key, inner.message) for inner in below if inner.key.key not in CHANNELS]
        elif channel:
            found = [(outer.key.key, inner.message) for inner in outer.message.parts if inner.key.key == channel]
        else:
            found = [(outer.key.key, outer.message)]
        for tag, text in found:
            if text.text is not None:
                yield tag, Translation(page.text(text), text.span.line)
