"""A flow with the flows that it runs is one program: their code stands where they are run, under the name of the run.

So a conversation that is in another flow is still in its own program: what waits, what is stored, what is exported and
what is sent are the same for lines of either (RULES K1–K3).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grammar import program as p
from grammar.rewriting import Inner, Own
from grammar.runs import Flows, Part, can_begin, hides, input_of, named, parts_of


def join(program: p.Program, flows: Flows, around: tuple[str, ...] = ()) -> p.Program:
    """The program with the code of every flow that it runs; `flows` are all there are, by small letters.

    Unjoined, with the line `run`, where a flow is not there, runs itself, or is given what it does not ask for.
    """
    for at, op in enumerate(program.code):
        if isinstance(op, p.StartFlow):
            can_begin(named(op, at, flows), op, at)
    if not any(isinstance(op, p.Run) for op in program.code):
        return program
    around = (*around, program.flow.lower())
    parts = parts_of(program, flows, around, join)
    return _Joining(program, parts).made()


class _Joining:
    """One program under way.  `place`: where each of its own positions has come to."""

    def __init__(self, program: p.Program, parts: dict[int, Part]) -> None:
        self.program = program
        self.parts = parts
        self.place: dict[int, int] = {}
        self.size = 0
        self.code: dict[int, p.Code] = {}
        self.places: dict[int, p.Place] = {}

    def made(self) -> p.Program:
        """The whole program."""
        for at in range(len(self.program.code)):
            self._lay(at)
        for part in self.parts.values():
            self._lay_blocks(part)
        self.place[len(self.program.code)] = self.size
        own = Own(self.program, self.place, self.parts)
        for at, op in enumerate(self.program.code):
            if at not in self.parts:
                self._put(self.place[at], own.at(at).of(op), self.program, at)
        made = self._with_own(own)
        for part in self.parts.values():
            made = self._with(made, part, own)
        return msgspec.structs.replace(
            made,
            code=tuple(self.code[at] for at in range(self.size)),
            places=tuple(self.places[at] for at in range(self.size)),
        )

    def _lay(self, at: int) -> None:
        """Where a position comes to; after a `run` that is a Call, the other flow's main code, and a Leave."""
        self.place[at] = self.size
        self.size += 1
        part = self.parts.get(at)
        if part is None:
            return
        part.begin = self.place[at]
        for inner in range(main_end(part.flow)):
            self._lay_inner(part, inner)
        part.end = self.size
        self.size += 1

    def _lay_inner(self, part: Part, at: int) -> None:
        part.place[at] = self.size
        self.size += 2 if _returns(part.flow, at) else 1

    def _lay_blocks(self, part: Part) -> None:
        for at in range(main_end(part.flow), len(part.flow.code)):
            self._lay_inner(part, at)
        part.place[len(part.flow.code)] = self.size

    def _put(self, at: int, op: p.Code, program: p.Program, origin: int) -> None:
        self.code[at] = op
        self.places[at] = program.places[origin]

    def _with_own(self, own: Own) -> p.Program:
        program = self.program
        return msgspec.structs.replace(
            program,
            questions={name: own.at(q.at).of(q) for name, q in program.questions.items()},
            sections={name: self.place[at] for name, at in program.sections.items()},
            afters=tuple(own.at(-1).of(after) for after in program.afters),
            on_words=tuple(own.of(word) for word in program.on_words),
            on_events=tuple(own.of(event) for event in program.on_events),
            sources={name: own.of(source) for name, source in program.sources.items()},
        )

    def _with(self, made: p.Program, part: Part, own: Own) -> p.Program:
        """The program with one of the flows that it runs."""
        inner, flow = Inner(part, made.languages[0]), part.flow
        args = {f"{part.name}.{input_of(flow, name)}": own.at(part.at).of(arg) for name, arg in part.op.args.items()}
        guards = own.at(part.at).of(part.op.guards)
        asked = (inner.question(q, guards) for q in flow.questions.values())
        others = (each for each in self.parts.values() if each.op.result.lower() == part.op.result.lower())
        aside = tuple(each.within for each in others if each is not part)
        self._put(part.begin, p.Call(part.name, part.end, args, aside), self.program, part.at)
        self._put(part.end, p.Leave(part.op.section), self.program, part.at)
        for at, op in enumerate(flow.code):
            self._put_inner(part, inner, at, op)
        return msgspec.structs.replace(
            made,
            questions={**made.questions, **{each.name: each for each in asked}},
            handed={**made.handed, **inner.named(flow.inputs), **inner.named(flow.handed)},
            tables={**made.tables, **inner.named(flow.tables)},
            sources={**made.sources, **inner.named(flow.sources)},
            sections={**made.sections, **{inner.name(name): part.place[at] for name, at in flow.sections.items()}},
            afters=(*made.afters, *(inner.during(after) for after in flow.afters)),
            on_events=(*made.on_events, *(inner.during(event) for event in flow.on_events)),
            on_words=(*(inner.during(word) for word in flow.on_words), *made.on_words),
            sensitive=(*made.sensitive, *(inner.name(name) for name in _hidden(self.program, part))),
        )

    def _put_inner(self, part: Part, inner: Inner, at: int, op: p.Code) -> None:
        to = part.place[at]
        if not _returns(part.flow, at):
            self._put(to, inner.of(op), part.flow, at)
            return
        outcome = op.outcome if isinstance(op, p.Stop) else ""
        name = f"{part.op.result}.outcome"
        self._put(to, p.Set("variable", name, p.Const("code", outcome)), part.flow, at)
        self._put(to + 1, p.GoTo(part.end), part.flow, at)


def _hidden(program: p.Program, part: Part) -> Sequence[str]:
    """What is sensitive of a flow that is run; all its answers, where the header names its result."""
    return [*part.flow.sensitive, *(part.flow.questions if hides(program, part.op.result) else ())]


def main_end(program: p.Program) -> int:
    """Where the blocks begin that run beside the conversation."""
    return min(_blocks(program), default=len(program.code))


def _blocks(program: p.Program) -> list[int]:
    begins: list[int | None] = [after.go for after in program.afters]
    begins += [word.go for word in program.on_words]
    begins += [event.go for event in program.on_events]
    for q in program.questions.values():
        begins += [q.invalid_block, q.too_many, q.failed, q.right_block, q.wrong_block]
        begins.append(q.give_up.go if q.give_up else None)
    begins += [op.failed for op in program.code if isinstance(op, p.Do | p.StartFlow | p.Submit)]
    begins += [op.block for op in program.code if isinstance(op, p.Take)]
    begins += [op.nobody for op in program.code if isinstance(op, p.Tell)]
    return sorted(begin for begin in begins if begin is not None)


def _returns(program: p.Program, at: int) -> bool:
    """Does a `stop` only end the flow that is run?  The silent endings end the whole conversation (RULES K2)."""
    if not isinstance(program.code[at], p.Stop):
        return False
    block = max((begin for begin in _blocks(program) if begin <= at), default=-1)
    silent = {q.give_up.go for q in program.questions.values() if q.give_up} | {
        q.too_many for q in program.questions.values()
    }
    return block not in silent
