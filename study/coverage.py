"""Which branches were walked: a branch counts once for the flow whose text holds it, whichever flow ran it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from grammar import program as p
from study.branches import Branch, branches
from study.walks import Walks
from study.written import Written


class Coverage(NamedTuple):
    """Of one flow: how many branches it has, and those that nobody walked, in the order of the file."""

    flow: str
    branches: int
    missing: tuple[Branch, ...]

    @property
    def percent(self) -> int:
        """How many of 100 branches were walked, rounded down: 100 is all of them."""
        return 100 if not self.branches else 100 * (self.branches - len(self.missing)) // self.branches


def coverage(programs: Iterable[p.Program], walks: Walks, written: Written) -> list[Coverage]:
    """The coverage of each of the flows, in the order in which they come."""
    programs = list(programs)
    walked: dict[Branch, bool] = {}
    for program in programs:
        seen = walks.seen(program.hash())
        for branch, key in branches(program, written):
            walked[branch] = walked.get(branch, False) or key in seen
    return [_of(program.flow, walked) for program in programs]


def missing_of(program: p.Program, walks: Walks, written: Written) -> list[Branch]:
    """The branches of a flow, and of those that it runs, that nobody walked; in the order of the files."""
    seen = walks.seen(program.hash())
    walked: dict[Branch, bool] = {}
    for branch, key in branches(program, written):
        walked[branch] = walked.get(branch, False) or key in seen
    return sorted(branch for branch, done in walked.items() if not done)


def _of(flow: str, walked: dict[Branch, bool]) -> Coverage:
    own = {branch: done for branch, done in walked.items() if branch.flow.casefold() == flow.casefold()}
    missing = sorted(branch for branch, done in own.items() if not done)
    return Coverage(flow, len(own), tuple(missing))
