"""A name in lines that several flows include is a name of each: whoever renames one of them renames all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from editor.opened import Opened
from editor.uses import Thing, Use

Place = tuple[Path, int, int]
"""A file, a line and a column."""


class Unnamed(Exception):  # noqa: N818 - it is no error of ours
    """A name stays as it is; says why, in a sentence for the author."""


def uses(files: Sequence[Opened], thing: Thing) -> dict[str, list[Use]]:
    """Every use of a thing, by the name of the file in which it stands, each place once.  Raises Unnamed.

    Where it is used in included lines, the uses of what is called so in the other flows that include them, too.
    """
    known = [each for file in files for each in _placed(file)]
    same, found = {thing}, _of(known, {thing})
    while more := {use.thing for place, use in known if place in found and _alike(use.thing, thing)} - same:
        same |= more
        found = _of(known, same)
    names = {Path(file.name).resolve(): file.name for file in files}
    lacking = next((place[0] for place in found if place[0] not in names), None)
    if lacking is not None:
        raise Unnamed(
            f"The name stands in {lacking.name}, which is not read with the files of this folder: change it by hand."
        )
    made: dict[str, list[Use]] = {}
    for place, use in found.items():
        made.setdefault(names[place[0]], []).append(use)
    return made


def _placed(file: Opened) -> Iterator[tuple[Place, Use]]:
    where = {name: Path(name).resolve() for name in (file.name, *file.parts_by_name)}
    for use in file.uses:
        yield (where[use.span.file or file.name], use.span.line, use.span.column), use


def _of(known: Sequence[tuple[Place, Use]], things: set[Thing]) -> dict[Place, Use]:
    """The uses of these things by their places; of several in one place one that gives the name."""
    here = [(place, use) for place, use in known if use.thing in things]
    return dict(sorted(here, key=lambda each: each[1].given))


def _alike(one: Thing, other: Thing) -> bool:
    """May they be one name of two flows?"""
    return (one.kind, one.key) == (other.kind, other.key)


def parts_in(file: Opened, uses: Mapping[str, Sequence[Use]]) -> bool:
    """Does it include lines of these files?"""
    return bool(file.parts & {Path(name).resolve() for name in uses})


def changed(file: Opened, texts: Mapping[Path, str]) -> Opened:
    """The file as it is when files have these texts; itself where nothing of it is another then."""
    own = Path(file.name).resolve()
    if own not in texts and not file.parts & texts.keys():
        return file

    def shown(path: Path) -> str | None:
        before = file.shown(path) if file.shown is not None else None
        return texts.get(path.resolve(), before)

    return file.with_text(texts.get(own, file.text), shown)
