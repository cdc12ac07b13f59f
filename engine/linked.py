"""A program ready to run: every text and expression is a closure; what could be bound before is not looked up again.

Made by the linker, once per load; the machine reads it and never changes it.  The blocks that run beside the
conversation begin at `main_end`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from engine import prompts
from engine.answers import ReadAs
from engine.expressions import Read, Test
from engine.operators import equal
from engine.phrases import Phrases
from engine.scene import Scene, key_of
from engine.session import Session
from engine.texts import LinkedText, Shown, Write
from engine.values import unpack
from grammar import program as p


class LinkedTable:
    """A table with its rows by key (without case)."""

    __slots__ = ("_columns", "_folded", "_rows", "columns", "keys")

    def __init__(self, table: p.Table) -> None:
        self.columns = table.columns
        self.keys: tuple[str, ...] = tuple(row[0] for row in table.rows)
        self._columns = {name: index for index, name in enumerate(table.columns)}
        self._rows = {row[0]: row for row in table.rows}
        self._folded = {row[0].casefold(): row[0] for row in table.rows}

    def cell(self, key: str, column: str, language: str) -> str | None:
        """The text in a row's column, in the language where the table has it; None where it is empty."""
        row = self._rows.get(key)
        index = self._columns.get(f"{column}:{language}", self._columns.get(column, 0 if not column else -1))
        if row is None or index < 0:
            return None
        return row[index] if row[index] not in ("", "-") or index == 0 else self._base(row, column)

    def _base(self, row: tuple[str, ...], column: str) -> str | None:
        index = self._columns.get(column, -1)
        return row[index] if index >= 0 and row[index] not in ("", "-") else None

    def find(self, code: str) -> str | None:
        """The key of the row with this first column, whatever its case."""
        return self._folded.get(code.strip().casefold())

    def row(self, key: str) -> tuple[str, ...]:
        """All texts of a row."""
        return self._rows[key]


@dataclass(frozen=True, slots=True)
class LinkedReminder:
    """`after` in milliseconds; without `text` the question is repeated."""

    after: int
    text: LinkedText | None


@dataclass(slots=True)
class LinkedQuestion:
    """A question with its closures.  `fixed` reads its answers where nothing of it depends on the conversation."""

    source: p.Question
    text: LinkedText
    only_if: Test | None
    checks: tuple[tuple[Test, LinkedText], ...]
    confirms: tuple[tuple[Test | None, LinkedText], ...]
    labels: dict[str, LinkedText]
    rows_label: LinkedText | None
    invalid: LinkedText | None
    right: LinkedText | None
    wrong: LinkedText | None
    hint: LinkedText | None
    reminders: tuple[LinkedReminder, ...]
    correct: tuple[Read, ...]
    guards: tuple[tuple[Test, bool], ...]
    maps: dict[str, Write]
    bounds: dict[str, tuple[Read | None, Read | None]]
    fixed: dict[str, ReadAs] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The question's name."""
        return self.source.name

    @property
    def points(self) -> int:
        """What a right answer is worth."""
        return self.source.points

    def type_on(self, channel: str) -> p.AnswerType:
        """What counts as an answer on this channel."""
        return self.source.type_on.get(channel, self.source.type)

    def is_fixed(self, channel: str) -> bool:
        """Does nothing of what counts as an answer depend on the conversation?"""
        own = self.type_on(channel)
        constant = all(isinstance(bound, p.Const | None) for bound in (own.low, own.high))
        values = [piece for c in self.source.choices for v in c.label.versions.values() for piece in v.text or ()]
        return constant and self.source.choices_from is None and all(isinstance(piece, str) for piece in values)

    def needed(self, scene: Scene) -> bool:
        """Do all conditions around the question, and its own, hold here?"""
        return all(test(scene) is holds for test, holds in self.guards) and (
            self.only_if is None or self.only_if(scene)
        )

    def is_right(self, scene: Scene, turn: str) -> bool:
        """Is the present answer a correct one?  For several choices exactly these, else any of them (RULES M9)."""
        value = unpack(scene.session.answers.get(key_of(self.name, turn)))
        if isinstance(value, tuple):
            return set(value) == {read(scene) for read in self.correct}
        return any(equal(value, read(scene)) for read in self.correct)


class Linked:
    """One version of one flow, ready.  `texts`, `reads` and `tests` hold what the operation at a position needs."""

    def __init__(self, program: p.Program, key: str, phrases: Phrases) -> None:
        self.program = program
        self.hash = key
        self.phrases = phrases
        self.shown = Shown(phrases)
        self.base = program.languages[0]
        self.code = program.code
        self.tables: dict[str, LinkedTable] = {name: LinkedTable(table) for name, table in program.tables.items()}
        self.questions: dict[str, LinkedQuestion] = {}
        self.texts: dict[int, LinkedText] = {}
        self.reads: dict[int, dict[str, Read]] = {}
        self.tests: dict[int, Test] = {}
        self.unless: tuple[Test | None, ...] = ()
        self.main_end = len(program.code)
        self.verify_before: dict[int, str] = {}

    def line(self, at: int) -> int:
        """The line of the author's file that the operation came from; 0 where it is not known."""
        places = self.program.places
        return places[at].line if 0 <= at < len(places) else 0

    def quiz_answers(self, scene: Scene, section: str) -> Iterator[tuple[LinkedQuestion, bool]]:
        """Every quiz question with a present answer, and whether that is right; of one section, or of all ("")."""
        for question in self.questions.values():
            own = question.source
            if own.kind != "quiz" or (section and own.section != section):
                continue
            for key in scene.session.answers:
                name, _, turn = key.partition("/")
                if name == own.name:
                    yield question, question.is_right(scene, turn)

    def tries_left(self, session: Session) -> int | None:
        """How many tries the present question still allows."""
        question = self.questions.get(session.asked)
        return None if question is None else max(question.source.tries - session.tries, 0)

    def prompt_of(self, scene: Scene) -> str:
        """The present question, as it was asked."""
        question = self.questions.get(scene.session.asked)
        return "" if question is None else prompts.prompt(question, scene)
