"""Trees become nodes from the leaves up, one function a rule, without recursion: a long sum costs no stack."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from lark import Token, Tree
from lark.tree import Meta

from grammar.chunks import span
from grammar.diagnostics import Finding, finding
from grammar.nodes import Date, Name, Quoted, Span, Time
from grammar.reader import Line
from grammar.slips import uncapped

Parts = list[Any]
"""What stands in a rule, built already: nodes, tokens, and None where something optional lacks."""

Rule = Callable[["Bench", Meta, Parts], object]
_RULES: dict[str, Rule] = {}


def rule(function: Rule) -> Rule:
    """Make the function the builder of the grammar's rule of its name (`if_` for `if`)."""
    _RULES[function.__name__.rstrip("_")] = function
    return function


_THOUSANDS = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?![\w,.])")


def begun(name: Name) -> Name:
    """A name that begins a line, as it was before Word gave it a capital."""
    return Name(uncapped(name.text), span=name.span)


class Aside:
    """What stands in the place of a line that could not be read."""


class Bench:
    """What builders need: the lines that a tree was read from, and a place for what they have to say."""

    def __init__(self, lines: Sequence[Line], file: str, tags: frozenset[str] = frozenset()) -> None:
        """`tags` are the languages that the file declares, in lower case."""
        self.lines = lines
        self.file = file
        self.tags = tags
        self.findings: list[Finding] = []

    def build(self, tree: Tree[Token]) -> Any:  # noqa: ANN401  (each rule has a node of its own)
        """The node of a tree."""
        waiting: list[Tree[Token] | Token | None] = [tree]
        order: list[Tree[Token] | Token | None] = []
        while waiting:
            item = waiting.pop()
            order.append(item)
            if isinstance(item, Tree):
                waiting += item.children
        built: list[Any] = []
        for item in reversed(order):
            if isinstance(item, Tree):
                begin = len(built) - len(item.children)
                parts = built[begin:]
                built[begin:] = [_RULES[item.data](self, item.meta, parts)]
            else:
                built.append(self._leaf(item))
        return built[0]

    def _leaf(self, token: Token | None) -> object:
        if token is None:
            return None
        if token.type in ("NAME", "WORD", "CODE"):
            return Name(str(token), span=self.place(token))
        if token.type in ("LANG", "PART_KEY"):
            return Name(token.lower(), span=self.place(token))
        if token.type == "TIME":
            return self._time(token)
        if token.type == "DATE":
            return self._date(token)
        if token.type == "STRING":
            return Quoted(str(token[1:-1]), span=self.place(token))
        return token

    def _time(self, token: Token) -> Time:
        hour, _, minute = token.partition(":")
        if int(hour) > 23 or int(minute) > 59:
            self.say("E024", self.place(token), what=token)
        return Time(f"{hour:0>2}:{minute}", span=self.place(token))

    def _date(self, token: Token) -> Date:
        if "/" in token:
            day, month, year = token.split("/")
        else:
            year, month, day = token.split("-")
        return Date(f"{year}-{month:0>2}-{day:0>2}", span=self.place(token))

    def place(self, mark: Token | Meta) -> Span:
        """Where a token, or what a rule read on one line, stands."""
        line = self.line(mark)
        begin, end = mark.column or 1, mark.end_column or 1
        if mark.end_line != mark.line:
            end = len(line.text) + 1
        return Span(line.number, begin + line.shift, end + line.shift)

    def line(self, mark: Token | Meta) -> Line:
        """The line in which a token or a rule begins."""
        return self.lines[(mark.line or 1) - 1]

    def doubt_commas(self, mark: Meta) -> None:
        """Say of a number like 1,500 that a comma makes it two."""
        line = self.line(mark)
        end = (mark.end_column or 1) - 1 if mark.end_line == mark.line else len(line.text)
        match = _THOUSANDS.search(line.text, (mark.column or 1) - 1, end)
        if match is not None:
            place = span(line, match.start() + 1, match.end() + 1)
            right = match[0].replace(",", "")
            hint = f"Write `{right}`, or a space behind the comma where two values are meant."
            self.say("E037", place, hint, number=match[0], right=right)

    def say(self, code: str, span: Span, /, hint: str | None = None, **values: object) -> None:
        """Report a mistake that the shape of the line allows."""
        self.findings.append(finding(code, self.file, span, hint=hint, **values))
