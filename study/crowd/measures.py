"""What came of a crowd, in numbers: every worker counts once, and the same lives give the same numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import msgspec

from grammar import program as p
from study.branches import Branch
from study.crowd.lives import Life


class Spread(msgspec.Struct, frozen=True):
    """Of a number that each worker has: the middle one, the one below which 9 of 10 are, and the greatest."""

    median: int
    ninety: int
    most: int


class Dropped(msgspec.Struct, frozen=True):
    """One question: how many workers were asked, how many of them left the conversation there, how often one answered
    what was not taken."""

    question: str
    line: int
    asked: int
    left: int
    wrong: int


class Missed(msgspec.Struct, frozen=True):
    """A branch that no worker came to."""

    file: str
    line: int
    text: str
    never: str


class Measures(msgspec.Struct, frozen=True):
    """All of it.

    `outcomes`: the commonest first.  `messages` and `parts`: SMS to a worker; `minutes`: from the start to the end;
    `others`: messages to other people, of all workers together.  `faults`: why conversations could not go on.
    """

    flow: str
    workers: int
    seed: int
    outcomes: dict[str, int]
    manners: dict[str, int]
    questions: tuple[Dropped, ...]
    messages: Spread
    parts: Spread
    minutes: Spread
    others: int
    never: tuple[Missed, ...]
    faults: tuple[str, ...] = ()


def measure(program: p.Program, lives: Sequence[Life], seed: int, missing: Iterable[Branch]) -> Measures:
    """The numbers of these lives, of which there is at least one."""
    return Measures(
        flow=program.flow,
        workers=len(lives),
        seed=seed,
        outcomes=dict(Counter(life.outcome for life in lives).most_common()),
        manners=dict(sorted(Counter(life.manner for life in lives).items())),
        questions=tuple(_dropped(program, lives)),
        messages=_spread(lives, lambda life: life.messages),
        parts=_spread(lives, lambda life: life.parts),
        minutes=_spread(lives, lambda life: life.took // 60_000),
        others=sum(life.others for life in lives),
        never=tuple(Missed(one.file, one.line, one.text, one.never) for one in missing),
        faults=tuple(dict.fromkeys(life.fault for life in lives if life.fault)),
    )


def _dropped(program: p.Program, lives: Sequence[Life]) -> Iterable[Dropped]:
    """Every question, in the order of the flow."""
    asked = Counter(name for life in lives for name in life.asked)
    left = Counter(life.left_at for life in lives)
    wrong: Counter[str] = sum((life.wrong for life in lives), Counter())
    for question in sorted(program.questions.values(), key=lambda each: each.at):
        name = question.name
        yield Dropped(name, program.places[question.at].line, asked[name], left[name], wrong[name])


def _spread(lives: Sequence[Life], of: Callable[[Life], int]) -> Spread:
    values = sorted(of(life) for life in lives)
    return Spread(values[(len(values) - 1) // 2], values[(len(values) * 9 - 1) // 10], values[-1])
