"""The tests in a flow file, as plain data; they are no part of a program, nor of its hash."""

from __future__ import annotations

from grammar.program.code import Target
from grammar.program.expressions import Expr
from grammar.program.plain import Plain


class Step(Plain, frozen=True):
    """One line of a test.  `do` is what it does; `line` where it stands.

    start (flow, channel, args, at "2025-03-03 21:00" or "07:00") · event (action: its name, args) · reply (text) ·
    reply_as (who, text) · press (text) · hang_up · silence (seconds) · expect (text) · expect_not (text) ·
    expect_voice (text) · expect_to (who: Target, text) · expect_nothing · expect_nothing_to (who) ·
    expect_that (when: an expression over answers, inputs, variables, outcome, dhis2.UID) · gives (action, args) ·
    fails (action).
    """

    do: str
    line: int
    text: str = ""
    flow: str = ""
    channel: str = ""
    at: str = ""
    seconds: int = 0
    who: Target | None = None
    action: str = ""
    args: dict[str, Expr] = {}
    when: Expr | None = None


class Rehearsal(Plain, frozen=True):
    """A `test:` of a flow: its title, its line and its steps.  Not part of the program, nor of its hash."""

    title: str
    flow: str
    line: int
    steps: tuple[Step, ...]


class Person(Plain, frozen=True):
    """`test worker ama:` fields as written."""

    name: str
    fields: dict[str, str]
