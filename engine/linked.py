"""A program ready to run: every text and expression is a closure; what could be bound before is not looked up again.

Made by the linker, once per load; the machine reads it and never changes it.  The blocks that run beside the
conversation begin at `main_end`.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine import prompts
from engine.expressions import Expressions, Read, Source, Test
from engine.phrases import Phrases
from engine.questions import LinkedQuestion
from engine.scene import Scene, key_of
from engine.session import Session
from engine.tables import LinkedTable
from engine.texts import LinkedText, Shown
from engine.values import Value, unpack
from grammar import program as p
from grammar.program import sensitive

WITH = "with "
"""Before the name of each value that a line gives behind `with`, among what it reads."""


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
        self.expressions = Expressions(self.tables)
        self.sources: dict[str, Source] = self.expressions.sources
        self.questions: dict[str, LinkedQuestion] = {}
        self.texts: dict[int, LinkedText] = {}
        self.reads: dict[int, dict[str, Read]] = {}
        self.tests: dict[int, Test] = {}
        self.unless: tuple[Test | None, ...] = ()
        self.takes = [(at, op) for at, op in enumerate(program.code) if isinstance(op, p.Take)]
        self.main_end = len(program.code)
        self.verify_before: dict[int, str] = {}
        self.sensitive = sensitive.names(program)

    def keys(self, name: str, scene: Scene) -> tuple[str, ...]:
        """The keys of a table, or of what has rows only while the conversation runs."""
        table = self.tables.get(name)
        return table.keys if table is not None else self.sources[name].keys(scene)

    def line(self, at: int) -> int:
        """The line of the author's file that the operation came from; 0 where it is not known."""
        places = self.program.places
        return places[at].line if 0 <= at < len(places) else 0

    def quiz_answers(self, scene: Scene, section: str) -> Iterator[tuple[LinkedQuestion, bool]]:
        """Every quiz question with a present answer, and whether that is right.

        Of one section; of all ("") that belong to the flow itself, or to one that it runs ("consent.").
        """
        for question in self.questions.values():
            own = question.source
            if own.kind != "quiz" or section not in (own.section, f"{own.part}." if own.part else ""):
                continue
            for key in scene.session.answers:
                name, _, turn = key.partition("/")
                if name == own.name:
                    yield question, question.is_right(scene, turn)

    def is_over(self, scene: Scene, at: int) -> bool:
        """Is a `wait until all quizzes are right` over: is each that was asked right, at once or in a repeat?"""
        op = self.code[at]
        if not isinstance(op, p.Wait) or op.give_up is None:
            return False
        for key in scene.session.answers:
            name, _, turn = key.partition("/")
            if self.questions[name].source.kind == "quiz" and not self.is_right(scene, name, turn):
                return False
        return True

    def is_right(self, scene: Scene, question: str, turn: str) -> bool:
        """Is a quiz question right by now: its present answer, or that to a repeat?"""
        return key_of(question, turn) in scene.session.mastered or self.questions[question].is_right(scene, turn)

    def tries_left(self, session: Session) -> int | None:
        """How many tries the present question still allows."""
        question = self.questions.get(session.asked)
        return None if question is None else max(question.source.tries - session.tries, 0)

    def previous(self, scene: Scene) -> Value:
        """What the present question was answered in the round before."""
        question = self.questions.get(scene.session.asked)
        if question is None:
            return None
        return unpack(scene.session.before.get(key_of(question.name, scene.turn(question.source.over))))

    def prompt_of(self, scene: Scene) -> str:
        """The present question, as it was asked."""
        question = self.questions.get(scene.session.asked)
        return "" if question is None else prompts.prompt(question, scene)
