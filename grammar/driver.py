"""A chunk that is right is read in one loop, by the tables that lark made; of one that is not, lark says what is wrong.

What it gives for a chunk is what lark gives, place for place (`tests/grammar/test_driver.py`): in a third of lark's
time, which is made for every grammar there may be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from re import Match
from typing import Any

from lark import Lark, Token, Tree
from lark.grammar import Rule
from lark.parse_tree_builder import PropagatePositions
from lark.parsers.lalr_analysis import Shift

from grammar.place import placed

Children = list[Any]
Build = Callable[[Children], Any]

Step = int | tuple[int, Build, str]
"""What to do in a state with a piece: the state to go to; or how many values make one, how, and of which rule."""

Steps = Mapping[str, Step]

_END = "$END"


class Driver:
    """Reads by the tables of a lark parser with a contextual lexer and margins (`margins`: their types' names)."""

    def __init__(self, made: Lark, margins: tuple[str, str, str], most: int) -> None:
        """`most`: so many pieces may stand in a line."""
        self._newline, self._indent, self._dedent = margins
        self._most = most
        parser: Any = made.parser.parser.parser
        table, callbacks = parser.parse_table, _placing(parser.callbacks)
        self._start, self._end = table.start_states, table.end_states
        self._states: dict[int, Steps] = {
            state: {name: _step(action, to, callbacks) for name, (action, to) in steps.items()}
            for state, steps in table.states.items()
        }
        lexer: Any = made.parser.lexer
        self._lexers: dict[int, Any] = lexer.lexer.lexers
        self._match: dict[int, Callable[[str, int], Match[str] | None]] = {}
        self._ignored = frozenset(lexer.lexer.root_lexer.ignore_types)

    def read(self, text: str, start: str) -> Tree[Token] | None:
        """The tree; None where it is not right."""
        stack, margins = [self._start[start]], [0]
        values: Children = []
        position, line, begin, pieces = 0, 1, 0, 0
        token: Token | None = None
        while position < len(text):
            state = stack[-1]
            found = (self._match.get(state) or self._matcher(state))(text, position)
            if found is None:
                return None
            kind, first, position = found.lastgroup or "", position, found.end()
            if kind in self._ignored:
                continue
            token = _token(kind, found[0], line, first - begin + 1)
            if "\n" in token:
                line += token.count("\n")
                begin = first + token.rindex("\n") + 1
            token.end_line, token.end_column = line, position - begin + 1
            if not self._feed(stack, values, token):
                return None
            pieces = 0 if kind == self._newline else pieces + 1
            if pieces > self._most or (kind == self._newline and not self._turn(stack, values, margins, token)):
                return None
        return self._close(stack, values, margins, token, self._end[start])

    def _turn(self, stack: list[int], values: Children, margins: list[int], newline: Token) -> bool:
        """Behind the end of a line a block may begin, or some may end."""
        margin = len(newline) - newline.rindex("\n") - 1
        if margin > margins[-1]:
            margins.append(margin)
            return self._feed(stack, values, _like(self._indent, newline))
        while margin < margins[-1]:
            margins.pop()
            if not self._feed(stack, values, _like(self._dedent, newline)):
                return False
        return margin == margins[-1]

    def _close(
        self, stack: list[int], values: Children, margins: list[int], last: Token | None, end: int
    ) -> Tree[Token] | None:
        if last is None:
            return None
        for _ in margins[1:]:
            if not self._feed(stack, values, _like(self._dedent, last)):
                return None
        states = self._states
        while True:
            step = states[stack[-1]].get(_END)
            if step is None or isinstance(step, int):
                return None
            _reduce(states, stack, values, step)
            if stack[-1] == end:
                tree: Tree[Token] = values[-1]
                return tree

    def _feed(self, stack: list[int], values: Children, token: Token) -> bool:
        states, kind = self._states, token.type
        while True:
            step = states[stack[-1]].get(kind)
            if step is None:
                return False
            if isinstance(step, int):
                stack.append(step)
                values.append(token)
                return True
            _reduce(states, stack, values, step)

    def _matcher(self, state: int) -> Callable[[str, int], Match[str] | None]:
        """What finds the next piece in this state: made when it is needed first, as lark does."""
        [pattern] = self._lexers[state].scanner._mres  # noqa: SLF001  (lark shows it to nobody; it is one for each state)
        match: Callable[[str, int], Match[str] | None] = pattern.match
        self._match[state] = match
        return match


def _reduce(states: Mapping[int, Steps], stack: list[int], values: Children, step: tuple[int, Build, str]) -> None:
    count, build, rule = step
    if count:
        children = values[-count:]
        del stack[-count:], values[-count:]
    else:
        children = []
    stack.append(states[stack[-1]][rule])  # type: ignore[arg-type]  # behind a rule there is always a state
    values.append(build(children))


def _placing(callbacks: Mapping[Rule, Build]) -> dict[Rule, Build]:
    """What builds the trees, with a cheaper way to say where they stand."""
    return {
        rule: placed(build.node_builder) if isinstance(build, PropagatePositions) else build
        for rule, build in callbacks.items()
    }


def _step(action: object, to: Any, callbacks: Mapping[Rule, Build]) -> Step:  # noqa: ANN401  (a state, or a rule)
    if action is Shift:
        state: int = to
        return state
    return len(to.expansion), callbacks[to], to.origin.name


def _token(kind: str, value: str, line: int, column: int) -> Token:
    """As lark makes it, but for the offsets in the text, which nobody reads."""
    token: Token = str.__new__(Token, value)
    token.type, token.value, token.line, token.column = kind, value, line, column
    token.start_pos = token.end_pos = None
    return token


def _like(kind: str, token: Token) -> Token:
    """A piece without a text, where this one stands."""
    made = _token(kind, "", token.line or 1, token.column or 1)
    made.end_line, made.end_column = token.end_line, token.end_column
    return made
