"""The lines `run` and `start flow`: the flows that they name are there, and are given what they ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count

from grammar import program as p
from grammar.program import sensitive

Flows = Mapping[str, p.Program]
"""All flows, by small letters."""

Join = Callable[[p.Program, Flows, tuple[str, ...]], p.Program]


class Unjoined(Exception):  # noqa: N818 - what an author wrote is no error of ours
    """A line `run` cannot be carried out; `why` ends a sentence, `at` is its position."""

    def __init__(self, code: str, at: int, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.at = at
        self.values = values


@dataclass(slots=True)
class Part:
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


def parts_of(program: p.Program, flows: Flows, around: tuple[str, ...], join: Join) -> dict[int, Part]:
    """Each line `run` by its position, with the joined flow that stands there."""
    parts: dict[int, Part] = {}
    seen: dict[str, count[int]] = {}
    for at, op in enumerate(program.code):
        if isinstance(op, p.Run):
            number = next(seen.setdefault(op.result.lower(), count(1)))
            name = op.result if number == 1 else f"{op.result}_{number}"
            parts[at] = Part(name, op, at, _flow(program, op, at, flows, around, join))
    return parts


def _flow(program: p.Program, op: p.Run, at: int, flows: Flows, around: tuple[str, ...], join: Join) -> p.Program:
    flow = named(op, at, flows)
    if flow.flow.lower() in around:
        raise Unjoined("E303", at, name=op.flow, why="it would run itself, and never come to an end")
    hidden = sensitive.names(program)
    shown = (name for name, arg in op.args.items() if sensitive.shows(arg, hidden) and not hides(flow, name))
    bared = next(shown, None)
    if bared is not None:
        raise Unjoined("E306", at, name=f"{op.flow}, {bared}", where=f"the header of `{op.flow}`", word=bared)
    can_begin(flow, op, at)
    return join(flow, flows, around)


def named(op: p.Run | p.StartFlow, at: int, flows: Flows) -> p.Program:
    """The flow that a line names."""
    flow = flows.get(op.flow.lower())
    if flow is None:
        raise Unjoined("E303", at, name=op.flow, why="there is no flow of this name")
    return flow


def can_begin(flow: p.Program, op: p.Run | p.StartFlow, at: int) -> None:
    """The flow has every input that it is given, and is given every input that it needs."""
    unknown = next((name for name in op.args if input_of(flow, name) is None), None)
    if unknown is not None:
        raise Unjoined("E304", at, name=op.flow, why=f"it has no input `{unknown}`")
    given = {name.lower() for name in op.args}
    missing = next(
        (spec for spec in flow.inputs.values() if not spec.optional and spec.name.lower() not in given), None
    )
    if missing is not None:
        raise Unjoined("E304", at, name=op.flow, why=f"its input `{missing.name}` is missing")


def hides(program: p.Program, name: str) -> bool:
    """Does the header call the name sensitive?"""
    return name.lower() in {hidden.lower() for hidden in program.sensitive}


def input_of(flow: p.Program, name: str) -> str | None:
    """An input of the flow as its header spells it."""
    return next((own for own in flow.inputs if own.lower() == name.lower()), None)
