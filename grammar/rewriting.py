"""Copies of plain data with other names and positions: of a program that runs others, and of a flow that is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from grammar import program as p
from grammar.runs import Part, Unjoined, hides

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


class Own(_Rewriting):
    """The program that runs others: what it reads of their results are their answers."""

    def __init__(self, program: p.Program, place: Mapping[int, int], parts: Mapping[int, Part]) -> None:
        super().__init__(place)
        self._program = program
        self._results: dict[str, list[Part]] = {}
        for part in parts.values():
            self._results.setdefault(part.op.result.lower(), []).append(part)
        self._chosen = {
            f"{part.name}.{name}" for part in parts.values() for name, q in part.flow.questions.items() if q.choices
        }
        self._at = 0

    def at(self, position: int) -> Own:
        """What is read now stands at this position."""
        self._at = position
        return self

    def changed(self, node: p.Plain) -> Any:  # noqa: ANN401 - an expression may become one of another kind
        """What stands for a result that is read: the other flow's outcome or answer, shown by its label in a text."""
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

    def _answer(self, part: Part, word: str) -> p.Answer | None:
        """An answer of the other flow, a list where it was asked in loops that are not around here."""
        question = next((q for name, q in part.flow.questions.items() if name.lower() == word.lower()), None)
        if question is None:
            return None
        if hides(part.flow, question.name) and not hides(self._program, part.op.result):
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


class Inner(_Rewriting):
    """A flow that is run: all its names begin with the name of the run."""

    def __init__(self, part: Part, base: str) -> None:
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

    def question(self, question: p.Question, around: tuple[p.Guard, ...]) -> p.Question:
        """A question of the flow; `around`: the conditions of the branches around the line `run`."""
        moved: p.Question = self.of(question)
        part = self.name(question.part) if question.part else self.part.name
        section = self.name(question.section) if question.section else ""
        return msgspec.structs.replace(
            moved,
            name=self.name(question.name),
            part=part,
            section=section,
            over=self.over(question.over),
            around=(around, *moved.around),
        )

    def over(self, tables: Sequence[str]) -> tuple[str, ...]:
        """The loops around something of the flow: those around the line `run`, and its own."""
        return (*self.part.op.over, *(self.name(table) for table in tables))

    def changed(self, node: p.Plain) -> Any:  # noqa: ANN401 - an expression may become one of another kind
        """The node with the names that it has in the joined program."""
        change = _CHANGES.get(type(node))
        return node if change is None else msgspec.structs.replace(node, **change(self, node))


class _Renamed(NamedTuple):
    """Fields that hold one name each."""

    fields: tuple[str, ...]

    def __call__(self, inner: Inner, node: p.Plain) -> dict[str, Any]:
        return {name: inner.name(getattr(node, name)) for name in self.fields if getattr(node, name)}


def _text(inner: Inner, node: p.Text) -> dict[str, Any]:
    """Where the other flow does not speak the base language of this one, its own stands in."""
    versions = node.versions
    return {} if inner.base in versions else {"versions": {inner.base: next(iter(versions.values())), **versions}}


def _builtin(inner: Inner, node: p.Builtin) -> dict[str, Any]:
    if node.name == "taken":
        return {"path": (inner.name(node.path[0]),)}
    if node.name not in ("score", "max_score", "attempt") or (node.name == "attempt" and not node.path):
        return {}
    return {"path": (inner.name(node.path[0] if node.path else ""),)}


def _answer(inner: Inner, node: p.Answer) -> dict[str, Any]:
    return {"question": inner.name(node.question), "over": inner.over(node.over)}


def _label(inner: Inner, node: p.Label) -> dict[str, Any]:
    kind, colon, name = node.source.partition(":")
    return {"source": f"{kind}:{inner.name(name)}" if colon else kind}


def _set(inner: Inner, node: p.Set) -> dict[str, Any]:
    return {} if node.target == "worker" else {"name": inner.name(node.name)}


def _on_event(inner: Inner, node: p.OnEvent) -> dict[str, Any]:
    return {"same": tuple(inner.name(name) for name in node.same)}


def _call(inner: Inner, node: p.Call) -> dict[str, Any]:
    return {"name": inner.name(node.name), "args": {inner.name(name): arg for name, arg in node.args.items()}}


def _source(inner: Inner, node: p.Source) -> dict[str, Any]:
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
    p.Choose: _Renamed(("question",)),
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
