"""The flows folder: a file of it is found by the path that an author writes, and nothing outside it is ever opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from grammar import deployment
from grammar.deployment import Deployment

NAMES = ("flows",)
"""How a folder of flows is called."""


Shown = Callable[[Path], str | None]
"""The text that an editor shows of a file, None where it shows none."""


class NotHere(Exception):  # noqa: N818 - it is no error of ours
    """A file cannot be used; says why, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Folder:
    """`root` is the flows folder; without one, there are no other files.  `deployment`: the settings that it is for.

    `shown`: what an editor has of a file counts more than what stands on the disk.
    """

    root: Path | None = None
    deployment: Deployment | None = None
    shown: Shown | None = field(default=None, compare=False)

    def find(self, written: str, beside: str, suffix: str) -> Path:
        """The file of that path in the folder, or else beside the file that names it.  NotHere says why not.

        `suffix`: how its name must end; "" where it may end anyhow.
        """
        path = PurePosixPath(written.strip().replace("\\", "/"))
        if suffix and path.suffix.lower() != suffix:
            raise NotHere(f"its name does not end in {suffix}")
        if path.is_absolute() or ".." in path.parts or ":" in str(path).partition("/")[0]:
            raise NotHere("it stands outside the flows folder")
        if self.root is None:
            raise NotHere("there is no such file in the flows folder")
        places = (self.root / path, Path(beside).parent / path)
        found = next((place for place in places if place.is_file()), None)
        if found is None:
            raise NotHere("there is no such file in the flows folder")
        if not found.resolve().is_relative_to(self.root.resolve()):
            raise NotHere("it stands outside the flows folder")
        return found

    def read(self, path: Path) -> bytes:
        """The bytes of a file that was found.  NotHere where it cannot be opened."""
        text = self.shown(path) if self.shown is not None else None
        return read(path) if text is None else text.encode(errors="replace")


def folder_of(file: Path, known: Deployment | None = None) -> Folder:
    """The flows folder in which a file stands: the nearest folder above it that is called so, else its own.

    It is for the deployment that is `known`, else for that whose settings stand nearest above it.
    """
    parents = file.absolute().parents
    named = next((number for number, parent in enumerate(parents) if parent.name in NAMES), 0)
    return folder_at(file.parent if named == 0 else parents[named], known)


def folder_at(root: Path, known: Deployment | None = None) -> Folder:
    """A flows folder."""
    return Folder(root, known or deployment.above(root))


def read(path: Path) -> bytes:
    """The bytes of a file.  NotHere where it cannot be opened."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotHere(f"it cannot be opened ({error.strerror})") from None
