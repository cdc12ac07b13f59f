"""Actions that flows call by `do`: performed with retries, and each comes back to its conversation, done or failed.

An action may be performed twice where the server stopped in between; its conversation hears of it once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from engine.delivery import Outcome, Refused, Retry, Sent
from engine.inbox import Inbox
from engine.lanes import BusyError
from engine.loops import AGAIN
from engine.outbox import Deliver
from engine.outgoing import call
from engine.picking import Picked
from engine.store import StoreError
from engine.values import Packed
from engine.verdicts import RETRIES
from engine.work import Done, Item

Action = Callable[[dict[str, Packed]], Awaitable[dict[str, Packed]]]
"""What `do NAME` calls: its values → the results; it raises where it failed."""

_log = structlog.get_logger(__name__)


def performing(name: str, action: Action | None, inbox: Inbox) -> Deliver:
    """The outbox hands calls of this action to what is returned.  None: there is no such action, all calls fail."""

    async def perform(picked: Picked) -> Outcome:
        if action is None:
            await _tell(inbox, picked, None)
            return Refused("there is no such action")
        try:
            results = await action(call(picked.body).args)
        except Exception as error:  # noqa: BLE001  (whatever an action raises, its conversation must hear of it)
            _log.warning("an action failed", action=name, error=type(error).__name__)
            if picked.retries >= len(RETRIES):
                await _tell(inbox, picked, None)
            return Retry(type(error).__name__)
        await _tell(inbox, picked, results)
        return Sent()

    return perform


async def _tell(inbox: Inbox, picked: Picked, results: dict[str, Packed] | None) -> None:
    """What came of an action is known here alone."""
    work = Done(picked.session_id or 0, picked.arms or 0, results is None, results or {})
    await bring(inbox, Item(work, bucket=picked.bucket, box_id=picked.box_id))


async def bring(inbox: Inbox, item: Item) -> None:
    """Bring it until it is stored, or nobody waits any more."""
    while True:
        try:
            await inbox.do(item)
        except (BusyError, StoreError) as error:
            _log.warning("the outcome of a call could not be stored yet", error=str(error))
            await asyncio.sleep(AGAIN)
        else:
            return
