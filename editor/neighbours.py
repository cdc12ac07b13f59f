"""The other flow files of a folder, read once and again only when they change on the disk, or in the editor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from editor.opened import Opened
from grammar.folder import NAMES, Shown
from grammar.loader import SUFFIX
from grammar.reader import text_of

MOST = 500
"""More flow files are no flows folder: somebody opened a file in a place that holds everything."""


@dataclass(slots=True)
class Neighbours:
    """`known`: what was read of each file, with its time and size then; `shown`: what the editor has of a file."""

    shown: Shown | None = None
    known: dict[Path, tuple[tuple[int, int], Opened]] = field(default_factory=dict)

    def of(self, opened: Opened, open_files: Mapping[Path, Opened]) -> list[Opened]:
        """The files that are published with one; of those that are open, the editor's text counts."""
        found = (open_files.get(path) or self._read(path) for path in _beside(opened))
        files = [file for file in found if file is not None]
        for file in files:
            file.follow()
        return files

    def _read(self, path: Path) -> Opened | None:
        try:
            state = path.stat()
            stamp = (state.st_mtime_ns, state.st_size)
            if path not in self.known or self.known[path][0] != stamp:
                file = Opened(str(path), path, shown=self.shown)
                file.write(text_of(path.read_bytes()) or "")
                self.known[path] = (stamp, file)
        except OSError:
            return None
        return self.known[path][1]


def _beside(opened: Opened) -> list[Path]:
    """The other files of the folder, in the order of their names.

    Only a folder that is called so is searched with what is below it: any other may be somebody's whole disk.
    """
    root = opened.folder.root
    if root is None or opened.path is None:
        return []
    own = opened.path.resolve()
    inside = root.rglob(f"*{SUFFIX}") if root.name in NAMES else root.glob(f"*{SUFFIX}")
    found = [path for path in sorted(islice(inside, MOST + 2)) if path.resolve() != own]
    return found if len(found) <= MOST else []
