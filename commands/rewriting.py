"""A file of the author's is replaced whole or not at all, with the rights that it had."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from commands.errors import CommandError


def replace(path: Path, data: bytes) -> None:
    """Put `data` in the place of what stands in the file.  Raises CommandError where that cannot be done."""
    place = path.resolve()  # where a link leads, so that the link stays one
    beside: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
        beside = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if place.exists():
            shutil.copymode(place, beside)
        else:
            beside.chmod(0o666 & ~_mask())
        beside.replace(place)
    except OSError as error:
        if beside is not None:
            beside.unlink(missing_ok=True)
        raise CommandError(f"{path} cannot be written: {error.strerror}. It is as it was.") from None


def _mask() -> int:
    """What the system takes away from the rights of new files; it can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
