"""Files beside a database: for their owner alone, who is the owner of their folder, whoever makes them."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def opened(path: Path, flags: int) -> int:
    """A handle of the file, which is made where it is not there; OSError where that fails.

    What root makes in the folder of a server's user belongs to that user: else the server could not use it.
    """
    new = not path.exists()
    handle = os.open(path, flags | os.O_CREAT, 0o600)
    if sys.platform != "win32" and new and os.geteuid() == 0:
        folder = path.parent.stat()
        os.fchown(handle, folder.st_uid, folder.st_gid)
    return handle


def identity(path: Path) -> tuple[int, int] | None:
    """Which file it is, however it is called; None where there is none."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_dev, seen.st_ino
