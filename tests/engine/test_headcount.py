"""What an order costs hangs on the channels and the languages of those whom it reaches; nobody else is counted."""

from __future__ import annotations

from pathlib import Path

from engine.audience import Audience
from engine.headcount import Share
from engine.orders import Order
from tests.engine.motion import MOSES, MakeLibrary, world

PEOPLE = [
    {"id": "moses", "language": "am", "groups": "all"},
    {"id": "fatou", "groups": "all"},
    {"id": "may", "phone": "+231770000003", "language": "am", "groups": "all"},
    {"id": "ada", "phone": "+231770000005", "groups": "all"},
    {"id": "kofi", "phone": "+231770000006", "groups": "all"},
    {"id": "none", "language": "am", "groups": "all"},  # without a phone
    {"id": "other", "phone": "+231770000004"},  # not in the group
]


async def test_each_is_counted_by_the_channel_and_the_language_that_he_has(
    tmp_path: Path, library: MakeLibrary
) -> None:
    async with world(tmp_path, library()) as at:
        await at.registry.put_workers(PEOPLE)
        await at.says("hello", MOSES)
        found = await at.runtime.broadcasts.orders.shares(Order(Audience("all"), text="Hello."))
    assert found[0] == Share("", "", 2)  # the most first
    assert set(found) == {Share("", "", 2), Share("sms", "am", 1), Share("", "fr", 1), Share("", "am", 1)}
