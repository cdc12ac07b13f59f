"""How many of an audience are reached by which channel, in which language: what an order costs hangs on both."""

from __future__ import annotations

from collections import Counter

import msgspec
from sqlalchemy import BigInteger, select
from sqlalchemy.ext.asyncio import AsyncConnection

from engine import schema
from engine.audience import LOOK_AT, Reader
from engine.people import text_of
from engine.sets import each, listed

_line = schema.line
_lines = each("lines", {"line_id": BigInteger})
_CHANNELS = select(_line.c.line_id, _line.c.channel).join_from(_lines, _line, _line.c.line_id == _lines.c.line_id)


class Share(msgspec.Struct, frozen=True):
    """So many `workers`; `channel` "": the first one, over which those go who never wrote; `language` "": not known."""

    channel: str
    language: str
    workers: int


async def shares(connection: AsyncConnection, reader: Reader) -> list[Share]:
    """All of the audience, the most first; the reader opens records."""
    found: Counter[tuple[str, str]] = Counter()
    cursor, last = "", False
    while not last:
        members, cursor, last = await reader.read(connection, cursor, LOOK_AT)
        keys = listed((member.line_id,) for member in members)
        channels = {row.line_id: row.channel for row in await connection.execute(_CHANNELS, {"lines": keys})}
        found.update((channels[each.line_id], text_of((each.record or {}).get("language"))) for each in members)
    return [Share(*of, workers) for of, workers in found.most_common()]
