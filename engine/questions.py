"""A question ready to be asked: its texts, conditions and bounds are closures over a scene."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.answers import ReadAs
from engine.expressions import Read, Test
from engine.operators import equal
from engine.scene import Scene, key_of
from engine.texts import LinkedText, Write
from engine.values import unpack
from grammar import program as p


@dataclass(frozen=True, slots=True)
class LinkedReminder:
    """`after` in milliseconds; without `text` the question is repeated."""

    after: int
    text: LinkedText | None


@dataclass(slots=True)
class LinkedQuestion:
    """A question with its closures.  `fixed` reads its answers where nothing of it depends on the conversation.

    `sensitive`: it shows something sensitive; `answers_bare`: what it says to an answer may do so (RULES J3).
    """

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
    around: tuple[tuple[tuple[Test, bool], ...], ...]
    maps: dict[str, Write]
    bounds: dict[str, tuple[Read | None, Read | None]]
    fixed: dict[str, ReadAs] = field(default_factory=dict)
    sensitive: bool = field(init=False)
    answers_bare: bool = field(init=False)

    def __post_init__(self) -> None:
        texts = (self.text, *self.labels.values(), self.rows_label)
        self.sensitive = any(text is not None and text.sensitive for text in texts)
        self.answers_bare = any(text.sensitive for _, text in (*self.checks, *self.confirms))

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
        if self.source.kind == "place":
            return False
        constant = all(isinstance(bound, p.Const | None) for bound in (own.low, own.high))
        values = [piece for c in self.source.choices for v in c.label.versions.values() for piece in v.text or ()]
        return constant and self.source.choices_from is None and all(isinstance(piece, str) for piece in values)

    def needed(self, scene: Scene) -> bool:
        """Do all conditions around the question, and its own, hold here?"""
        return all(test(scene) is holds for test, holds in self.guards) and (
            self.only_if is None or self.only_if(scene)
        )

    def reached(self, scene: Scene, depth: int) -> bool:
        """Do the conditions hold around the line `run` that a flow at this depth (0: the outermost) ran it with?"""
        return all(test(scene) is holds for test, holds in self.around[depth])

    def is_right(self, scene: Scene, turn: str) -> bool:
        """Is the present answer a correct one?  For several choices exactly these, else any of them (RULES M9)."""
        value = unpack(scene.session.answers.get(key_of(self.name, turn)))
        before = scene.rows
        scene.rows = {**before, **scene.rows_of(self.source.over, turn)}
        correct = [read(scene) for read in self.correct]
        scene.rows = before
        if isinstance(value, tuple):
            return set(value) == set(correct)
        return any(equal(value, one) for one in correct)
