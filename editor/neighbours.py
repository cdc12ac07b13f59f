"""The other flow files of a folder, read once and again only when they change on the disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from grammar.folder import Folder
from grammar.loader import SUFFIX, Loaded, load_alone

MOST = 500
"""More flow files are no flows folder: somebody opened a file in a place that holds everything."""


@dataclass(slots=True)
class Neighbours:
    """What was read of each file, with its time and size then."""

    known: dict[Path, tuple[tuple[int, int], Loaded]] = field(default_factory=dict)

    def paths(self, folder: Folder, of: Path | None) -> list[Path]:
        """The other files of the folder, in the order of their names."""
        if folder.root is None:
            return []
        own = of.resolve() if of is not None else None
        found = sorted(path for path in folder.root.rglob(f"*{SUFFIX}") if path.resolve() != own)
        return found if len(found) <= MOST else []

    def of(self, folder: Folder, path: Path | None) -> list[Loaded]:
        """The files that are published with the one at `path`; one that cannot be read now is left out."""
        return [loaded for other in self.paths(folder, path) if (loaded := self._load(other)) is not None]

    def _load(self, path: Path) -> Loaded | None:
        try:
            state = path.stat()
            stamp = (state.st_mtime_ns, state.st_size)
            if path not in self.known or self.known[path][0] != stamp:
                self.known[path] = (stamp, load_alone(path))
        except OSError:
            return None
        return self.known[path][1]
