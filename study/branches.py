"""Every branch of a flow: what an author wrote that happens to some workers and not to others, with its line.

What nobody wrote (the reminder after a day, the end of those who never answer) is no branch, nor is a line to which no
way leads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from grammar import program as p
from study.walks import Key
from study.ways import Entry, entries, reached, ways
from study.written import CHOICE, Written


class Branch(NamedTuple):
    """A branch by its place: `flow` is the one whose text holds it, which another flow may run.

    `never`: what is true of it where nobody walked it; `text`: the author's line.
    """

    flow: str
    file: str
    line: int
    never: str
    text: str


class Keyed(NamedTuple):
    """A branch, and the key by which walks of one program name it."""

    branch: Branch
    key: Key


def branches(program: p.Program, written: Written) -> list[Keyed]:
    """All branches of a program, in the order of its code; one that can be walked in several ways comes with each."""
    return list(_Finder(program, written).all())


NEVER_SO, ALWAYS_SO = "it is never so", "it is always so"
NEVER = {
    "give_up": "nobody is silent for so long",
    "too_many": "nobody uses up all tries",
    "failed": "it never fails",
    "nobody": "there is always somebody",
    "lost": "nobody else takes it",
    "invalid": "nobody answers what cannot be taken",
    "right": "nobody answers right",
    "wrong": "nobody answers wrong",
    "after": "its time never comes",
    "word": "nobody sends the word",
    "event": "the event never comes",
}


class _Finder:
    def __init__(self, program: p.Program, written: Written) -> None:
        self.program = program
        self.written = written
        self.reached = reached(program)
        self.blocks = {way.to for at in self.reached for way in ways(program, at) if way.kind in NEVER}
        self.blocks |= {entry.to for entry in entries(program)}

    def all(self) -> Iterator[Keyed]:
        for at in sorted(self.reached):
            op = self.program.code[at]
            if isinstance(op, p.Ask):
                yield from self._question(self.program.questions[op.question], at)
            elif isinstance(op, p.Unless):
                yield self._at(at, NEVER_SO, ("if", at, True))
                yield self._at(at, ALWAYS_SO, ("if", at, False))
            elif _outcome(op) is not None and at not in self.blocks and self._ends_in_words(at):
                yield self._at(at, "no conversation ends here", ("at", at))
            for way in ways(self.program, at):
                if way.kind in NEVER and self._is_written(way.to):
                    yield self._block(way.kind, way.to)
        for entry in entries(self.program):
            yield self._entry(entry)

    def _question(self, question: p.Question, at: int) -> Iterator[Keyed]:
        name = question.name
        yield from self._choices(question, at)
        if question.only_if is not None:
            yield self._part(at, r"only\s+if", 0, NEVER_SO, ("only", name, True))
            yield self._part(at, r"only\s+if", 0, ALWAYS_SO, ("only", name, False))
        if question.optional:
            yield self._part(at, "optional", 0, "nobody skips it", ("choice", name, "None"))
        for number in range(len(question.checks)):
            yield self._part(at, "check", number, "it always holds", ("check", name, number))
        for number in range(len(question.confirms)):
            yield self._part(at, "confirm", number, "nobody is asked", ("confirm", name, number))
        if question.invalid is not None:
            yield self._part(at, r"if\s+invalid", 0, NEVER["invalid"], ("invalid", name, 0))
        yield from self._quiz(question, at)
        yield from self._reminders(question, at)

    def _choices(self, question: p.Question, at: int) -> Iterator[Keyed]:
        for number, choice in enumerate(question.choices):
            yield self._part(at, CHOICE, number, "nobody chooses it", ("choice", question.name, choice.code))
        if question.type.kind == "yesno" and question.kind != "verify":
            for answer in ("yes", "no"):
                yield self._at(at, f"nobody answers {answer}", ("choice", question.name, answer))

    def _quiz(self, question: p.Question, at: int) -> Iterator[Keyed]:
        if question.right is not None:
            yield self._part(at, r"if\s+right", 0, NEVER["right"], ("right", question.name, True))
        if question.wrong is not None:
            yield self._part(at, r"if\s+wrong", 0, NEVER["wrong"], ("right", question.name, False))

    def _reminders(self, question: p.Question, at: int) -> Iterator[Keyed]:
        place = self.program.places[at]
        own = bool(self.written.part(place.file, place.line, "remind"))
        header, _ = self.written.flow(place.file, place.line)
        for number in range(len(question.reminders)):
            below = place.line if own else header
            line = self.written.part(place.file, below, "remind", number)
            if line:
                yield self._keyed(place.file, line, "nobody is reminded", ("remind", question.name, number))

    def _block(self, kind: str, to: int) -> Keyed:
        return self._at(to, NEVER[kind], ("at", to))

    def _entry(self, entry: Entry) -> Keyed:
        return self._block(entry.kind, entry.to)

    def _is_written(self, at: int) -> bool:
        """Has somebody written this, or does it stand for what follows from the flow's first line by itself?"""
        place = self.program.places[at]
        return self.written.flow(place.file, place.line)[0] != place.line or self._ends_the_file(at)

    def _ends_in_words(self, at: int) -> bool:
        """Is the end a line of the author's, or that of the file?  The one behind a block comes with the block."""
        place = self.program.places[at]
        said = re.search(r"\bstop\b", self.written.text(place.file, place.line), re.IGNORECASE)
        return self._is_written(at) and (said is not None or self._ends_the_file(at))

    def _ends_the_file(self, at: int) -> bool:
        return _outcome(self.program.code[at]) == "completed"

    def _part(self, at: int, begins: str, number: int, never: str, key: Key) -> Keyed:
        place = self.program.places[at]
        line = self.written.part(place.file, place.line, begins, number)
        return self._keyed(place.file, line or place.line, never, key)

    def _at(self, at: int, never: str, key: Key) -> Keyed:
        place = self.program.places[at]
        return self._keyed(place.file, place.line, never, key)

    def _keyed(self, file: str, line: int, never: str, key: Key) -> Keyed:
        flow = self.written.flow(file, line)[1] or self.program.flow
        return Keyed(Branch(flow, file, line, never, self.written.text(file, line)), key)


def _outcome(op: p.Code) -> str | None:
    """How a conversation ends here, or a flow that is run, which leaves its outcome; None where nothing ends."""
    if isinstance(op, p.Stop):
        return op.outcome
    left = isinstance(op, p.Set) and op.target == "variable" and op.name.endswith(".outcome")
    return op.value.value if left and isinstance(op, p.Set) and isinstance(op.value, p.Const) else None
