"""The lanes of the inbox: who is taken, when, and with whom."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from engine import lanes
from engine.addresses import PHONE, Address
from engine.lanes import BULK, MESSAGES, TIMERS, BusyError, Lanes, Waiting
from engine.work import Accepted, Begin, Fire, Item, Message

FATOU, MOSES = "fatou", "moses"


def said(text: str, by: str) -> Item:
    return Item(Message(text, "sms"), address=Address(PHONE, by, by))


def timer(number: int) -> Item:
    return Item(Fire(number, "remind"))


def start(flow: str) -> Item:
    return Item(Begin(flow))


def words(taken: Sequence[Waiting]) -> list[object]:
    """What each was about, in order."""
    found: list[object] = []
    for item, _ in taken:
        work = item.work
        if isinstance(work, Message):
            found.append(work.text)
        elif isinstance(work, Fire):
            found.append(work.session_id)
        elif isinstance(work, Begin):
            found.append(work.flow)
    return found


async def test_the_most_urgent_come_first() -> None:
    waiting = Lanes()
    for item, lane in ((start("survey"), BULK), (timer(1), TIMERS), (said("12", FATOU), MESSAGES)):
        waiting.put(item, lane)
    assert words(waiting.take(2, 2)) == ["12", 1]
    assert words(waiting.take(2, 2)) == ["survey"]
    assert not waiting


async def test_a_batch_may_be_longer_where_no_message_is_in_it() -> None:
    waiting = Lanes()
    for number in range(8):
        waiting.put(timer(number), TIMERS)
    waiting.put(said("12", FATOU), MESSAGES)
    assert words(waiting.take(2, 5)) == ["12", 0]
    assert words(waiting.take(2, 5)) == [1, 2, 3, 4, 5]


async def test_what_one_sender_brings_is_in_one_batch_at_a_time_and_in_order() -> None:
    waiting = Lanes()
    for text, sender in (("f1", FATOU), ("f2", FATOU), ("m1", MOSES), ("f3", FATOU)):
        waiting.put(said(text, sender), MESSAGES)
    first = waiting.take(1, 1)
    other = waiting.take(9, 9)
    assert (words(first), words(other), words(waiting.take(9, 9))) == (["f1"], ["m1"], [])
    assert waiting, "two of them wait for the first"
    waiting.over(other)
    assert words(waiting.take(9, 9)) == []
    waiting.over(first)
    assert words(waiting.take(9, 9)) == ["f2", "f3"]


async def test_who_went_away_is_not_taken() -> None:
    waiting = Lanes()
    waiting.put(said("12", FATOU), MESSAGES).cancel()
    waiting.put(said("13", FATOU), MESSAGES)
    assert words(waiting.take(9, 9)) == ["13"]


async def test_a_full_lane_refuses_and_the_others_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "WAITING", 1)
    waiting = Lanes()
    waiting.put(said("12", FATOU), MESSAGES)
    with pytest.raises(BusyError, match="Too many"):
        waiting.put(said("13", MOSES), MESSAGES)
    with pytest.raises(BusyError, match="Too many"):
        waiting.put_all([said("13", MOSES)], MESSAGES)
    waiting.put(timer(1), TIMERS)
    assert waiting.messages == 1


async def test_cleared_lanes_are_empty_and_say_who_waited() -> None:
    waiting = Lanes()
    futures = [waiting.put(timer(number), TIMERS) for number in range(3)]
    assert [future for _, future in waiting.clear()] == futures
    assert not waiting


# ------------------------------------------------------------ what one sender brings together


def told(taken: Sequence[Waiting], *numbers: int) -> None:
    """Each of the batch is stored, under these numbers."""
    for (_, share), number in zip(taken, numbers, strict=True):
        share.set_result(Accepted(event_n=number))


async def test_who_brings_many_hears_of_all_at_once_and_in_order() -> None:
    waiting = Lanes()
    load = waiting.put_all([timer(number) for number in range(3)], TIMERS)
    first, second = waiting.take(2, 2), waiting.take(2, 2)
    told(second, 30)
    assert not load.done()
    told(first, 10, 20)
    assert [each.event_n for each in await load] == [10, 20, 30]


async def test_who_brings_nothing_hears_at_once() -> None:
    waiting = Lanes()
    assert await waiting.put_all([], TIMERS) == []
    assert not waiting


async def test_what_fails_first_fails_all_and_the_rest_is_not_tried() -> None:
    waiting = Lanes()
    load = waiting.put_all([timer(number) for number in range(4)], TIMERS)
    other = waiting.put(timer(9), TIMERS)
    taken = waiting.take(2, 2)
    taken[0][1].set_exception(ValueError("full"))
    taken[1][1].set_exception(ValueError("later"))
    with pytest.raises(ValueError, match="full"):
        await load
    assert words(waiting.take(9, 9)) == [9]
    assert not other.done()


async def test_a_share_that_was_told_is_done_and_its_load_is_not() -> None:
    waiting = Lanes()
    load = waiting.put_all([timer(1), timer(2)], TIMERS)
    (_, one), (_, two) = waiting.take(2, 2)
    one.set_result(Accepted())
    assert (one.done(), two.done(), load.done()) == (True, False, False)


async def test_a_load_whose_sender_went_away_is_not_taken_and_hears_nothing() -> None:
    waiting = Lanes()
    load = waiting.put_all([timer(1), timer(2), timer(3)], TIMERS)
    taken = waiting.take(1, 1)
    load.cancel()
    told(taken, 10)
    assert words(waiting.take(9, 9)) == []
    assert load.cancelled()
