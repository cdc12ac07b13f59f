"""A flow or a text is ordered for many, counted beforehand, looked after, and stopped."""

from __future__ import annotations

import msgspec

from console.errands import Desk, Errand, RefusedError
from engine.headcount import Share
from engine.held import read_state
from engine.naming import unknown
from engine.orders import GOING, WAITING, Order, OrderError, Orders
from engine.processes import any_alive

HELD = "held"


class Send(msgspec.Struct, frozen=True):
    """`due_at`: ms UTC; None: at once."""

    order: Order
    due_at: int | None = None


class Placed(msgspec.Struct, frozen=True):
    """`running`: does a server send it now, or when one runs?"""

    number: int
    running: bool


class Count(msgspec.Struct, frozen=True):
    """How many would it reach?"""

    order: Order


class Counted(msgspec.Struct, frozen=True):
    """Workers with a phone who have not sent STOP."""

    shares: list[Share]


class Follow(msgspec.Struct, frozen=True):
    """How far has it come?"""

    number: int


class Come(msgspec.Struct, frozen=True):
    """As in `engine.orders.Progress`; state "held": it waits until a person lets the database go on."""

    state: str
    total: int
    reached: int


class Cancel(msgspec.Struct, frozen=True):
    """Send it to nobody more."""

    number: int


class Cancelled(msgspec.Struct, frozen=True):
    """`was`: was it still under way?"""

    was: bool


def _orders(desk: Desk) -> Orders:
    return Orders(desk.store, desk.ids, desk.clock, desk.zone)


async def _named(desk: Desk, order: Order) -> None:
    """A person who names what is not there means something else."""
    async with desk.store.read() as connection:
        sentence = await unknown(connection, desk.store.vault, order.audience)
    if sentence:
        raise RefusedError(sentence)


async def _send(desk: Desk, send: Send) -> Placed:
    await _named(desk, send.order)
    try:
        number = await _orders(desk).place(send.order, desk.actor, send.due_at)
    except OrderError as error:
        raise RefusedError(str(error)) from None
    if desk.runtime is not None:
        desk.runtime.broadcasts.wake()
    return Placed(number, desk.runtime is not None or await any_alive(desk.store))


async def _count(desk: Desk, count: Count) -> Counted:
    await _named(desk, count.order)
    try:
        return Counted(await _orders(desk).shares(count.order))
    except OrderError as error:
        raise RefusedError(str(error)) from None


async def _follow(desk: Desk, follow: Follow) -> Come:
    progress = await _orders(desk).progress(follow.number)
    if progress is None:
        raise RefusedError(_UNKNOWN.format(follow.number))
    async with desk.store.read() as connection:
        waits = progress.state in (WAITING, GOING) and (await read_state(connection)).hold is not None
    return Come(HELD if waits else progress.state, progress.total, progress.reached)


async def _cancel(desk: Desk, cancel: Cancel) -> Cancelled:
    orders = _orders(desk)
    if await orders.progress(cancel.number) is None:
        raise RefusedError(_UNKNOWN.format(cancel.number))
    return Cancelled(await orders.cancel(cancel.number, desk.actor))


_UNKNOWN = "There is no broadcast {}. `dundun send` says the number of each when it begins."

SEND = Errand("send", Send, Placed, _send)
COUNT = Errand("send-count", Count, Counted, _count)
FOLLOW = Errand("send-follow", Follow, Come, _follow)
CANCEL = Errand("send-cancel", Cancel, Cancelled, _cancel)
