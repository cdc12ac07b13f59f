"""What no test walks, on a screen: flow by flow, each branch with its line in the author's words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from rich.console import Console
from rich.text import Text

from grammar.loader import Project
from study.branches import ALWAYS_SO, NEVER_SO, Branch
from study.coverage import Coverage, coverage
from study.walks import Walks
from study.written import Written

NUMBER = 6
WIDEST = 60
UNREACHED = "nobody comes to it"


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
    for file, branches in groupby(_joined(missing), key=lambda branch: branch.file):
        yield Text(f"  {file}", "dim")
        for branch in branches:
            yield _row(branch)


def _joined(missing: Iterable[Branch]) -> Iterator[Branch]:
    """A condition that is neither so nor not so is one to which nobody came: one row says it."""
    for _, same in groupby(missing, key=lambda branch: (branch.flow, branch.file, branch.line)):
        found = list(same)
        both = {branch.never for branch in found} >= {NEVER_SO, ALWAYS_SO}
        if both:
            yield found[0]._replace(never=UNREACHED)
        yield from (branch for branch in found if not (both and branch.never in (NEVER_SO, ALWAYS_SO)))


def _row(branch: Branch) -> Text:
    text = Text(branch.text)
    text.truncate(WIDEST, overflow="ellipsis")
    return Text.assemble((f"{branch.line:>{NUMBER}}  ", "dim"), text, (f"  {branch.never}", "yellow"))
