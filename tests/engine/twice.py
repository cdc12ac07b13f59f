"""A database file on which every transaction is made twice: once taken back, as a database server may, and then again.

What work changes in memory, and would do double, shows.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from sqlalchemy import Connection

from engine.writer import Writer

_once = Writer._do


def do_twice(self: Writer, work: Callable[[Connection], Any], future: Future[Any]) -> None:
    """In the place of `Writer._do`; what fails the first time is as it is for the second, too."""
    with self._connection.begin() as transaction:
        try:
            work(self._connection)
        except Exception:  # noqa: BLE001  (the second time it fails again, and whoever waits is told)
            pass
        finally:
            transaction.rollback()
    _once(self, work, future)
