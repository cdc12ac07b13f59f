"""Where a rule stands: from the first piece that it read to the last, also of those that its tree does not keep."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from lark import Token, Tree


class Place:
    """Lines and columns from 1; `end_column` is behind the last letter.

    `outer`: the same with what stands around a tree that a rule only passes on, such as brackets; None if nothing does.
    """

    __slots__ = ("column", "empty", "end_column", "end_line", "line", "outer")

    def __init__(self, first: Token | Place, last: Token | Place) -> None:
        self.line: int | None = first.line
        self.column: int | None = first.column
        self.end_line: int | None = last.end_line
        self.end_column: int | None = last.end_column
        self.empty = False
        self.outer: Place | None = None


def placed(build: Callable[[list[Any]], Any]) -> Callable[[list[Any]], Any]:
    """The builder of a rule, whose trees know where they stand."""

    def reduce(children: list[Any]) -> Any:  # noqa: ANN401  (what the rule gives)
        made = build(children)
        if type(made) is not Tree:
            return made
        first, last = _first(children), _first(reversed(children))
        if first is None or last is None:
            return made
        place = Place(first, last)
        if made._meta is None:  # noqa: SLF001  (asking for `meta` would make one)
            made._meta = place  # type: ignore[assignment]  # noqa: SLF001  # all of it that is read
        else:
            made._meta.outer = place  # type: ignore[attr-defined]  # noqa: SLF001
        return made

    return reduce


def _first(children: Iterable[Any]) -> Token | Place | None:
    for child in children:
        if type(child) is Token:
            return child
        place: Place | None = child._meta  # noqa: SLF001  (a tree; one of nothing has none)
        if place is not None:
            return place.outer or place
    return None
