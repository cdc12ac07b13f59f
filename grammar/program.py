"""What the compiler makes and the engine runs: plain data, nothing in it can act, and equal texts give equal hashes.

A program is a flat list of operations (`code`); a position in it is an index.  Everything that a conversation
needs is inside, so a stored program runs without the parser.  All structs are frozen msgspec structs: they encode
to canonical JSON (`Program.encode`), and the SHA-256 of that is the program's name (`Program.hash`).
`places` says which line of the file an operation came from; it is left out of the hash, so that re-indenting a
file makes no new version.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

LANGUAGE_VERSION = 1


class Plain(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The base of everything in a program: frozen, compared by value, encodable."""


# ---------------------------------------------------------------- expressions


class Const(Plain, tag="const", frozen=True):
    """A value that stands in the text.

    `kind` is one of: empty, number ("12", "3.5"), text, yesno ("yes"/"no"), code, date ("2025-12-25"),
    time ("09:30"), duration (seconds as "14400", months as "2m").  `value` is always a string.
    """

    kind: str
    value: str = ""


class Answer(Plain, tag="answer", frozen=True):
    """The present answer of a question.

    `over` names the tables of the loops around the question, outermost first; the answer of the present row of
    each is meant.  With `many`, all answers that exist, in row order, for the rows of the last table of `over`
    (the outer ones fixed as far as the place of reading is inside them).
    """

    question: str
    over: tuple[str, ...] = ()
    many: bool = False


class Variable(Plain, tag="variable", frozen=True):
    """A `set` variable or the result of `do … as` (then with `path`).  Never set: empty."""

    name: str
    path: tuple[str, ...] = ()


class Input(Plain, tag="input", frozen=True):
    """A declared input; `path` reads a field of an input that is a worker (`boss.name`)."""

    name: str
    path: tuple[str, ...] = ()


class Cell(Plain, tag="cell", frozen=True):
    """A column of a row of `table`: of the loop's present row (`product.name`), or of the row that `row` gives.

    Column "" is the row's key, the first column.  In a text a column `name:fr` is read for `name` in French.
    """

    table: str
    column: str = ""
    row: Expr | None = None


class Field(Plain, tag="field", frozen=True):
    """A field of the worker or the facility: `of` is "worker" or "facility", `name` the field (may hold a dot)."""

    of: str
    name: str


class Builtin(Plain, tag="builtin", frozen=True):
    """A word of the engine's.

    score, max_score, attempt, outcome, reason, tries_left, today, now, this_week, last_week, this_month,
    last_month, question (only in texts).  `path`: ("start",) or ("end",) of a period; for score: a section's name.
    """

    name: str
    path: tuple[str, ...] = ()


class Rows(Plain, tag="rows", frozen=True):
    """All rows of a table, as a list of row keys (for `count(products)`)."""

    table: str


class Op(Plain, tag="op", frozen=True):
    """An operator or a function over expressions.

    and or not · = != < <= > >= · between (x, low, high) · one_of / none_of (x, a, b, …) · includes · empty ·
    answered · + - * / · neg · & (join) · ago (duration) · right (Answer of a quiz) · in_group / not_in_group
    (person, Const group) · functions by name: sum count countif round min max days text length if ifempty lookup.
    """

    name: str
    args: tuple[Expr, ...] = ()


class Label(Plain, tag="label", frozen=True):
    """The label, in the language of the message, of the code that `value` gives.

    `source` is "question:NAME" or "input:NAME" (its choices), or "yesno".
    """

    source: str
    value: Expr


class Each(Plain, tag="each", frozen=True):
    """`{each products: name on_hand}`: items joined by spaces for each row of `table`, rows joined by commas."""

    table: str
    items: tuple[Expr, ...]


Expr = Const | Answer | Variable | Input | Cell | Field | Builtin | Rows | Op | Label | Each

# ---------------------------------------------------------------- texts

Piece = str | Expr
Pieces = tuple[Piece, ...]
"""A text cut at its braces: literal strings and expressions.  Lines are joined by a line feed."""


class Version(Plain, frozen=True):
    """A text in one language: what every channel gets, and what SMS, the voice or a recording get instead."""

    text: Pieces | None = None
    sms: Pieces | None = None
    voice: Pieces | None = None
    audio: str | None = None


class Text(Plain, frozen=True):
    """A text by language tag.  The flow's base language is always there."""

    versions: dict[str, Version]


# ---------------------------------------------------------------- questions


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


class Guard(Plain, frozen=True):
    """One condition around a question: the `if` around it (with `holds` False in the otherwise part) or `only if`."""

    when: Expr
    holds: bool = True


class Question(Plain, frozen=True):
    """All that belongs to one question.  `kind`: ask, quiz, verify, language.

    `at` is its position; `over` the tables of the loops around it, outermost first; `guards` the conditions
    between it and the innermost loop's body (or the flow), outermost first.
    `tries` invalid answers go to `too_many` (a position; None: stop as invalid_answers).
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
    maps: dict[str, Pieces] = {}
    section: str = ""
    over: tuple[str, ...] = ()
    guards: tuple[Guard, ...] = ()


# ---------------------------------------------------------------- operations (the code)


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
    """Begin a loop over the rows of `table`, or go on at `end` when there are none.  `word` is the loop word."""

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
    """`set x to value`.  `target`: "variable" (name), "answer" (a correction of question `name`), "worker" (a claim)."""

    target: str
    name: str
    value: Expr


class Wait(Plain, tag="wait", frozen=True):
    """Sleep.

    Either `span` (a duration; with `at`, that many calendar days on, at that time), or `until` (a date or a
    moment; with `at`), or `day` (monday … sunday, weekday, day; the next one still to come; with `at`).
    """

    span: Expr | None = None
    until: Expr | None = None
    day: str = ""
    at: Expr | None = None


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
    """A message to somebody else, in the receiver's language; `urgent` does not wait for quiet hours."""

    target: Target
    text: Text
    urgent: bool = False


class Do(Plain, tag="do", frozen=True):
    """Call an action and wait for its outcome; `result` is the name of `as`; `failed` a block (None: go on)."""

    action: str
    args: dict[str, Expr] = {}
    result: str = ""
    failed: int | None = None


class Submit(Plain, tag="submit", frozen=True):
    """Send the mapped answers to a health system through the outbox."""

    system: str
    args: dict[str, Expr] = {}


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
    Say | Ask | Jump | Unless | GoTo | Loop | Next | Enter | Set | Wait | Tell | Do | Submit | Group | AskAgain
    | ChooseLanguage | Stop | Back
)

# ---------------------------------------------------------------- the program


class InputSpec(Plain, frozen=True):
    """A declared input: its type (`worker`, or an AnswerType), its choices if it is `one of`, and whether it may lack."""

    name: str
    type: AnswerType
    worker: bool = False
    choices: tuple[Choice, ...] = ()
    optional: bool = False
    sensitive: bool = False


class Table(Plain, frozen=True):
    """Rows of texts under a header; the first column is the key.  `rows` have the length of `columns`."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class After(Plain, frozen=True):
    """`after 4 hours unless …`: the block at `go` runs `after` seconds from the start, unless `unless` holds then."""

    after: int
    go: int
    unless: Expr | None = None


class OnWord(Plain, frozen=True):
    """`on word PRICE`: the block at `go`."""

    words: tuple[str, ...]
    go: int


class ShortForm(Plain, frozen=True):
    """The questions that what follows the start word answers, in order.

    `each` names the table of `each product, on_hand` (pairs: key, then `questions`); `of_each` that of
    `on_hand of each product` (numbers alone, in row order).
    """

    questions: tuple[str, ...]
    each: str = ""
    of_each: str = ""


class Schedule(Plain, frozen=True):
    """`start every …`.  `every`: day, weekday, monday … sunday, month:1 … month:31, month:last, once:2026-01-05.

    `since`: a day's name, from `unless done since`.
    """

    every: str
    at: str
    group: str = ""
    where: Expr | None = None
    since: str = ""


class Place(Plain, frozen=True):
    """Where in the author's file an operation stands: the file's name and the line, from 1."""

    file: str
    line: int


class Program(Plain, frozen=True):
    """One flow, compiled.  `code` begins at 0 and always ends in a Stop; blocks that run beside stand behind it."""

    flow: str
    title: Text
    languages: tuple[str, ...]
    channels: tuple[str, ...]
    code: tuple[Code, ...]
    questions: dict[str, Question] = {}
    inputs: dict[str, InputSpec] = {}
    tables: dict[str, Table] = {}
    sections: dict[str, int] = {}
    words: tuple[str, ...] = ()
    word_group: str = ""
    event: str = ""
    schedules: tuple[Schedule, ...] = ()
    short_forms: tuple[ShortForm, ...] = ()
    afters: tuple[After, ...] = ()
    on_words: tuple[OnWord, ...] = ()
    sensitive: tuple[str, ...] = ()
    quiet: tuple[str, str] | None = None
    plain_letters: bool = False
    allow_back: bool = False
    version: int = LANGUAGE_VERSION
    places: tuple[Place, ...] = ()

    def encode(self) -> bytes:
        """Canonical JSON of everything, places included."""
        return _encoder.encode(self)

    def hash(self) -> str:
        """64 hex digits that name this version; the places are left out."""
        return hashlib.sha256(_encoder.encode(msgspec.structs.replace(self, places=()))).hexdigest()


_encoder = msgspec.json.Encoder(order="deterministic")
_decoder: msgspec.json.Decoder[Program] | None = None


def decode(data: bytes) -> Program:
    """Bytes of `Program.encode` back into a program; raises msgspec.ValidationError where they are not one."""
    global _decoder
    if _decoder is None:
        _decoder = msgspec.json.Decoder(Program)
    return _decoder.decode(data)


# ---------------------------------------------------------------- tests in the file


class Step(Plain, frozen=True):
    """One line of a test.  `do` is what it does; `line` where it stands.

    start (flow, channel, args, at "2025-03-03 21:00" or "07:00", facts: worker fields by name) · reply (text) ·
    reply_as (who, text) · press (text) · hang_up · silence (seconds) · expect (text) · expect_not (text) ·
    expect_voice (text) · expect_to (who: Target, text) · expect_nothing · expect_nothing_to (who) ·
    expect_that (when: an expression over answers, inputs, variables, outcome, dhis2.UID) · gives (action, args) ·
    fails (action).
    """

    do: str
    line: int
    text: str = ""
    flow: str = ""
    channel: str = ""
    at: str = ""
    seconds: int = 0
    who: Target | None = None
    action: str = ""
    args: dict[str, Expr] = {}
    when: Expr | None = None


class Rehearsal(Plain, frozen=True):
    """A `test:` of a flow: its title, its line and its steps.  Not part of the program, nor of its hash."""

    title: str
    flow: str
    line: int
    steps: tuple[Step, ...]


class Person(Plain, frozen=True):
    """`test worker ama:` fields as written."""

    name: str
    fields: dict[str, str]


class Compiled(Plain, frozen=True):
    """What one file gives: its programs, their tests, and the people that the tests need."""

    programs: tuple[Program, ...]
    rehearsals: tuple[Rehearsal, ...] = ()
    people: tuple[Person, ...] = ()


def plain(value: Any) -> Any:
    """A struct as dicts and lists, for `--json` and for tests."""
    return msgspec.to_builtins(value)
