"""The code of one flow while it is written: operations in order, and the blocks that still have to follow behind.

A position that is not known yet is filled in by the one who knows it; nothing is left open in the finished code.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import msgspec

from grammar import nodes as n
from grammar import program as p
from grammar.names import Names
from grammar.scopes import Scope


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a line: its scope, and the conditions of the branches."""

    scope: Scope
    guards: tuple[p.Guard, ...] = ()

    def under(self, *guards: p.Guard) -> Around:
        """Inside a branch."""
        return replace(self, guards=(*self.guards, *guards))

    def within(self, loop: n.ForEach) -> Around:
        """Inside a loop."""
        return replace(self, scope=self.scope.within(loop))


@dataclass(frozen=True, slots=True)
class Beside:
    """A block that runs beside the conversation, the operation that ends it, and who wants to know where it begins."""

    block: n.Block | None
    around: Around
    ending: p.Code
    span: n.Span
    found: Callable[[int], None]


@dataclass(slots=True)
class Draft:
    """A question whose place is known; `blocks` are the positions of its blocks, by their names in the program."""

    node: n.Question | n.ChooseLanguage | n.Choose
    name: str
    at: int
    around: Around
    section: str
    blocks: dict[str, int] = field(default_factory=dict)

    def slot(self, name: str) -> Callable[[int], None]:
        """Where to put the position of a block."""

        def put(position: int) -> None:
            self.blocks[name] = position

        return put


@dataclass(slots=True)
class Assembler:
    """The code of one flow, growing.  `targets` are the positions that a `go to` can name, by small letters."""

    names: Names
    file: str
    ops: list[p.Code] = field(default_factory=list)
    spans: list[n.Span] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    targets: dict[str, int] = field(default_factory=dict)
    sections: dict[str, int] = field(default_factory=dict)
    afters: list[p.After] = field(default_factory=list)
    on_words: list[p.OnWord] = field(default_factory=list)
    on_events: list[p.OnEvent] = field(default_factory=list)
    quiz_waits: list[int] = field(default_factory=list)
    section: str = ""
    beside: deque[Beside] = field(default_factory=deque)
    _open: list[tuple[int, str]] = field(default_factory=list)

    @property
    def here(self) -> int:
        """The position of the next operation."""
        return len(self.ops)

    def emit(self, op: p.Code, span: n.Span) -> int:
        """Add an operation that comes from a line; its position."""
        self.ops.append(op)
        self.spans.append(span)
        return self.here - 1

    def change(self, position: int, **fields: object) -> None:
        """Fill in what was not known when the operation was added."""
        self.ops[position] = msgspec.structs.replace(self.ops[position], **fields)

    def go_to(self, target: n.Name, span: n.Span) -> None:
        """An author's jump to a name that may stand further down."""
        self._open.append((self.emit(p.GoTo(-1), span), target.key))

    def mark(self, name: n.Name) -> None:
        """From here on, a jump to this name leads to the next operation."""
        self.targets.setdefault(name.key, self.here)

    def close(self) -> tuple[p.Code, ...]:
        """All code, every jump with its position."""
        for position, target in self._open:
            self.change(position, to=self.targets.get(target, 0))
        self._open.clear()
        return tuple(self.ops)

    def places(self) -> tuple[p.Place, ...]:
        """For each operation, the line that it comes from."""
        return tuple(p.Place(span.file or self.file, span.line) for span in self.spans)
