"""Expressions hold what was written, in the shape of arithmetic; what a name means is decided later."""

from __future__ import annotations

from grammar.nodes.base import Name, Node


class Number(Node, frozen=True):
    """`12`, `3.5`: digits as written."""

    value: str


class Duration(Node, frozen=True):
    """`4 hours`.  `unit` is second, minute, hour, day, week or month."""

    amount: str
    unit: str


class Time(Node, frozen=True):
    """`09:00`, always as HH:MM."""

    value: str


class Date(Node, frozen=True):
    """`2025-12-25` or `25/12/2025`, always as YYYY-MM-DD; whether that day exists is not checked here."""

    value: str


class Quoted(Node, frozen=True):
    """A text in quotes, without them."""

    value: str


class Path(Node, frozen=True):
    """`x`, `worker.first_name`: a bare word may be a name or a code (RULES A2)."""

    parts: tuple[Name, ...]

    @property
    def text(self) -> str:
        """As written, with its dots."""
        return ".".join(part.text for part in self.parts)

    @property
    def key(self) -> str:
        """What paths are compared by: capital letters do not count."""
        return self.text.lower()


class Mine(Node, frozen=True):
    """`my facility`."""

    name: Name


class Call(Node, frozen=True):
    """`round(x)`, `lookup(products, "act").name`; `fields` are the names behind the brackets."""

    function: Name
    args: tuple[Expr, ...]
    fields: tuple[Name, ...] = ()


class Operation(Node, frozen=True):
    """An operator over its operands, by the names of `grammar.program.Op`.

    and or (two or more) · not · = != < <= > >= · between (x, low, high) · one_of none_of (x, a, b, …) · includes ·
    empty · answered · + - * / · neg · & · ago (Duration) · in_group not_in_group (person, Path of the group's name).
    """

    name: str
    args: tuple[Expr, ...]


Expr = Number | Duration | Time | Date | Quoted | Path | Mine | Call | Operation
