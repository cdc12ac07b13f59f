"""From a name to the line that gives it, in this file or another of its folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types as lsp

from editor.opened import Opened
from editor.uses import Thing, Use
from grammar import nodes as n
from grammar.folder import NotHere


@dataclass(frozen=True, slots=True)
class Place:
    """A span of a file; `file` is its path."""

    file: str
    span: n.Span


def use_at(opened: Opened, position: lsp.Position, others: Iterable[Opened] = ()) -> Use | None:
    """The name at a place; the shortest where several stand there.  In a part it means what it means to `others`."""
    line, column = opened.places.of_position(position)
    here = [
        use
        for use in (*_own(opened), *_as_included(opened, others))
        if use.span.line == line and use.span.column <= column <= use.span.end_column
    ]
    return min(here, key=lambda use: use.span.end_column - use.span.column, default=None)


def _own(opened: Opened) -> Iterator[Use]:
    return (use for use in opened.uses if not use.span.file)


def _as_included(opened: Opened, others: Iterable[Opened]) -> Iterator[Use]:
    """The uses of its lines in the files that include it."""
    if opened.path is None or opened.read.file.flows:
        return
    for other in others:
        names = other.calls(opened)
        yield from (use for use in other.uses if use.span.file in names)


def definition(opened: Opened, position: lsp.Position, others: Sequence[Opened]) -> Place | None:
    """Where the name at a place is given; None where it is given nowhere."""
    use = use_at(opened, position, others)
    if use is None:
        return None
    if use.thing.kind == "file":
        return _file(opened, use.thing.key)
    return next((place for file in (opened, *others) for place in _given(file, use.thing)), None)


def _given(file: Opened, thing: Thing) -> Iterable[Place]:
    return (Place(use.span.file or file.name, use.span) for use in file.uses if use.given and use.thing == thing)


def _file(opened: Opened, written: str) -> Place | None:
    try:
        found = opened.folder.find(written, opened.name, Path(written.replace("\\", "/")).suffix.lower())
    except NotHere:
        return None
    return Place(str(found), n.Span(1, 1, 1))
