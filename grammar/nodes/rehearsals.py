"""The tests of a file: what each of their lines does or expects."""

from __future__ import annotations

from grammar.nodes.base import Name, Node
from grammar.nodes.expressions import Date, Duration, Expr, Path, Time
from grammar.nodes.people import Target
from grammar.nodes.statements import Arg


class Literal(Node, frozen=True):
    """A text of a test: braces mean nothing in it; `*` stands for any text where it is expected."""

    text: str


class Begin(Node, frozen=True):
    """`start [flow] [on ivr] [with …] [at 2025-03-03 21:00]`."""

    flow: Name | None = None
    channel: Name | None = None
    args: tuple[Arg, ...] = ()
    date: Date | None = None
    time: Time | None = None


class Post(Node, frozen=True):
    """`event result_corrected with batch = "B1"`: another system posts an event while conversations run."""

    event: Name
    args: tuple[Arg, ...] = ()


class Reply(Node, frozen=True):
    """`reply: text`; `who` in `reply as supervisor: text`."""

    text: Literal
    who: Path | None = None


class Press(Node, frozen=True):
    """`press: 1#`."""

    keys: Literal


class HangUp(Node, frozen=True):
    """`hang up`."""


class Silence(Node, frozen=True):
    """`no reply for 4 hours`."""

    length: Duration


class Expect(Node, frozen=True):
    """`expect: text` (`kind` ""), `expect not: text` ("not"), `expect voice: text` ("voice"), `expect to WHO: text`."""

    text: Literal
    kind: str = ""
    who: Target | None = None


class ExpectNothing(Node, frozen=True):
    """`expect nothing`, `expect nothing to supervisor`."""

    who: Target | None = None


class ExpectThat(Node, frozen=True):
    """`expect outcome = locked`."""

    when: Expr


class Gives(Node, frozen=True):
    """`do X gives a = 1`."""

    action: Name
    args: tuple[Arg, ...]


class Fails(Node, frozen=True):
    """`do X fails`."""

    action: Name


Step = Begin | Post | Reply | Press | HangUp | Silence | Expect | ExpectNothing | ExpectThat | Gives | Fails


class Rehearsal(Node, frozen=True):
    """`test: title` and its lines."""

    title: Literal
    steps: tuple[Step, ...]


class PersonField(Node, frozen=True):
    """`first_name: Ama`."""

    name: Path
    value: Literal


class RehearsalWorker(Node, frozen=True):
    """`test worker ama:` and its fields."""

    name: Name
    fields: tuple[PersonField, ...]
