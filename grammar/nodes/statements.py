"""The lines of a conversation, in the order of the file."""

from __future__ import annotations

from grammar.nodes.base import Name, Node
from grammar.nodes.expressions import Expr, Path, Time
from grammar.nodes.people import People, Target
from grammar.nodes.questions import Block, Choose, ChooseLanguage, Question
from grammar.nodes.texts import Message


class Say(Node, frozen=True):
    """`say [name]: text`."""

    message: Message
    name: Name | None = None


class Digest(Node, frozen=True):
    """`every Friday at 16:00` in a `tell`."""

    day: Name
    at: Time | None = None


class Tell(Node, frozen=True):
    """`tell TARGET: text`; `nobody` is the block of `if nobody`."""

    target: Target
    message: Message
    urgent: bool = False
    digest: Digest | None = None
    nobody: Block | None = None


class Branch(Node, frozen=True):
    """One `if` or `otherwise if` and its block."""

    when: Expr
    block: Block


class If(Node, frozen=True):
    """Branches in order, then `otherwise`."""

    branches: tuple[Branch, ...]
    otherwise: Block | None = None


class ForEach(Node, frozen=True):
    """`for each product in products`, `for each person in workers where …`."""

    word: Name
    source: Path | People
    block: Block


class Wait(Node, frozen=True):
    """`wait 1 day at 09:00`."""

    length: Expr
    at: Expr | None = None


class WaitUntil(Node, frozen=True):
    """`wait until tomorrow at 09:00`; a day's name is a Path of one part."""

    moment: Expr
    at: Expr | None = None


class WaitNext(Node, frozen=True):
    """`wait until next weekday at lesson_time`."""

    day: Name
    at: Expr | None = None


class WaitQuizzes(Node, frozen=True):
    """`wait until all quizzes are right`."""


class GoTo(Node, frozen=True):
    """`go to name`, `-> name`."""

    target: Name


class Stop(Node, frozen=True):
    """`stop`, `stop as outcome`."""

    outcome: Name | None = None


class Set(Node, frozen=True):
    """`set x to …`, `set worker.phone to …`."""

    target: Path
    value: Expr


class Membership(Node, frozen=True):
    """`add worker to group trained` (`add` True), `remove worker from group trained`."""

    person: Path
    group: Name
    add: bool


class Arg(Node, frozen=True):
    """`dataset = "…"`: a value, not a condition (RULES A7)."""

    name: Path
    value: Expr


class Do(Node, frozen=True):
    """`do action with … as result`, and its `if failed`."""

    action: Name
    args: tuple[Arg, ...] = ()
    result: Name | None = None
    failed: Block | None = None


class Run(Node, frozen=True):
    """`run flow with … as result`."""

    flow: Name
    args: tuple[Arg, ...] = ()
    result: Name | None = None


class StartFlow(Node, frozen=True):
    """`start flow other for supervisor with …`, and its `if failed`."""

    flow: Name
    target: Target
    args: tuple[Arg, ...] = ()
    failed: Block | None = None


class Submit(Node, frozen=True):
    """`submit to dhis2 with … [and wait]`, and its `if failed`."""

    system: Name
    args: tuple[Arg, ...] = ()
    waits: bool = False
    failed: Block | None = None


class AskAgain(Node, frozen=True):
    """`ask again on_hand for product which`: `word` is the loop word, `row` what gives the row."""

    question: Path
    word: Name | None = None
    row: Path | None = None


class Take(Node, frozen=True):
    """`take batch:` and the block for all who come too late."""

    thing: Path
    block: Block


Statement = (
    Say
    | Question
    | ChooseLanguage
    | Choose
    | Tell
    | If
    | ForEach
    | Wait
    | WaitUntil
    | WaitNext
    | WaitQuizzes
    | GoTo
    | Stop
    | Set
    | Membership
    | Do
    | Run
    | StartFlow
    | Submit
    | AskAgain
    | Take
)
