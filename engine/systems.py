"""Answers that flows submit to health systems: handed over with retries; whoever wants to know hears if it failed.

A system may get the same twice where the server stopped in between, under the same id; a conversation hears once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from engine.actions import bring
from engine.delivery import Outcome, Refused, Retry, Sent, Unknown
from engine.events import NotTaken
from engine.inbox import Inbox
from engine.outbox import Deliver
from engine.outgoing import Call, call
from engine.picking import Picked
from engine.values import Packed
from engine.verdicts import DOUBTS, RETRIES
from engine.work import Done, Hear, Item

System = Callable[[str, dict[str, Packed], dict[str, Packed]], Awaitable[Outcome]]
"""What `submit to NAME` reaches: an id, what stands behind `with`, the values → the outcome; it raises nothing."""


def submitting(system: System | None, inbox: Inbox) -> Deliver:
    """The outbox hands what is for this system to what is returned.  None: there is no such system, nobody takes it."""

    async def submit(picked: Picked) -> Outcome:
        what = call(picked.body)
        outcome = await _outcome(system, picked, what)
        failed = not isinstance(outcome, Sent)
        heard = _heard(picked, what, failed=failed) if _is_last(outcome, picked.retries) else None
        if heard is not None:
            await bring(inbox, heard)
        return outcome

    return submit


def _is_last(outcome: Outcome, retries: int) -> bool:
    """Is it not tried again?  As in `engine.verdicts`."""
    match outcome:
        case Retry():
            return retries >= len(RETRIES)
        case Unknown():
            return retries >= len(DOUBTS)
    return isinstance(outcome, Sent | Refused)


async def _outcome(system: System | None, picked: Picked, what: Call) -> Outcome:
    if system is None:
        return Refused("there is no such system")
    return await system(f"{picked.out_id:x}", what.args, what.values)


def _heard(picked: Picked, what: Call, *, failed: bool) -> Item | None:
    """What the conversation hears of it, if it waits, or wants to know."""
    if picked.arms is not None:
        done = Done(picked.session_id or 0, picked.arms, failed)
        return Item(done, bucket=picked.bucket, box_id=picked.box_id)
    if what.at is None or not failed:
        return None
    hear = Hear(picked.session_id or 0, NotTaken(what.at))
    return Item(hear, f"submit {picked.out_id:x}", bucket=picked.bucket, box_id=picked.box_id)
