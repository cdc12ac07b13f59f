"""One flow, compiled: its header, its code and its hash; the same text always gives the same hash."""

from __future__ import annotations

import hashlib

import msgspec

from grammar.program.code import Code
from grammar.program.expressions import Expr, Text
from grammar.program.plain import Plain
from grammar.program.questions import AnswerType, Choice, Question
from grammar.program.rehearsals import Person, Rehearsal

LANGUAGE_VERSION = 1


class InputSpec(Plain, frozen=True):
    """A declared input: its type, or `worker`; its choices if it is `one of`; whether it may lack.

    `many`: "" for one value, "list" for several of the type, "rows" for a table of `columns` with at least `least` and
    at most `most` rows (0: as many as there are).
    """

    name: str
    type: AnswerType
    worker: bool = False
    many: str = ""
    columns: tuple[str, ...] = ()
    least: int = 0
    most: int = 0
    choices: tuple[Choice, ...] = ()
    optional: bool = False
    sensitive: bool = False


class Table(Plain, frozen=True):
    """Rows of texts under a header; the first column is the key.  `rows` have the length of `columns`."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Source(Plain, frozen=True):
    """What has rows that are known only while the conversation runs; loops and choices run over it as over a table.

    `kind`: answers (the codes of the present answer to question `name`, in the loops `over`) · list (of the input
    `name`) · rows (of the input `name`, with `columns`, the first of which is the key) · people (the workers for whom
    `when` holds).  With `workers`, each row is a worker, whose id is the key.
    """

    kind: str
    name: str = ""
    over: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    workers: bool = False
    when: Expr | None = None


class After(Plain, frozen=True):
    """`after 4 hours unless …`: the block at `go` runs `after` seconds from the start, unless `unless` holds then.

    `within`: of a flow that is run, the positions of its Call and of its Leave: it holds from the one to the other.
    `once`: the thing of `unless THING is taken`: of all conversations with this thing, it fires for one.
    """

    after: int
    go: int
    unless: Expr | None = None
    within: tuple[int, int] | None = None
    once: str = ""


class OnEvent(Plain, frozen=True):
    """`on event E with same a, b`: the block at `go`, for conversations whose inputs `same` are those of the event."""

    event: str
    go: int
    same: tuple[str, ...] = ()
    within: tuple[int, int] | None = None


class OnWord(Plain, frozen=True):
    """`on word PRICE`: the block at `go`; `within` as in `After`."""

    words: tuple[str, ...]
    go: int
    within: tuple[int, int] | None = None


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
    """One flow, compiled.  `code` begins at 0 and always ends in a Stop; blocks that run beside stand behind it.

    `also_on`: further events that start it, beside `event`.  `handed`: the inputs of the flows that it runs.
    `moved`: questions of earlier versions, by small letters, and those of this one that took their place (RULES K8).
    """

    flow: str
    title: Text
    languages: tuple[str, ...]
    channels: tuple[str, ...]
    code: tuple[Code, ...]
    questions: dict[str, Question] = {}
    inputs: dict[str, InputSpec] = {}
    handed: dict[str, InputSpec] = {}
    tables: dict[str, Table] = {}
    sources: dict[str, Source] = {}
    sections: dict[str, int] = {}
    words: tuple[str, ...] = ()
    word_group: str = ""
    event: str = ""
    also_on: tuple[str, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    short_forms: tuple[ShortForm, ...] = ()
    afters: tuple[After, ...] = ()
    on_words: tuple[OnWord, ...] = ()
    on_events: tuple[OnEvent, ...] = ()
    sensitive: tuple[str, ...] = ()
    quiet: tuple[str, str] | None = None
    plain_letters: bool = False
    allow_back: bool = False
    moved: dict[str, str] = {}
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


class Compiled(Plain, frozen=True):
    """What one file gives: its programs, their tests, and the people that the tests need."""

    programs: tuple[Program, ...]
    rehearsals: tuple[Rehearsal, ...] = ()
    people: tuple[Person, ...] = ()
