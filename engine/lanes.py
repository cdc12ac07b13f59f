"""What waits to be done, the most urgent first: what one sender brings is in one batch at a time, and in its order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

from engine.addresses import Address
from engine.work import Accepted, Item

WAITING = 20_000
"""So many may wait in a lane; then senders are told to come again, and nothing is stored of what they bring."""

MESSAGES, TIMERS, BULK = 0, 1, 2
"""The lanes, most urgent first."""


class BusyError(Exception):
    """Too much waits: the sender should come again later."""


class _Load:
    """What one sender brings together, and hears of together: of the last of it, or of the first that failed."""

    __slots__ = ("accepted", "future", "left")

    def __init__(self, size: int) -> None:
        self.future: asyncio.Future[list[Accepted]] = asyncio.get_running_loop().create_future()
        self.accepted = [Accepted()] * size
        self.left = size
        if not size:
            self.future.set_result([])


class Share:
    """The place of one item in a load, with what the inbox needs of a future: a future each would take three times as
    long, a tenth of what a timer takes.
    """

    __slots__ = ("_load", "_place", "_told")

    def __init__(self, load: _Load, place: int) -> None:
        self._load = load
        self._place = place
        self._told = False

    def done(self) -> bool:
        """Was it told, or is nobody there any more who wants to hear?"""
        return self._told or self._load.future.done()

    def set_result(self, accepted: Accepted) -> None:
        """It is stored."""
        load, self._told = self._load, True
        load.accepted[self._place] = accepted
        load.left -= 1
        if not load.left and not load.future.done():
            load.future.set_result(load.accepted)

    def set_exception(self, error: BaseException) -> None:
        """It is not; what is left of the load is not tried, for its sender brings all of it again."""
        self._told = True
        if not self._load.future.done():
            self._load.future.set_exception(error)


Waiting = tuple[Item, "asyncio.Future[Accepted] | Share"]


class Lanes:
    """Each item waits with a future that is done after its commit, or with its share of one."""

    def __init__(self) -> None:
        self._lanes: tuple[deque[Waiting], ...] = (deque(), deque(), deque())
        self._speaking: set[Address] = set()

    def __bool__(self) -> bool:
        """Does anything wait?"""
        return any(self._lanes)

    @property
    def messages(self) -> int:
        """How many messages wait."""
        return len(self._lanes[MESSAGES])

    def put(self, item: Item, lane: int) -> asyncio.Future[Accepted]:
        """It waits from now on; BusyError where too much does."""
        future: asyncio.Future[Accepted] = asyncio.get_running_loop().create_future()
        self._free(lane).append((item, future))
        return future

    def put_all(self, items: Sequence[Item], lane: int) -> asyncio.Future[list[Accepted]]:
        """They wait from now on, for one sender who hears of all of them at once; BusyError where too much does."""
        free, load = self._free(lane), _Load(len(items))
        free.extend((item, Share(load, place)) for place, item in enumerate(items))
        return load.future

    def _free(self, lane: int) -> deque[Waiting]:
        if len(self._lanes[lane]) >= WAITING:
            raise BusyError("Too many messages wait. Nothing was stored.")
        return self._lanes[lane]

    def clear(self) -> list[Waiting]:
        """All that waits, which waits no more."""
        waiting = [each for lane in self._lanes for each in lane]
        for lane in self._lanes:
            lane.clear()
        return waiting

    def take(self, room: int, alone: int) -> list[Waiting]:
        """A batch under way, until it is `over`: so many at most, or `alone` where no message is among them."""
        taken: list[Waiting] = []
        for lane in self._lanes:
            self._fill(taken, lane, room)
            room = room if taken else alone
        self._speaking.update(item.address for item, _ in taken if item.address)
        return taken

    def over(self, taken: Sequence[Waiting]) -> None:
        """The batch is stored, or is not: who brought it may go on."""
        self._speaking.difference_update(item.address for item, _ in taken if item.address)

    def _fill(self, taken: list[Waiting], lane: deque[Waiting], room: int) -> None:
        later: list[Waiting] = []
        while lane and len(taken) < room:
            waiting = lane.popleft()
            if not waiting[1].done():  # whoever brought it may be gone; then nobody was told that it is stored
                (later if waiting[0].address in self._speaking else taken).append(waiting)
        lane.extendleft(reversed(later))
