"""An event loop in which nothing takes time but what is told to, and what is ready runs in an order that a seed gives.

The same seed gives the same run.  Whatever a process of the engine begins is its own: it ends when that process is
killed, and waits while that process stands still.  What was planned `outside` goes on.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from asyncio import events
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any


class Life:
    """A process, as the loop knows it.  `still`: nothing of it runs.  `held`: what would have run meanwhile."""

    def __init__(self) -> None:
        self.still = False
        self.held: list[_Handle] = []


class _Handle(asyncio.Handle):
    """A callback, and whose it is."""

    __slots__ = ("life",)
    life: Life | None


class _Timer(asyncio.TimerHandle):
    """The same, for later."""

    __slots__ = ("life",)
    life: Life | None


class SimulatedLoop(asyncio.AbstractEventLoop):
    """`time()` jumps to the next thing that is planned as soon as nothing is ready."""

    def __init__(self, chance: Random) -> None:
        self._random = chance.random
        self._moment = 0.0
        self._ready: list[_Handle | _Timer] = []
        self._planned: list[tuple[float, int, _Timer]] = []
        self._outside: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self.life: Life | None = None
        self.tasks: dict[asyncio.Task[Any], Life | None] = {}  # a set would give them in another order each time
        self.steps = 0
        self.faults: list[BaseException] = []

    # ------------------------------------------------------------ what asyncio asks of a loop

    def time(self) -> float:
        return self._moment

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return True

    def is_closed(self) -> bool:
        return False

    def call_soon(self, callback: Any, *args: Any, context: Any = None) -> asyncio.Handle:
        handle = _Handle(callback, args, self, context)
        handle.life = self.life
        self._ready.append(handle)
        return handle

    def call_later(self, delay: float, callback: Any, *args: Any, context: Any = None) -> asyncio.TimerHandle:
        return self.call_at(self._moment + delay, callback, *args, context=context)

    def call_at(self, when: float, callback: Any, *args: Any, context: Any = None) -> asyncio.TimerHandle:
        handle = _Timer(when, callback, args, self, context)
        handle.life = self.life
        heapq.heappush(self._planned, (when, next(self._order), handle))
        return handle

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        pass  # it is passed over when its moment comes

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def create_task(self, coro: Any, *, name: str | None = None, context: Any = None) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.Task(coro, loop=self, name=name)
        self.tasks[task] = self.life
        task.add_done_callback(self.tasks.pop)
        return task

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        self.faults.append(context.get("exception") or RuntimeError(context["message"]))

    # ------------------------------------------------------------ what a simulation asks of it

    def outside(self, delay: float, callback: Callable[[], None]) -> None:
        """Something that a crash of the engine does not undo."""
        heapq.heappush(self._outside, (self._moment + delay, next(self._order), callback))

    def step(self) -> bool:
        """Run one callback; False where there is none left."""
        ready = self._ready
        if not ready and not self._jump():
            return False
        if (many := len(ready)) > 1:
            place = int(self._random() * many)
            ready[place], ready[-1] = ready[-1], ready[place]
        handle = ready.pop()
        life = handle.life
        if handle.cancelled():
            return True
        if life is not None and life.still:
            life.held.append(handle)
            return True
        self.steps += 1
        self.life = life
        handle._run()
        self.life = None
        return True

    def _jump(self) -> bool:
        """To the next moment for which something is planned."""
        while self._planned and self._planned[0][2].cancelled():
            heapq.heappop(self._planned)
        moments = [heap[0][0] for heap in (self._planned, self._outside) if heap]
        if not moments:
            return False
        self._moment = max(self._moment, min(moments))
        while self._planned and self._planned[0][0] <= self._moment:
            self._ready.append(heapq.heappop(self._planned)[2])
        while self._outside and self._outside[0][0] <= self._moment:
            self.call_soon(heapq.heappop(self._outside)[2])
        return True

    @contextmanager
    def inside(self, life: Life) -> Iterator[None]:
        """What begins now is a part of this process."""
        before, self.life = self.life, life
        try:
            yield
        finally:
            self.life = before

    def go_on(self, life: Life) -> None:
        """It stands still no longer."""
        life.still = False
        self._ready += life.held
        life.held = []

    def kill(self, life: Life) -> None:
        """All tasks of the process end where they are, and nothing that they planned happens."""
        self._forget(life)
        others = [each for each in self._ready if each.life is not life]
        self._ready = [each for each in self._ready if each.life is life] + life.held
        with self.inside(life):
            while mine := [task for task, whose in self.tasks.items() if whose is life]:
                for task in mine:
                    task.cancel()
                while self._ready:
                    handle = self._ready.pop(0)
                    if not handle.cancelled():
                        handle._run()
        self._forget(life)
        self._ready, life.held = others, []

    def _forget(self, life: Life) -> None:
        self._planned = [each for each in self._planned if each[2].life is not life]
        heapq.heapify(self._planned)

    @contextmanager
    def current(self) -> Iterator[None]:
        """This is the loop that runs."""
        events._set_running_loop(self)
        try:
            yield
        finally:
            events._set_running_loop(None)

    def run(self, coro: Coroutine[Any, Any, Any]) -> Any:
        """Run until the coroutine has ended; what it returned."""
        with self.current():
            task = self.create_task(coro)
            while not task.done():
                if not self.step():
                    raise RuntimeError("nothing more happens, and the task waits")
            return task.result()
