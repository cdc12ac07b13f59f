"""Flow files on the way into a command: what a person named is found and read, or a sentence says why not."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from commands import findings
from commands.errors import FOUND, CommandError
from grammar import loader
from grammar.deployment import Deployment
from grammar.loader import SUFFIX, Project
from grammar.program import Program

if TYPE_CHECKING:
    from engine.library import Library
    from engine.linked import Linked

FOLDER = Path("flows")


def read(paths: Iterable[Path], deployment: Deployment | None = None) -> Project:
    """All flow files at and under the paths.  Raises CommandError where there is none, or one cannot be opened.

    `deployment`: what they may call, where that is known.
    """
    try:
        project = loader.load_folder(paths, deployment)
    except OSError as error:
        raise CommandError(f"{error.filename} cannot be read: {error.strerror}.") from None
    if not project.files:
        raise CommandError(f"There is no {SUFFIX} file in {', '.join(str(path) for path in paths)}.")
    return project


def sound(project: Project) -> Project:
    """The project, if it has no mistakes; else they are shown, and CommandError is raised."""
    told = tell_mistakes(project)
    if told:
        raise CommandError(f"{told}: mend the flows first.", FOUND)
    return project


def tell_mistakes(project: Project) -> str:
    """Show the mistakes of a project; how many they are, in words, "" where there is none."""
    mistakes = [finding for finding in project.findings if finding.severity == "error"]
    findings.show(Console(stderr=True), mistakes, project.lines)
    return findings.counted(mistakes) if mistakes else ""


def library_of(project: Project) -> Library:
    """All programs of the project, ready to play."""
    from engine.library import Library  # check needs no engine, and must begin at once
    from engine.phrases import load

    library = Library(load())
    for program in project.programs:
        library.publish(program)
    return library


def one(named: str) -> tuple[Linked, Library]:
    """The flow of a file, or of that name in the folder flows; with the flows beside it, which it may start."""
    path = Path(named)
    if path.suffix == SUFFIX or path.exists():
        project = sound(read([path]))
        return _only(library_of(project), path)
    library = library_of(sound(read([FOLDER]))) if FOLDER.is_dir() else None
    linked = library.current(named) if library else None
    if library is None or linked is None:
        known = [each.program.flow for each in library.flows()] if library else []
        raise CommandError(f"There is no flow {named}. {_nearest(named, known)}", FOUND)
    return linked, library


def program(project: Project, flow: str, path: Path) -> Program:
    """The flow of that name; the only one there is, where none is named.  CommandError where that is none."""
    known = {each.flow.casefold(): each for each in project.programs}
    if flow.casefold() in known:
        return known[flow.casefold()]
    names = [each.flow for each in project.programs]
    if flow or not names:
        raise CommandError(f"There is no flow {flow} in {path}. {_nearest(flow, names)}", FOUND)
    if len(names) > 1:
        raise CommandError(_several(path, names))
    return project.programs[0]


def _only(library: Library, path: Path) -> tuple[Linked, Library]:
    flows = library.flows()
    if len(flows) != 1:
        raise CommandError(_several(path, [flow.program.flow for flow in flows]))
    return flows[0], library


def _several(path: Path, names: list[str]) -> str:
    return f"{path} holds several flows: {', '.join(names)}. Name the one that is meant."


def _nearest(named: str, known: list[str]) -> str:
    near = difflib.get_close_matches(named, known, n=1)
    if near:
        return f"Did you mean {near[0]}?"
    return (
        f"There are: {', '.join(known)}."
        if known
        else f"Name a {SUFFIX} file, or make a folder {FOLDER} for your flows."
    )
