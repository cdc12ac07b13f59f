"""Answers that a line reads: on the ways to it, the question was asked (what is never asked there is always empty)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from heapq import heappop, heappush

from grammar import nodes as n
from grammar import program as p
from grammar.checks import paths
from grammar.checks.subject import Subject
from grammar.diagnostics import Finding
from grammar.walk import Visit, every

_LINES = (
    *(n.Say, n.Tell, n.Branch, n.Set, n.Question, n.Wait, n.WaitUntil, n.Do, n.Run, n.StartFlow, n.Submit),
    *(n.AskAgain, n.ForEach, n.Take),
)
"""Lines that read values where the conversation stands; what a block beside it reads is not judged."""


class Ways:
    """For each position: what was asked on some way to it, and what on every way, as bits of a number."""

    def __init__(self, program: p.Program) -> None:
        self._program = program
        self.bit = {name: 1 << number for number, name in enumerate(program.questions)}
        self._all = (1 << len(self.bit)) - 1
        self.some, self.always = self._followed()

    def _followed(self) -> tuple[dict[int, int], dict[int, int]]:
        """From the beginning on, until nothing changes any more; what is new further up waits for the next round."""
        ahead = sum(self.bit.get(name, 0) for form in self._program.short_forms for name in form.questions)
        some, always = {0: ahead}, {0: 0}
        for block in self._beside():
            some[block], always[block] = self._all, self._all
        later = set(some)
        while later:
            waiting, later = sorted(later), set[int]()
            while waiting:
                at = heappop(waiting)
                if waiting and waiting[0] == at:
                    continue
                gained = self._gained(at)
                for to in self._next(at):
                    before = some.get(to, 0), always.get(to, self._all)
                    now = before[0] | some[at] | gained, before[1] & (always[at] | gained)
                    if to not in some or now != before:
                        some[to], always[to] = now
                        if to > at:
                            heappush(waiting, to)
                        else:
                            later.add(to)
        return some, always

    def _beside(self) -> list[int]:
        """Where the blocks begin that run wherever the conversation stands; of these nothing is claimed."""
        program = self._program
        timers, words = [after.go for after in program.afters], [word.go for word in program.on_words]
        return [*timers, *words, *(event.go for event in program.on_events)]

    def _next(self, at: int) -> Iterable[int]:
        """The lines that can follow, and the blocks of a question that is asked."""
        op, after = self._program.code[at], paths.following(at, self._program)
        name = op.question if isinstance(op, p.Ask | p.ChooseLanguage | p.Choose) else ""
        question = self._program.questions.get(name)
        if question is None:
            return after
        own = (question.invalid_block, question.too_many, question.right_block, question.wrong_block, question.failed)
        end = question.give_up.go if question.give_up is not None else None
        return (*after, *(block for block in (*own, end) if block is not None))

    def _gained(self, at: int) -> int:
        """What is asked, or set, at a position."""
        op = self._program.code[at]
        if isinstance(op, p.Ask | p.AskAgain):
            return self.bit.get(op.question, 0)
        return self.bit.get(op.name, 0) if isinstance(op, p.Set) and op.target == "answer" else 0


def never_asked(subject: Subject) -> Iterator[Finding]:
    """A line reads an answer that no way to it asks for, or that some ways do not."""
    if not subject.made.program.questions:
        return
    ways, begins = Ways(subject.made.program), _begins(subject)
    asked = {question.name.key: visit for question, visit in subject.every(n.Question)}
    for path, visit in subject.every(n.Path):
        question = subject.names.question(path.parts[0].text)
        line = _line_of(visit) if question is not None else None
        at = begins.get(line.span) if line is not None else None
        if question is None or line is None or at not in ways.some or question is line:
            continue
        below = subject.made.program.questions[question.name.text].at > at
        if below and visit.inside(n.Answer, n.Check):
            continue  # ranges and checks that look further down have a finding of their own
        bit = ways.bit.get(question.name.text, 0)
        if not ways.some[at] & bit:
            yield subject.say("W244", path, name=question.name.text)
        elif not ways.always[at] & bit and _leaves_a_hole(question, visit, asked, subject):
            yield subject.say("W245", path, name=question.name.text)


def _begins(subject: Subject) -> dict[n.Span, int]:
    """The first position of each line."""
    found: dict[n.Span, int] = {}
    for at, span in enumerate(subject.made.spans):
        found.setdefault(span, at)
    return found


def _line_of(visit: Visit) -> n.Node | None:
    """The line that reads a value, if it does so where the conversation stands."""
    for parent in reversed(visit.parents):
        if isinstance(parent, n.Rehearsal | n.Flow):
            return None
        if isinstance(parent, _LINES):
            return parent
    return None


def _leaves_a_hole(question: n.Question, visit: Visit, asked: Mapping[str, Visit], subject: Subject) -> bool:
    """Is the value shown in a sentence, with nothing around that asks whether it is there?"""
    if not any(isinstance(parent, n.TextNode) for parent in visit.parents):
        return False
    if any(isinstance(parent, n.Call) for parent in visit.parents):
        return False  # `ifempty` and `if` say what stands there instead
    entry = subject.names.find(question.name.text, "question")
    if entry is None or entry.over or any(isinstance(item, n.Optional) for item in question.attributes):
        return False
    return not _conditions(visit) & _depends_on(asked[question.name.key])


def _conditions(visit: Visit) -> set[str]:
    """What is compared around a place, above it in its own `if`, and by `only if` and `confirm if` of its question."""
    found: set[str] = set()
    for parent in visit.parents:
        if isinstance(parent, n.If):
            found |= {path.key for branch in parent.branches for path in every(branch.when, n.Path)}
        if isinstance(parent, n.Question):
            lines = [item for item in parent.attributes if isinstance(item, n.OnlyIf)]
            found |= {path.key for line in lines for path in every(line.when, n.Path)}
    return found


def _depends_on(asked: Visit) -> set[str]:
    """A question, and what decides whether it is asked."""
    own = {asked.node.name.key} if isinstance(asked.node, n.Question) else set()
    return own | _conditions(Visit(asked.node, (*asked.parents, asked.node)))


CHECKS = (never_asked,)
