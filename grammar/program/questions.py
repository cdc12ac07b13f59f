"""A question of a program and all that belongs to it; positions are indexes into the code."""

from __future__ import annotations

from grammar.program.expressions import Expr, Pieces, Text
from grammar.program.plain import Plain


class AnswerType(Plain, frozen=True):
    """What counts as an answer.

    `kind`: yesno, whole, number, decimal, text, date, time, phone, digits, facility, recording, choice, choices.
    `low` and `high` bound numbers, dates and times, both inclusive; `limit` is the most letters of a text, the
    count of digits, or the most seconds of a recording; `rule` is "", "not_future" or "not_past" (dates).
    """

    kind: str
    low: Expr | None = None
    high: Expr | None = None
    limit: int | None = None
    rule: str = ""


class Choice(Plain, frozen=True):
    """`number` is what the worker types; `go` the position that `-> name` jumps to."""

    number: int
    code: str
    label: Text
    alone: bool = False
    go: int | None = None


class ChoicesFrom(Plain, frozen=True):
    """The rows of a table as choices, before the fixed ones; `label` is read in each row's context."""

    table: str
    label: Text


class Check(Plain, frozen=True):
    """`when` must hold; if it does not, the answer is invalid and `text` is sent."""

    when: Expr
    text: Text


class Confirm(Plain, frozen=True):
    """When `when` holds (always, if None) the answer is asked about with `text`, yes or no."""

    text: Text
    when: Expr | None = None


class Remind(Plain, frozen=True):
    """`after` seconds from the last full asking; without `text` the question is repeated."""

    after: int
    text: Text | None = None


class GiveUp(Plain, frozen=True):
    """`after` seconds from the last full asking the block at `go` runs."""

    after: int
    go: int


class Repeat(Plain, frozen=True):
    """A quiz question that was answered wrong comes again after so many seconds, once or until it is right."""

    after: int
    until_right: bool = False


class Guard(Plain, frozen=True):
    """One condition around a question: the `if` around it (with `holds` False in the otherwise part) or `only if`."""

    when: Expr
    holds: bool = True


class Question(Plain, frozen=True):
    """All that belongs to one question.  `kind`: ask, quiz, verify, language, place (`choose facility`), pin.

    `at` is its position; `over` the tables of the loops around it, outermost first; `guards` the conditions of the
    branches around it, outermost first; `around` those around each line `run` that it comes from, likewise.
    `tries` invalid answers go to `too_many` (a position; None: stop as invalid_answers).
    `go_on`: after so many seconds the conversation goes on without the answer, which may still come.
    `part`: the name of the run that it belongs to, "" in the flow itself.
    `failed`: where `verify` goes (None: stop as not_verified).  `invalid_block`, `right_block`, `wrong_block`:
    blocks that run instead of a text and come back by `Back`.
    """

    name: str
    kind: str
    at: int
    text: Text
    type: AnswerType
    type_on: dict[str, AnswerType] = {}
    choices: tuple[Choice, ...] = ()
    choices_from: ChoicesFrom | None = None
    only_if: Expr | None = None
    checks: tuple[Check, ...] = ()
    confirms: tuple[Confirm, ...] = ()
    optional: bool = False
    secret: bool = False
    sensitive: bool = False
    tries: int = 3
    invalid: Text | None = None
    invalid_block: int | None = None
    too_many: int | None = None
    failed: int | None = None
    reminders: tuple[Remind, ...] = ()
    give_up: GiveUp | None = None
    correct: tuple[Expr, ...] = ()
    points: int = 1
    right: Text | None = None
    right_block: int | None = None
    wrong: Text | None = None
    wrong_block: int | None = None
    hint: Text | None = None
    repeats: tuple[Repeat, ...] = ()
    go_on: int | None = None
    maps: dict[str, Pieces] = {}
    section: str = ""
    part: str = ""
    over: tuple[str, ...] = ()
    guards: tuple[Guard, ...] = ()
    around: tuple[tuple[Guard, ...], ...] = ()
