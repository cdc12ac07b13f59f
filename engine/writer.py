"""One thread that owns the writing connection: a whole transaction is one hop, and the more urgent goes first."""

from __future__ import annotations

import asyncio
import itertools
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")

INBOX, SETTLE, BULK = 0, 1, 2
"""What waits for the writer, most urgent first: what workers wrote, what became of messages, everything else."""

_Job = tuple[int, int, Callable[[Connection], Any] | None, "Future[Any]"]


class ClosedError(Exception):
    """The writer has ended; nothing more is written."""


class Writer:
    """Runs transactions one after the other; what raises is rolled back whole."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._jobs: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._order = itertools.count()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="dundun-writer", daemon=True)
        self._thread.start()

    async def run(self, work: Callable[[Connection], T], urgency: int) -> T:
        """What `work` returns, after its COMMIT.  A caller who is cancelled does not stop what has begun."""
        if self._closed:
            raise ClosedError
        future: Future[T] = Future()
        self._jobs.put((urgency, next(self._order), work, future))
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Finish what waits, then let the thread end."""
        self._closed = True
        self._jobs.put((BULK + 1, next(self._order), None, Future()))
        self._thread.join()

    def _run(self) -> None:
        while True:
            _, _, work, future = self._jobs.get()
            if work is None:
                return
            if future.set_running_or_notify_cancel():
                self._do(work, future)

    def _do(self, work: Callable[[Connection], Any], future: Future[Any]) -> None:
        try:
            with self._connection.begin():
                result = work(self._connection)
        except BaseException as error:  # noqa: BLE001  (whoever waits gets it, whatever it is)
            future.set_exception(error)
        else:
            future.set_result(result)
