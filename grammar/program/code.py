"""The operations of a program: a flat list, in which a position is an index; none acts by itself."""

from __future__ import annotations

from grammar.program.expressions import Expr, Text
from grammar.program.plain import Plain
from grammar.program.questions import GiveUp, Guard


class Say(Plain, tag="say", frozen=True):
    """Send `text` to the worker."""

    text: Text


class Ask(Plain, tag="ask", frozen=True):
    """Ask `question` and wait; skipped where `only if` does not hold."""

    question: str


class Jump(Plain, tag="jump", frozen=True):
    """Go on at `to`: the end of a branch.  Never written by an author, forgets nothing."""

    to: int


class Unless(Plain, tag="unless", frozen=True):
    """Go on at `to` where `when` does not hold (an empty condition is not met)."""

    when: Expr
    to: int


class GoTo(Plain, tag="goto", frozen=True):
    """An author's `go to`: backwards it forgets the answers in between (RULES B1) and is counted (K7)."""

    to: int


class Loop(Plain, tag="loop", frozen=True):
    """Begin a loop over the rows of `table` (or source), or go on at `end` when there are none.

    `word` is the loop word.
    """

    table: str
    word: str
    end: int


class Next(Plain, tag="next", frozen=True):
    """The end of a loop's body: the next row at `start` + 1, or, after the last, the loop is left."""

    start: int


class Enter(Plain, tag="enter", frozen=True):
    """Come into a section: counts `attempt`."""

    section: str


class Set(Plain, tag="set", frozen=True):
    """`set x to value`.  `target`: "variable", "answer" (a correction of question `name`), "worker" (a claim)."""

    target: str
    name: str
    value: Expr


class Wait(Plain, tag="wait", frozen=True):
    """Sleep.

    Either `span` (a duration; with `at`, that many calendar days on, at that time), or `until` (a date or a
    moment; with `at`), or `day` (monday … sunday, weekday, day; the next one still to come; with `at`), or, with
    `give_up`, until all quizzes are right.
    """

    span: Expr | None = None
    until: Expr | None = None
    day: str = ""
    at: Expr | None = None
    give_up: GiveUp | None = None


class Target(Plain, frozen=True):
    """Whom `tell` means.

    `kind`: supervisor · role (`name`, of the facility that `of` gives; None: the worker's) · group (`name`) ·
    worker (`of` gives the person) · where (`when`, over candidates).
    """

    kind: str
    name: str = ""
    of: Expr | None = None
    when: Expr | None = None


class Tell(Plain, tag="tell", frozen=True):
    """A message to somebody else, in the receiver's language; `urgent` does not wait for quiet hours.

    `gather`: a day and a time; all lines for one person until then are one message.
    `nobody`: the block that runs where there is no such person (None: the message goes to whom there is).
    """

    target: Target
    text: Text
    urgent: bool = False
    gather: tuple[str, str] | None = None
    nobody: int | None = None


class Do(Plain, tag="do", frozen=True):
    """Call an action and wait for its outcome; `result` is the name of `as`; `failed` a block (None: go on)."""

    action: str
    args: dict[str, Expr] = {}
    result: str = ""
    failed: int | None = None


class Run(Plain, tag="run", frozen=True):
    """Run another flow and come back.  Only in a program that is not joined yet: `grammar.joining` puts its code here.

    `result` is the name of `as`, else the flow's; `over` the tables of the loops around the line, `guards` the
    conditions of the branches around it, `section` where it stands.
    """

    flow: str
    result: str
    args: dict[str, Expr] = {}
    over: tuple[str, ...] = ()
    section: str = ""
    guards: tuple[Guard, ...] = ()


class Call(Plain, tag="call", frozen=True):
    """Come into a flow that is run, whose names all begin with `name` and a dot.

    What an earlier run of it left is put aside, in this turn of the loops around it; its inputs are `args`; its
    `after`s are armed.  Its code ends before `end`.  `aside`: where other lines `run` of the same result begin and end,
    whose answers are put aside, too: the result is that of the last.
    """

    name: str
    end: int
    args: dict[str, Expr] = {}
    aside: tuple[tuple[int, int], ...] = ()


class Leave(Plain, tag="leave", frozen=True):
    """Back from a flow that was run, in the section where it was called."""

    section: str


class StartFlow(Plain, tag="start", frozen=True):
    """Begin a conversation of `flow` with somebody else.

    `failed`: the block that runs where nobody could be started; then the conversation waits to hear (None: it
    does not).
    """

    flow: str
    target: Target
    args: dict[str, Expr] = {}
    failed: int | None = None


class Take(Plain, tag="take", frozen=True):
    """One conversation of the flow gets `thing` with this value; for the others `block` runs (RULES X1)."""

    thing: str
    value: Expr
    block: int


class Submit(Plain, tag="submit", frozen=True):
    """Send the mapped answers to a health system through the outbox.

    `waits`: the conversation stands still until the system has answered.  `failed`: a block that runs where it did not
    take them; where the conversation does not wait, beside whatever it is at by then.
    """

    system: str
    args: dict[str, Expr] = {}
    waits: bool = False
    failed: int | None = None


class Group(Plain, tag="group", frozen=True):
    """Add the person (None: the worker) to a group, or remove."""

    name: str
    add: bool = True
    person: Expr | None = None


class AskAgain(Plain, tag="again", frozen=True):
    """Ask `question` once more (for the row that `row` gives) and come back (RULES B1)."""

    question: str
    row: Expr | None = None


class ChooseLanguage(Plain, tag="language", frozen=True):
    """Ask for the language once, where it is not known: a question of kind `language` of that name."""

    question: str


class Choose(Plain, tag="choose", frozen=True):
    """Ask what the conversation has to know of its worker: a question of kind `place` or `pin`, of that name."""

    question: str


class Stop(Plain, tag="stop", frozen=True):
    """End with `outcome`."""

    outcome: str


class Back(Plain, tag="back", frozen=True):
    """The end of a block that ran beside the conversation (after, on word, if invalid …).

    `to`: "wait" (go on waiting, nothing is repeated), "question" (the question is asked again), "next" (the line
    after the question follows).
    """

    to: str


Code = (
    Say
    | Ask
    | Jump
    | Unless
    | GoTo
    | Loop
    | Next
    | Enter
    | Set
    | Wait
    | Tell
    | Do
    | Run
    | Call
    | Leave
    | StartFlow
    | Take
    | Submit
    | Group
    | AskAgain
    | ChooseLanguage
    | Choose
    | Stop
    | Back
)
