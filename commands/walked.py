"""What no test walks, on a screen: flow by flow, each branch with its line in the author's words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from rich.console import Console
from rich.text import Text

from grammar.loader import Project
from study.branches import Branch
from study.coverage import Coverage, coverage
from study.walks import Walks
from study.written import Written

NUMBER = 6
WIDEST = 60


def show(console: Console, project: Project, walks: Walks) -> None:
    """The coverage of every flow of the project, then an empty line."""
    for each in coverage(project.programs, walks, Written(project.lines)):
        console.print(_title(each))
        for row in rows(each.missing):
            console.print(row, soft_wrap=True)
    console.print()


def _title(found: Coverage) -> Text:
    walked = found.branches - len(found.missing)
    style = "green" if not found.missing else "yellow"
    return Text.assemble(
        "\n", (found.flow, "bold"), f": {walked} of {found.branches} branches walked, ", (f"{found.percent} %", style)
    )


def rows(missing: Iterable[Branch]) -> Iterator[Text]:
    """Branches that nobody walked, file by file."""
    for file, branches in groupby(missing, key=lambda branch: branch.file):
        yield Text(f"  {file}", "dim")
        for branch in branches:
            yield _row(branch)


def _row(branch: Branch) -> Text:
    text = Text(branch.text)
    text.truncate(WIDEST, overflow="ellipsis")
    return Text.assemble((f"{branch.line:>{NUMBER}}  ", "dim"), text, (f"  {branch.never}", "yellow"))
