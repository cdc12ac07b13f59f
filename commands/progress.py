"""How far a long command has come: a bar on a terminal, and in a file or a pipe a line now and then."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress

Tell = Callable[[int, int | None], None]
"""So much is done, of so much; None where nobody knows of how much."""

LINE_EVERY = 10.0
"""Seconds between two lines where nobody looks at a bar."""


@contextmanager
def shown(title: str) -> Iterator[Tell]:
    """What tells how far it is; beside what the command says, so that this can go into a file of its own."""
    screen = Console(stderr=True, highlight=False, soft_wrap=True)
    if not screen.is_terminal:
        yield _Lines(screen, title)
        return
    with Progress(console=screen, transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


class _Lines:
    def __init__(self, screen: Console, title: str) -> None:
        self._screen = screen
        self._title = title
        self._last = time.monotonic()

    def __call__(self, done: int, total: int | None) -> None:
        now = time.monotonic()
        if now - self._last < LINE_EVERY:
            return
        self._last = now
        self._screen.print(
            f"{self._title}: {done:,} of {total:,}" if total else f"{self._title}: {done:,}", markup=False
        )
