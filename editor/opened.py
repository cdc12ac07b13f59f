"""A flow file that is open in an editor: its text is the editor's, whatever stands on the disk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from editor.places import Places
from editor.uses import Use, uses_of
from grammar import including
from grammar import nodes as n
from grammar.compiler import Result, compile_file
from grammar.diagnostics import Finding
from grammar.folder import Folder, Shown, folder_of
from grammar.incremental import Document, Read
from grammar.loader import NO_FOLDER, Loaded, as_part, load_alone, load_parsed
from grammar.names import Names, names_of


@dataclass(slots=True)
class Opened:
    """One open file.  `path` lacks where it was never saved; then it has no other files.

    `shown`: the text that the editor has of another file, which it includes.
    """

    name: str
    path: Path | None
    unit: str = "utf-16"
    text: str = ""
    shown: Shown | None = None
    document: Document = field(init=False)
    _places: Places | None = None
    _read: Read | None = None
    _included: including.Included | None = None
    _seen: dict[str, object] | None = None
    _names: tuple[Names, ...] | None = None
    _result: Result | None = None
    _uses: list[Use] | None = None
    _alone: Loaded | None = None
    _loaded: tuple[list[Loaded], Loaded] | None = None

    def __post_init__(self) -> None:
        self.document = Document(self.name)

    @property
    def folder(self) -> Folder:
        """The flows folder that it stands in."""
        return NO_FOLDER if self.path is None else replace(folder_of(self.path), shown=self.shown)

    def write(self, text: str) -> None:
        """The editor's text is another now."""
        self.document.write(text)
        self.text = text
        self._places = self._read = None
        self._forget()

    def follow(self) -> None:
        """Forget what was made of the files that it includes or reads, where one of them has changed since."""
        if self._included is not None and (self._seen != self._states() or self._lacks):
            self._forget()

    def _forget(self) -> None:
        self._included = self._seen = self._names = self._result = self._uses = self._alone = self._loaded = None

    @property
    def _lacks(self) -> bool:
        """Does it name a file that was not there?"""
        return self._included is not None and any(found.code in ("E301", "E302") for found in self._included.findings)

    def _states(self) -> dict[str, object]:
        """What is there now of each file that it names: the text in the editor, or the time and size on the disk."""
        names = self._included.lines if self._included is not None else ()
        return {name: self._state(Path(name)) for name in names}

    def _state(self, path: Path) -> object:
        text = self.shown(path) if self.shown is not None else None
        try:
            return text if text is not None else (path.stat().st_mtime_ns, path.stat().st_size)
        except OSError:
            return None

    @property
    def parts(self) -> set[Path]:
        """The files whose lines it includes."""
        return {Path(name).resolve() for name in self.parts_by_name}

    @property
    def parts_by_name(self) -> set[str]:
        """The same, as spans name them."""
        _ = self.whole
        return self._included.parts if self._included is not None else set()

    def calls(self, part: Opened) -> set[str]:
        """How its spans name the lines that it includes of another file; nothing where it includes none."""
        own = part.path.resolve() if part.path is not None else None
        return {name for name in self.parts_by_name if Path(name).resolve() == own}

    @property
    def places(self) -> Places:
        """The places of its text."""
        if self._places is None:
            self._places = Places.of(self.text, self.unit)
        return self._places

    @property
    def read(self) -> Read:
        """Its tree, and what reading found."""
        if self._read is None:
            self._read = self.document.read()
        return self._read

    @property
    def whole(self) -> n.File:
        """Its tree with the lines that it includes; their spans name their files."""
        if self._included is None:
            self._included = including.whole(self.read.file, self.folder)
            self._seen = self._states()
        return self._included.file

    @property
    def names(self) -> tuple[Names, ...]:
        """The names of each of its flows."""
        if self._names is None:
            self._names = tuple(names_of(flow, self.whole.loose) for flow in self.whole.flows)
        return self._names

    @property
    def uses(self) -> list[Use]:
        """Where each of its names is given and used."""
        if self._uses is None:
            _ = self.result  # which codes a variable can hold is known once the lines that set it are compiled
            self._uses = uses_of(self.read.file, self.whole, self.names)
        return self._uses

    @property
    def result(self) -> Result:
        """Its flows as programs; where it has mistakes they can be looked at, not run."""
        if self._result is None:
            self._result = compile_file(self.whole, self.names, self.read.lines)
        return self._result

    def load(self, others: Iterable[Opened] = ()) -> Loaded:
        """Everything that there is to say of it; `others` are the files that are published with it."""
        files = list(others)
        _ = self.whole  # what it names is watched from now on
        beside = [other.alone for other in files]
        if self._loaded is None or not _same(self._loaded[0], beside):
            loaded = load_parsed(self.read.lines, self.read.file, self.read.findings, self.folder, beside)
            self._loaded = (beside, as_part(loaded) if self._is_part(files) else loaded)
        return self._loaded[1]

    def _is_part(self, others: Iterable[Opened]) -> bool:
        """Do others include it?"""
        if self.path is None or self.read.file.flows:
            return False
        own = self.path.resolve()
        return any(own in other.parts for other in others)

    def with_text(self, text: str, shown: Shown | None = None) -> Opened:
        """The same file, had it this text, and had the files that it includes what `shown` says."""
        other = Opened(self.name, self.path, self.unit, shown=shown or self.shown)
        other.document = self.document.copy()
        other.write(text)
        return other

    @property
    def alone(self) -> Loaded:
        """What it is to the other files of its folder."""
        if self._alone is None:
            _ = self.whole
            self._alone = load_alone(self.read.lines, self.read.file, self.read.findings, self.folder)
        return self._alone

    def reading(self) -> list[Finding]:
        """What reading it has found: known at once, however long the file is."""
        return self.document.findings()


def _same(left: list[Loaded], right: list[Loaded]) -> bool:
    """Are these the very same readings?"""
    return len(left) == len(right) and all(one is other for one, other in zip(left, right, strict=True))
