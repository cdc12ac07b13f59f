"""One process owns a database file: the system lets go of the lock when the process ends, however it ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from engine.ownfiles import opened


def lock_of(database: Path) -> FileLock:
    """The lock of a database file: the same one by whatever symbolic link the file is named."""
    real = Path(os.path.realpath(database))
    return FileLock(real.with_name(real.name + ".lock"))


class FileLock:
    """A lock held on a file of its own from `take` to `release`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def take(self) -> bool:
        """True once the lock is ours, False where another process has it."""
        handle = opened(self._path, os.O_RDWR)
        try:
            _lock(handle)
        except OSError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        """Let another process have it."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
