"""A flow with the flows that it runs is one program: their code stands where they are run, under the name of the run.

So a conversation that is in another flow is still in its own program: what waits, what is stored, what is exported and
what is sent are the same for lines of either (RULES K1–K3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple

import msgspec

from grammar import program as p
from grammar.program import sensitive

_POSITIONS = {
    "to",
    "end",
    "start",
    "at",
    "go",
    "failed",
    "nobody",
    "block",
    "invalid_block",
    "too_many",
    "right_block",
    "wrong_block",
}
_MOVED = p.Jump | p.Unless | p.GoTo | p.Loop | p.Next | p.Do | p.StartFlow | p.Submit | p.Take | p.Tell | p.Call
"""Operations with positions in them."""


class Unjoined(Exception):  # noqa: N818 - what an author wrote is no error of ours
    """A line `run` cannot be carried out; `why` ends a sentence, `at` is its position."""

    def __init__(self, code: str, at: int, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.at = at
        self.values = values


@dataclass(slots=True)
class _Part:
    """One line `run`: the flow that stands there, and where its code has come to."""

    name: str
    op: p.Run
    at: int
    flow: p.Program
    place: dict[int, int] = field(default_factory=dict)
    begin: int = 0
    end: int = 0

    @property
    def within(self) -> tuple[int, int]:
        """The positions of its Call and of its Leave."""
        return self.begin, self.end


def join(program: p.Program, flows: Mapping[str, p.Program], around: tuple[str, ...] = ()) -> p.Program:
    """The program with the code of every flow that it runs; `flows` are all there are, by small letters.

    Unjoined, with the line `run`, where a flow is not there, runs itself, or is given what it does not ask for.
    """
    for at, op in enumerate(program.code):
        if isinstance(op, p.StartFlow):
            _can_begin(_named(op, at, flows), op, at)
    if not any(isinstance(op, p.Run) for op in program.code):
        return program
    around = (*around, program.flow.lower())
    parts = _parts(program, flows, around)
    return _Joining(program, parts).made()


def _parts(program: p.Program, flows: Mapping[str, p.Program], around: tuple[str, ...]) -> dict[int, _Part]:
    parts: dict[int, _Part] = {}
    seen: dict[str, count[int]] = {}
    for at, op in enumerate(program.code):
        if isinstance(op, p.Run):
            number = next(seen.setdefault(op.result.lower(), count(1)))
            name = op.result if number == 1 else f"{op.result}_{number}"
            parts[at] = _Part(name, op, at, _flow(program, op, at, flows, around))
    return parts


def _flow(program: p.Program, op: p.Run, at: int, flows: Mapping[str, p.Program], around: tuple[str, ...]) -> p.Program:
    flow = _named(op, at, flows)
    if flow.flow.lower() in around:
        raise Unjoined("E303", at, name=op.flow, why="it would run itself, and never come to an end")
    hidden = sensitive.names(program)
    shown = (name for name, arg in op.args.items() if sensitive.shows(arg, hidden) and not _hides(flow, name))
    bared = next(shown, None)
    if bared is not None:
        raise Unjoined("E306", at, name=f"{op.flow}, {bared}", where=f"the header of `{op.flow}`", word=bared)
    _can_begin(flow, op, at)
    return join(flow, flows, around)


def _named(op: p.Run | p.StartFlow, at: int, flows: Mapping[str, p.Program]) -> p.Program:
    flow = flows.get(op.flow.lower())
    if flow is None:
        raise Unjoined("E303", at, name=op.flow, why="there is no flow of this name")
    return flow


def _can_begin(flow: p.Program, op: p.Run | p.StartFlow, at: int) -> None:
    """The flow has every input that it is given, and is given every input that it needs."""
    unknown = next((name for name in op.args if _input(flow, name) is None), None)
    if unknown is not None:
        raise Unjoined("E304", at, name=op.flow, why=f"it has no input `{unknown}`")
    given = {name.lower() for name in op.args}
    missing = next(
        (spec for spec in flow.inputs.values() if not spec.optional and spec.name.lower() not in given), None
    )
    if missing is not None:
        raise Unjoined("E304", at, name=op.flow, why=f"its input `{missing.name}` is missing")


def _hides(program: p.Program, name: str) -> bool:
    """Does the header call the name sensitive?"""
    return name.lower() in {hidden.lower() for hidden in program.sensitive}


def _input(flow: p.Program, name: str) -> str | None:
    return next((own for own in flow.inputs if own.lower() == name.lower()), None)


class _Joining:
    """One program under way.  `place`: where each of its own positions has come to."""

    def __init__(self, program: p.Program, parts: dict[int, _Part]) -> None:
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
        own = _Own(self.program, self.place, self.parts)
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

    def _lay_inner(self, part: _Part, at: int) -> None:
        part.place[at] = self.size
        self.size += 2 if _returns(part.flow, at) else 1

    def _lay_blocks(self, part: _Part) -> None:
        for at in range(main_end(part.flow), len(part.flow.code)):
            self._lay_inner(part, at)
        part.place[len(part.flow.code)] = self.size

    def _put(self, at: int, op: p.Code, program: p.Program, origin: int) -> None:
        self.code[at] = op
        self.places[at] = program.places[origin]

    def _with_own(self, own: _Own) -> p.Program:
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

    def _with(self, made: p.Program, part: _Part, own: _Own) -> p.Program:
        """The program with one of the flows that it runs."""
        inner, flow = _Inner(part, made.languages[0]), part.flow
        args = {f"{part.name}.{_input(flow, name)}": own.at(part.at).of(arg) for name, arg in part.op.args.items()}
        others = (each for each in self.parts.values() if each.op.result.lower() == part.op.result.lower())
        aside = tuple(each.within for each in others if each is not part)
        self._put(part.begin, p.Call(part.name, part.end, args, aside), self.program, part.at)
        self._put(part.end, p.Leave(part.op.section), self.program, part.at)
        for at, op in enumerate(flow.code):
            self._put_inner(part, inner, at, op)
        named = inner.named
        return msgspec.structs.replace(
            made,
            questions={**made.questions, **{inner.name(name): inner.question(q) for name, q in flow.questions.items()}},
            handed={**made.handed, **named(flow.inputs), **named(flow.handed)},
            tables={**made.tables, **named(flow.tables)},
            sources={**made.sources, **named(flow.sources)},
            sections={**made.sections, **{inner.name(name): part.place[at] for name, at in flow.sections.items()}},
            afters=(*made.afters, *(inner.during(after) for after in flow.afters)),
            on_events=(*made.on_events, *(inner.during(event) for event in flow.on_events)),
            on_words=(*(inner.during(word) for word in flow.on_words), *made.on_words),
            sensitive=(*made.sensitive, *(inner.name(name) for name in _hidden(self.program, part))),
        )

    def _put_inner(self, part: _Part, inner: _Inner, at: int, op: p.Code) -> None:
        to = part.place[at]
        if not _returns(part.flow, at):
            self._put(to, inner.of(op), part.flow, at)
            return
        outcome = op.outcome if isinstance(op, p.Stop) else ""
        name = f"{part.op.result}.outcome"
        self._put(to, p.Set("variable", name, p.Const("code", outcome)), part.flow, at)
        self._put(to + 1, p.GoTo(part.end), part.flow, at)


def _hidden(program: p.Program, part: _Part) -> Sequence[str]:
    """What is sensitive of a flow that is run; all its answers, where the header names its result."""
    return [*part.flow.sensitive, *(part.flow.questions if _hides(program, part.op.result) else ())]


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


class _Rewriting:
    """A copy of plain data in which names and positions are others."""

    def __init__(self, place: Mapping[int, int]) -> None:
        self.place = place

    def of(self, node: Any) -> Any:  # noqa: ANN401 - a copy has the type of what was copied
        """The copy of an operation, a question, an expression, a text …"""
        if isinstance(node, tuple):
            return tuple(self.of(item) for item in node)
        if isinstance(node, dict):
            return {key: self.of(value) for key, value in node.items()}
        if not isinstance(node, p.Plain):
            return node
        fields = {name: self.of(getattr(node, name)) for name in node.__struct_fields__}
        self._replace(node, fields)
        return self.changed(type(node)(**fields))

    def _replace(self, node: p.Plain, fields: dict[str, Any]) -> None:
        if isinstance(node, p.Call):
            fields["aside"] = tuple((self.place[begin], self.place[end]) for begin, end in node.aside)
        if isinstance(node, _MOVED | p.Question | p.GiveUp | p.Choice | p.After | p.OnWord | p.OnEvent):
            for name in _POSITIONS & fields.keys():
                if isinstance(fields[name], int):
                    fields[name] = self.place[fields[name]]

    def changed(self, node: p.Plain) -> Any:  # noqa: ANN401 - an expression may become one of another kind
        """The node with other names."""
        return node


class _Own(_Rewriting):
    """The program that runs others: what it reads of their results are their answers."""

    def __init__(self, program: p.Program, place: Mapping[int, int], parts: Mapping[int, _Part]) -> None:
        super().__init__(place)
        self._program = program
        self._results: dict[str, list[_Part]] = {}
        for part in parts.values():
            self._results.setdefault(part.op.result.lower(), []).append(part)
        self._chosen = {
            f"{part.name}.{name}" for part in parts.values() for name, q in part.flow.questions.items() if q.choices
        }
        self._at = 0

    def at(self, position: int) -> _Own:
        """What is read now stands at this position."""
        self._at = position
        return self

    def changed(self, node: p.Plain) -> Any:  # noqa: ANN401 - an expression may become one of another kind
        if isinstance(node, p.Version):
            shown = {name: _labelled(getattr(node, name), self._chosen) for name in ("text", "sms", "voice")}
            return msgspec.structs.replace(node, **shown)
        if not isinstance(node, p.Variable) or not node.path or node.name.lower() not in self._results:
            return node
        runs = self._results[node.name.lower()]
        if node.path[0].lower() == "outcome":
            return p.Variable(f"{runs[0].op.result}.outcome")
        found = [answer for part in runs if (answer := self._answer(part, node.path[0])) is not None]
        if not found:
            raise Unjoined("E305", self._at, name=runs[0].op.flow, part=node.path[0])
        return found[0] if len(found) == 1 else p.Op("ifempty", tuple(found[:2]))

    def _answer(self, part: _Part, word: str) -> p.Answer | None:
        """An answer of the other flow, a list where it was asked in loops that are not around here."""
        question = next((q for name, q in part.flow.questions.items() if name.lower() == word.lower()), None)
        if question is None:
            return None
        if _hides(part.flow, question.name) and not _hides(self._program, part.op.result):
            name, word = f"{part.op.result}.{question.name}", part.op.result
            raise Unjoined("E306", self._at, name=name, where="the header", word=word)
        over = (*part.op.over, *(f"{part.name}.{table}" for table in question.over))
        return p.Answer(f"{part.name}.{question.name}", over, not set(over) <= self._around())

    def _around(self) -> set[str]:
        code = enumerate(self._program.code)
        return {op.table for at, op in code if isinstance(op, p.Loop) and at < self._at < op.end}


def _labelled(pieces: p.Pieces | None, chosen: set[str]) -> p.Pieces | None:
    """A text in which an answer of the other flow is shown by its label."""
    if pieces is None:
        return None
    found = (isinstance(piece, p.Answer) and piece.question in chosen for piece in pieces)
    return tuple(
        p.Label(f"question:{piece.question}", piece) if has_labels and isinstance(piece, p.Answer) else piece
        for piece, has_labels in zip(pieces, found, strict=True)
    )


class _Inner(_Rewriting):
    """A flow that is run: all its names begin with the name of the run."""

    def __init__(self, part: _Part, base: str) -> None:
        super().__init__(part.place)
        self.part = part
        self.base = base

    def name(self, name: str) -> str:
        """A name of the flow in the joined program."""
        return f"{self.part.name}.{name}"

    def named(self, things: Mapping[str, Any]) -> dict[str, Any]:
        """Things by their names in the joined program."""
        return {self.name(name): self.of(thing) for name, thing in things.items()}

    def during(self, beside: Any) -> Any:  # noqa: ANN401 - an After or an OnWord
        """What holds only while the flow runs."""
        moved = self.of(beside)
        within = (self.place[beside.within[0]], self.place[beside.within[1]]) if beside.within else self.part.within
        return msgspec.structs.replace(moved, within=within)

    def question(self, question: p.Question) -> p.Question:
        """A question of the flow."""
        moved: p.Question = self.of(question)
        part = self.name(question.part) if question.part else self.part.name
        section = self.name(question.section) if question.section else ""
        return msgspec.structs.replace(
            moved, name=self.name(question.name), part=part, section=section, over=self.over(question.over)
        )

    def over(self, tables: Sequence[str]) -> tuple[str, ...]:
        """The loops around something of the flow: those around the line `run`, and its own."""
        return (*self.part.op.over, *(self.name(table) for table in tables))

    def changed(self, node: p.Plain) -> Any:  # noqa: ANN401 - an expression may become one of another kind
        change = _CHANGES.get(type(node))
        return node if change is None else msgspec.structs.replace(node, **change(self, node))


class _Renamed(NamedTuple):
    """Fields that hold one name each."""

    fields: tuple[str, ...]

    def __call__(self, inner: _Inner, node: p.Plain) -> dict[str, Any]:
        return {name: inner.name(getattr(node, name)) for name in self.fields if getattr(node, name)}


def _text(inner: _Inner, node: p.Text) -> dict[str, Any]:
    """Where the other flow does not speak the base language of this one, its own stands in."""
    versions = node.versions
    return {} if inner.base in versions else {"versions": {inner.base: next(iter(versions.values())), **versions}}


def _builtin(inner: _Inner, node: p.Builtin) -> dict[str, Any]:
    if node.name == "taken":
        return {"path": (inner.name(node.path[0]),)}
    if node.name not in ("score", "max_score", "attempt") or (node.name == "attempt" and not node.path):
        return {}
    return {"path": (inner.name(node.path[0] if node.path else ""),)}


def _answer(inner: _Inner, node: p.Answer) -> dict[str, Any]:
    return {"question": inner.name(node.question), "over": inner.over(node.over)}


def _label(inner: _Inner, node: p.Label) -> dict[str, Any]:
    kind, colon, name = node.source.partition(":")
    return {"source": f"{kind}:{inner.name(name)}" if colon else kind}


def _set(inner: _Inner, node: p.Set) -> dict[str, Any]:
    return {} if node.target == "worker" else {"name": inner.name(node.name)}


def _on_event(inner: _Inner, node: p.OnEvent) -> dict[str, Any]:
    return {"same": tuple(inner.name(name) for name in node.same)}


def _call(inner: _Inner, node: p.Call) -> dict[str, Any]:
    return {"name": inner.name(node.name), "args": {inner.name(name): arg for name, arg in node.args.items()}}


def _source(inner: _Inner, node: p.Source) -> dict[str, Any]:
    return {"name": inner.name(node.name) if node.name else "", "over": inner.over(node.over)}


_CHANGES: dict[type, Any] = {
    p.Answer: _answer,
    p.Variable: _Renamed(("name",)),
    p.Input: _Renamed(("name",)),
    p.InputSpec: _Renamed(("name",)),
    p.Cell: _Renamed(("table",)),
    p.Rows: _Renamed(("table",)),
    p.Each: _Renamed(("table",)),
    p.ChoicesFrom: _Renamed(("table",)),
    p.Builtin: _builtin,
    p.Label: _label,
    p.Text: _text,
    p.Ask: _Renamed(("question",)),
    p.AskAgain: _Renamed(("question",)),
    p.ChooseLanguage: _Renamed(("question",)),
    p.Set: _set,
    p.Do: _Renamed(("result",)),
    p.Loop: _Renamed(("table",)),
    p.Take: _Renamed(("thing",)),
    p.After: _Renamed(("once",)),
    p.OnEvent: _on_event,
    p.Enter: _Renamed(("section",)),
    p.Call: _call,
    p.Leave: _Renamed(("section",)),
    p.Source: _source,
}
