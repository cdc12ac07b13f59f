"""Work for many, slice by slice in the lane behind all others: whoever writes meanwhile is answered first.

The cursor is stored after each slice, and every delivery has a key, so that a crash in the middle repeats nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from engine.audience import Member, Reader, Slice
from engine.inbox import Inbox
from engine.lanes import BULK
from engine.loops import end
from engine.store import Store
from engine.work import Item, Work

SLICE = 1_000
"""Workers between two notes of the cursor."""

ItemOf = Callable[[Member], Item]
Mark = Callable[[str, int, bool], Awaitable[bool]]
"""The cursor, how many more were reached, whether that was the last slice → whether to go on."""


def brought(member: Member, work: Work, key: str, readers: tuple[str, ...] = ()) -> Item:
    """Work for a member, on the line and in the box that were found with him."""
    return Item(work, key, line_id=member.line_id, bucket=member.bucket, box_id=member.box_id, readers=readers)


class Bulk:
    """Brings an audience through the inbox."""

    def __init__(self, store: Store, inbox: Inbox) -> None:
        self._store = store
        self._inbox = inbox

    async def through(self, reader: Reader, cursor: str, item_of: ItemOf, mark: Mark) -> None:
        """From the cursor to the end, or until `mark` says no; the next slice is read while one is under way."""
        present = await self._read(reader, cursor)
        while True:
            following = None if present.last else asyncio.create_task(self._read(reader, present.cursor), name="bulk")
            try:
                reached = await self._bring(present, item_of)
                go_on = await mark(present.cursor, reached, present.last)
            except BaseException:
                await end(following)
                raise
            if following is None or not go_on:
                await end(following)
                return
            present = await following

    async def _bring(self, present: Slice, item_of: ItemOf) -> int:
        """How many of the slice had it for the first time."""
        accepted = await self._inbox.put_all([item_of(each) for each in present.members], BULK)
        return sum(not each.repeat for each in accepted)

    async def _read(self, reader: Reader, after: str) -> Slice:
        async with self._store.read() as connection:
            return await reader.read(connection, after, SLICE)
