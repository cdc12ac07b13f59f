"""`dundun check`: every finding, most serious first; exit code 1 where there is a mistake."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter
from rich.console import Console

from commands import findings, parts
from commands.errors import FOUND, CommandError
from grammar.deployment import Deployment, named_in
from grammar.loader import Project

DONE = 0


CONFIG = Path("dundun.toml")


def check(
    paths: Annotated[tuple[Path, ...], Parameter(consume_multiple=True)],
    /,
    *,
    json: bool = False,
    live: bool = False,
    config: Path | None = None,
) -> int:
    """Every mistake in flow files, with its line and a proposal.

    Parameters
    ----------
    paths
        Flow files, and folders with flow files.
    json
        A list for other programs, instead of text.
    live
        Say, too, what these versions would mean for the conversations that run now.
    config
        The server's settings: which actions and systems there are, and, for --live, which conversations. Without it,
        those of this folder, else the nearest above the flows.
    """
    project, notes = parts.read(paths, _deployment(config))
    for note in notes:
        Console(stderr=json, highlight=False, markup=False).print(note, soft_wrap=True)
    if json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(project.findings), indent=2).decode() + "\n")
    else:
        _show(project)
    stranded = live and _look_at_live(project, config or CONFIG)
    return FOUND if project.has_errors or stranded else DONE


def _deployment(config: Path | None) -> Deployment | None:
    """What these settings name; CommandError where they were asked for and cannot be read."""
    found = named_in(config or CONFIG)
    if found is None and config is not None:
        raise CommandError(f"{config} cannot be read, or is not written as TOML is.")
    return found


def _look_at_live(project: Project, config: Path) -> bool:
    from commands import known, live  # only now: everybody else need not wait until a database can be read

    return known.done(live.show(Console(highlight=False), project, known.settings_in(config)))


def _show(project: Project) -> None:
    console = Console(highlight=False)
    findings.show(console, project.findings, project.lines)
    files = len(project.files)
    in_files = f"{files} file{'' if files == 1 else 's'}"
    style = "bold red" if project.has_errors else "bold green"
    console.print(f"{in_files}: {findings.counted(project.findings)}.", style=style)
