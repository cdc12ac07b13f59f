"""`dundun test`: the tests in flow files, played in virtual time; exit code 1 where one fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.text import Text

from commands import columns, flows
from commands.errors import FOUND
from engine.library import Library
from engine.rehearsal import Played, Watch, play
from grammar.loader import Project

if TYPE_CHECKING:
    from study.walks import Walks

DONE = 0


def test(
    paths: Annotated[tuple[Path, ...], Parameter(consume_multiple=True)],
    /,
    *,
    coverage: bool = False,  # noqa: PT028 - this is the command `test`, and no test of pytest's
) -> int:
    """Run the tests that stand in flow files.

    Parameters
    ----------
    paths
        Flow files, and folders with flow files.
    coverage
        Say, too, which branches no test walks: choices, conditions, reminders, endings.
    """
    console = Console(highlight=False)
    project = flows.sound(flows.read(paths))
    library = flows.library_of(project)
    walks = _walks(library) if coverage else None
    count = failed = 0
    for file, played in _played(project, library, walks.applied if walks else None):
        count += 1
        failed += not played.passed
        console.print(_line(played) if played.passed else columns.failure(played, file))
    if walks is not None:
        _show(console, project, walks)
    return _closing(console, count, failed)


def _walks(library: Library) -> Walks:
    from study.walks import Walks  # only now: tests alone need not wait for it

    return Walks(library)


def _show(console: Console, project: Project, walks: Walks) -> None:
    from commands import walked

    walked.show(console, project, walks)


def _played(project: Project, library: Library, watch: Watch | None) -> Iterator[tuple[str, Played]]:
    for file in project.files:
        if file.compiled is not None:
            for rehearsal in file.compiled.rehearsals:
                yield file.name, play(rehearsal, library, file.compiled.people, watch)


def _line(played: Played) -> Text:
    return Text.assemble(("✓ ", "green"), (f"{played.rehearsal.flow}: ", "dim"), played.rehearsal.title)


def _closing(console: Console, count: int, failed: int) -> int:
    if not count:
        console.print("There are no tests in these files. Begin one with a line: test: what it shows", style="yellow")
        return DONE
    console.print(f"{count - failed} passed, {failed} failed", style="bold red" if failed else "bold green")
    return FOUND if failed else DONE
