"""Whose turn it is: the more urgent class first, but every tenth message is one of the lower classes.

So bulk never waits for ever, and nobody who wrote waits for bulk.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import TypeVar

from engine.outgoing import CLASSES

T = TypeVar("T")

_BY_RANK = tuple(sorted(CLASSES.values()))
_REMINDER, _BULK = CLASSES["reminder"], CLASSES["bulk"]
_LOWER = {9: (_REMINDER, _BULK), 19: (_BULK, _REMINDER)}


def in_turn(waiting: Mapping[int, Sequence[T]], turn: int) -> Iterator[T]:
    """All that waits, by class, in the order in which it goes; so many went before."""
    queues = {rank: deque(waiting.get(rank, ())) for rank in _BY_RANK}
    left = sum(map(len, queues.values()))
    for number in count(turn):
        if not left:
            return
        order = (*_LOWER.get(number % 20, ()), *_BY_RANK)
        left -= 1
        yield next(queues[rank] for rank in order if queues[rank]).popleft()
