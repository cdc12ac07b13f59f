"""What was walked of programs while they were played: noted by what the machine reads, so that playing stays the same.

A key names one thing that can happen: ("at", position) · ("if", position, met) · ("only", question, asked) ·
("check", question, number) it did not hold · ("confirm", question, number) it was asked · ("choice", question, code) ·
("right", question, is it) · ("remind", question, number) · ("invalid", question, 0) its own text for it was said.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import SupportsIndex, overload

from engine.effects import Record, Send
from engine.events import TimedOut
from engine.expressions import Test
from engine.library import Library
from engine.linked import Linked
from engine.questions import LinkedQuestion
from engine.scene import Scene
from engine.texts import LinkedText
from engine.values import unpack
from engine.view import Applied
from grammar import program as p

Key = tuple[str, int] | tuple[str, str | int, str | int | bool]


class _Noting(tuple[p.Code, ...]):
    """The code of a program, which notes the positions that are run."""

    seen: set[Key]

    @overload
    def __getitem__(self, at: SupportsIndex, /) -> p.Code: ...
    @overload
    def __getitem__(self, at: slice, /) -> tuple[p.Code, ...]: ...
    def __getitem__(self, at: SupportsIndex | slice, /) -> p.Code | tuple[p.Code, ...]:
        if isinstance(at, int):
            self.seen.add(("at", at))
        return super().__getitem__(at)


class _Said(LinkedText):
    """A text that notes when it is said."""

    __slots__ = ("_key", "_seen", "_text")

    def __init__(self, text: LinkedText, seen: set[Key], key: Key) -> None:
        self._text, self._seen, self._key = text, seen, key
        self.source, self.sensitive = text.source, text.sensitive

    def __call__(self, scene: Scene) -> str:
        self._seen.add(self._key)
        return self._text(scene)


class Walks:
    """All that was walked of each version of each flow, by its hash."""

    def __init__(self, library: Library) -> None:
        """From now on what is played of this library is noted."""
        self._library = library
        self._seen: dict[str, set[Key]] = {}
        for linked in library.flows():
            self._note(linked)

    def seen(self, program: str) -> set[Key]:
        """What was walked of the version with this hash."""
        return self._seen.get(program, set())

    def applied(self, applied: Sequence[Applied]) -> None:
        """What a stage applied is noted, too: answers and reminders."""
        for one in applied:
            if one.session is not None and one.session.program in self._seen:
                self._effects(one, self._library.of(one.session.program))

    def _effects(self, one: Applied, linked: Linked) -> None:
        seen = self._seen[linked.hash]
        for effect in one.effects:
            if isinstance(effect, Record):
                seen |= _answered(effect, linked, one)
            elif isinstance(effect, Send) and effect.kind == "reminder" and isinstance(one.event, TimedOut):
                number = one.event.name.partition(":")[2]
                if one.session is not None and number.isdigit():
                    seen.add(("remind", one.session.asked, int(number)))

    def _note(self, linked: Linked) -> None:
        seen = self._seen.setdefault(linked.hash, set())
        code = _Noting(linked.code)
        code.seen = seen
        linked.code = code
        linked.tests = {at: _noted(test, seen, "if", at) for at, test in linked.tests.items()}
        for question in linked.questions.values():
            _note_question(question, seen)


def _note_question(question: LinkedQuestion, seen: set[Key]) -> None:
    name = question.name
    if question.only_if is not None:
        question.only_if = _noted(question.only_if, seen, "only", name)
    if question.invalid is not None:
        question.invalid = _Said(question.invalid, seen, ("invalid", name, 0))
    question.checks = tuple(
        (_once(test, seen, ("check", name, number), when=False), text)
        for number, (test, text) in enumerate(question.checks)
    )
    question.confirms = tuple(
        (_once(test or _always, seen, ("confirm", name, number), when=True), text)
        for number, (test, text) in enumerate(question.confirms)
    )


def _noted(test: Test, seen: set[Key], kind: str, which: str | int) -> Test:
    def noting(scene: Scene) -> bool:
        met = test(scene)
        seen.add((kind, which, met))
        return met

    return noting


def _once(test: Test, seen: set[Key], key: Key, *, when: bool) -> Test:
    def noting(scene: Scene) -> bool:
        met = test(scene)
        if met is when:
            seen.add(key)
        return met

    return noting


def _always(scene: Scene) -> bool:
    return True


def _answered(record: Record, linked: Linked, one: Applied) -> set[Key]:
    value = unpack(record.value)
    values = value if isinstance(value, tuple) else (value,)
    found: set[Key] = {("choice", record.question, _code(each)) for each in values}
    question = linked.questions[record.question]
    if question.source.kind == "quiz" and one.session is not None and one.facts is not None:
        scene = Scene(linked, one.session, one.facts, one.session.started)
        found.add(("right", record.question, question.is_right(scene, record.turn)))
    return found


def _code(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
