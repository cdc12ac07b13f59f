"""A file with its included lines and its tables from other files: each stands where it was named, and knows its place.

A path that leads out of the flows folder, a circle, and a file with a flow of its own are refused, and said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from grammar import nodes as n
from grammar import parser, reader, sheet
from grammar.diagnostics import Finding, finding
from grammar.folder import Folder, NotHere
from grammar.nodes.file import TopLevel

N = TypeVar("N", bound=msgspec.Struct)
MOST = 200
"""Included files in one file: more can only be files that include each other's lines again and again."""


@dataclass(slots=True)
class Included:
    """A whole file.  `findings` are those of the files that it names; `lines`: their authors' lines, by name."""

    file: n.File
    findings: list[Finding] = field(default_factory=list)
    lines: dict[str, Sequence[str]] = field(default_factory=dict)
    parts: set[str] = field(default_factory=set)


def whole(file: n.File, folder: Folder) -> Included:
    """The file with everything that it names.  Its own spans stay as they are; those of other files name them."""
    if not any(isinstance(line, n.Include | n.TableFile) for line in _top(file)):
        return Included(file)
    return _Including(file, folder).make()


def _top(file: n.File) -> list[TopLevel]:
    return [*file.loose, *(line for flow in file.flows for line in flow.body)]


class _Including:
    def __init__(self, file: n.File, folder: Folder) -> None:
        self.made = Included(file)
        self.folder = folder
        self.left = MOST

    def make(self) -> Included:
        file = self.made.file
        around = (file.name,)
        flows = tuple(_with(flow, body=self.lines(flow.body, around)) for flow in file.flows)
        self.made.file = _with(file, loose=self.tables(file.loose, around), flows=flows)
        return self.made

    def lines(self, lines: Sequence[TopLevel], around: tuple[str, ...]) -> tuple[TopLevel, ...]:
        """Lines in which nothing names another file any more; `around` are the files that we are in."""
        found: list[TopLevel] = []
        for line in lines:
            if isinstance(line, n.Include):
                found += self._included(line, around)
            else:
                found.append(self._table(line, around) if isinstance(line, n.TableFile) else line)
        return tuple(found)

    def tables(self, lines: Sequence[TopLevel], around: tuple[str, ...]) -> tuple[TopLevel, ...]:
        """Above the first flow only tables belong to anybody (RULES A4)."""
        return tuple(self._table(line, around) if isinstance(line, n.TableFile) else line for line in lines)

    def _included(self, line: n.Include, around: tuple[str, ...]) -> Sequence[TopLevel]:
        try:
            part = self._part(line, around)
        except NotHere as why:
            self._refuse("E301", line, line.path, around, str(why))
            return ()
        return self.lines(part.loose, (*around, part.name))

    def _part(self, line: n.Include, around: tuple[str, ...]) -> n.File:
        path = self._find(line.path, around, ".flow")
        if str(path) in around:
            raise NotHere("its own lines lead back to this one")
        self.left -= 1
        if self.left < 0:
            raise NotHere(f"this would be more than {MOST} files")
        source, found = reader.read(self.folder.read(path), str(path))
        part, misread = parser.parse(source)
        if part.flows:
            raise NotHere("it has a line `flow` of its own, and only lines without one can be included")
        self.made.findings += [*found, *misread]
        self.made.lines[part.name] = source.shown
        self.made.parts.add(part.name)
        if not part.complete:
            self.made.file = _with(self.made.file, complete=False)
        return _with(part, loose=tuple(placed(each, part.name) for each in part.loose))

    def _find(self, written: str, around: tuple[str, ...], suffix: str) -> Path:
        if Path(written).name == written == Path(around[-1]).name:
            raise NotHere("its own lines lead back to this one")
        return self.folder.find(written, around[-1], suffix)

    def _table(self, line: n.TableFile, around: tuple[str, ...]) -> n.TableFile:
        try:
            path = self._find(line.path, around, ".csv")
            got = sheet.read(self.folder.read(path), str(path))
            if isinstance(got, str):
                raise NotHere(got)
        except NotHere as why:
            self._refuse("E302", line, line.path, around, str(why))
            return line
        self.made.findings += got[1]
        self.made.lines[str(path)] = got[0].lines
        return _with(line, columns=got[0].columns, rows=got[0].rows)

    def _refuse(self, code: str, line: n.Node, path: str, around: tuple[str, ...], why: str) -> None:
        self.made.findings.append(finding(code, line.span.file or around[-1], line.span, path=path, why=why))


def placed(node: Any, file: str) -> Any:  # noqa: ANN401 - any node, and what stands in its fields
    """The same node, every span of which names the file that it stands in."""
    if isinstance(node, tuple):
        return tuple(placed(item, file) for item in node)
    if isinstance(node, n.Span):
        return _with(node, file=file)
    if not isinstance(node, n.Node):
        return node
    fields: Mapping[str, Any] = {name: placed(getattr(node, name), file) for name in node.__struct_fields__}
    return type(node)(**fields)


def _with(node: N, **fields: object) -> N:
    return msgspec.structs.replace(node, **fields)
