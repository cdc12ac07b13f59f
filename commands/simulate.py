"""`dundun simulate`: made-up workers answer a flow in virtual time; nothing leaves, and a seed gives the same again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter, validators
from rich.console import Console
from rich.progress import track

from commands import flows, simulated
from study.coverage import missing_of
from study.crowd.lives import Crowd
from study.crowd.measures import Measures, measure
from study.written import Written

MOST = 100_000
"""What one machine plays in a few minutes; more workers make no number clearer."""


def simulate(
    file: Path,
    flow: str = "",
    /,
    *,
    workers: Annotated[int, Parameter(validator=validators.Number(gte=1, lte=MOST))] = 1_000,
    seed: int = 1,
    json: bool = False,
) -> int:
    """Let made-up workers answer a flow: how they fare, where they stop, what it costs.

    Some answer at once, some wrong, some late, and some no more. Nothing is sent, and days go by in a moment.

    Parameters
    ----------
    file
        A flow file, or a folder with flow files.
    flow
        Which flow, where there are several.
    workers
        How many workers.
    seed
        Another number gives other workers; the same number gives the same again.
    json
        All numbers for other programs, instead of text.
    """
    project = flows.sound(flows.read([file]))
    program = flows.program(project, flow, file)
    crowd = Crowd(flows.library_of(project), program.flow, seed)
    numbers = range(1, workers + 1)
    quiet = json or not sys.stdout.isatty()
    lives = [crowd.live(n) for n in track(numbers, "Simulating", disable=quiet, transient=True)]
    missing = missing_of(program, crowd.walks, Written(project.lines))
    found = measure(program, lives, seed, missing)
    _show(found, json)
    return 0


def _show(found: Measures, json: bool) -> None:
    if json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n")
    else:
        simulated.show(Console(highlight=False), found)
