"""An earlier version of a flow becomes current again."""

from __future__ import annotations

import msgspec

from console.errands import Desk, Errand, RefusedError
from engine.versions import NoVersionError


class Back(msgspec.Struct, frozen=True):
    """`to`: how the hash of the version begins; "" for the one before."""

    flow: str
    to: str = ""


class Done(msgspec.Struct, frozen=True):
    """The version that new conversations run from now on."""

    hash: str
    published_at: int


async def _run(desk: Desk, back: Back) -> Done:
    try:
        version = await desk.versions.roll_back(back.flow, back.to, desk.actor)
    except NoVersionError as error:
        raise RefusedError(str(error)) from None
    return Done(version.hash, version.published_at)


ROLL_BACK = Errand("rollback", Back, Done, _run)
