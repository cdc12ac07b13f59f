"""`dundun test`: the tests in flow files, played in virtual time; exit code 1 where one fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.text import Text

from commands import columns, flows
from commands.errors import FOUND
from engine.rehearsal import Played, play
from grammar.loader import Project

DONE = 0


def test(paths: Annotated[tuple[Path, ...], Parameter(consume_multiple=True)], /) -> int:
    """Run the tests that stand in flow files.

    Parameters
    ----------
    paths
        Flow files, and folders with flow files.
    """
    console = Console(highlight=False)
    project = flows.sound(flows.read(paths))
    count = failed = 0
    for file, played in _played(project):
        count += 1
        failed += not played.passed
        console.print(_line(played) if played.passed else columns.failure(played, file))
    return _closing(console, count, failed)


def _played(project: Project) -> Iterator[tuple[str, Played]]:
    library = flows.library_of(project)
    for file in project.files:
        if file.compiled is not None:
            for rehearsal in file.compiled.rehearsals:
                yield file.name, play(rehearsal, library, file.compiled.people)


def _line(played: Played) -> Text:
    return Text.assemble(("✓ ", "green"), (f"{played.rehearsal.flow}: ", "dim"), played.rehearsal.title)


def _closing(console: Console, count: int, failed: int) -> int:
    if not count:
        console.print("There are no tests in these files. Begin one with a line: test: what it shows", style="yellow")
        return DONE
    console.print(f"{count - failed} passed, {failed} failed", style="bold red" if failed else "bold green")
    return FOUND if failed else DONE
