"""Expressions made into closures, once per load: a closure reads a scene, gives a value, and cannot change anything.

No eval, no attributes, no patterns from authors.  The work of one expression is bounded by its size and the rows of
its tables.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from itertools import product as every_pair
from typing import Protocol

from engine import functions, moments, operators
from engine.limits import DAY
from engine.scene import Scene, key_of
from engine.tables import LinkedTable
from engine.values import Duration, Value, unpack
from grammar import program as p


class Source(Protocol):
    """What has rows that are known only while a conversation runs."""

    @property
    def now(self) -> Callable[[Scene], tuple[str, ...]]:
        """The keys of its rows at this moment."""
        ...

    def keys(self, scene: Scene) -> tuple[str, ...]:
        """The keys of its rows."""
        ...

    @property
    def cell(self) -> Callable[[Scene, str, str], Value]:
        """What the row with a key has in a column."""
        ...


Read = Callable[[Scene], Value]
Test = Callable[[Scene], bool]


class Expressions:
    """Makes closures for the expressions of one program, whose tables it knows."""

    def __init__(self, tables: dict[str, LinkedTable]) -> None:
        self.tables = tables
        self.sources: dict[str, Source] = {}

    def keys(self, name: str) -> Callable[[Scene], tuple[str, ...]]:
        """The keys of a table, or of what has rows only while the conversation runs."""
        if name in self.tables:
            keys = self.tables[name].keys
            return lambda scene: keys
        return self.sources[name].keys

    def read(self, expr: p.Expr) -> Read:
        """The closure that reads `expr`."""
        made: Read = getattr(self, "_" + type(expr).__name__.lower())(expr)
        return made

    def test(self, expr: p.Expr) -> Test:
        """The closure that says whether a condition is met: an empty value is not (RULES I1)."""
        read = self.read(expr)
        return lambda scene: read(scene) is True

    def maybe(self, expr: p.Expr | None) -> Test | None:
        """The same as `test`, for a condition that may lack."""
        return None if expr is None else self.test(expr)

    # ------------------------------------------------------------ leaves

    def _const(self, expr: p.Const) -> Read:
        value = constant(expr)
        return lambda scene: value

    def _answer(self, expr: p.Answer) -> Read:
        name, over = expr.question, expr.over
        if expr.many:
            return self._many(name, over)
        if not over:
            return lambda scene: unpack(scene.session.answers.get(name))
        return lambda scene: scene.answer(name, over)

    def _many(self, name: str, over: tuple[str, ...]) -> Read:
        if any(table not in self.tables for table in over):
            return self._many_found(name, over)
        tables = [self.tables[table].keys for table in over]

        def read(scene: Scene) -> Value:
            answers = scene.session.answers
            fixed = [
                [scene.rows[table]] if table in scene.rows and table != over[-1] else keys
                for table, keys in zip(over, tables, strict=True)
            ]
            keys = (key_of(name, ".".join(rows)) for rows in every_pair(*fixed))
            return tuple(unpack(answers[key]) for key in keys if answers.get(key) is not None)

        return read

    def _many_found(self, name: str, over: tuple[str, ...]) -> Read:
        """The same where rows are known only while the conversation runs: those that a loop came to."""
        tables = [self.keys(table) for table in over]

        def read(scene: Scene) -> Value:
            answers = scene.session.answers
            fixed = [
                (scene.rows[table],) if table in scene.rows and table != over[-1] else keys(scene)
                for table, keys in zip(over, tables, strict=True)
            ]
            keys = (key_of(name, ".".join(rows)) for rows in every_pair(*fixed))
            return tuple(unpack(answers[key]) for key in keys if answers.get(key) is not None)

        return read

    def _variable(self, expr: p.Variable) -> Read:
        name = expr.name
        if not expr.path:
            return lambda scene: unpack(scene.session.variables.get(name))
        path = ".".join(expr.path)
        return lambda scene: unpack(scene.session.results.get(name, {}).get(path))

    def _input(self, expr: p.Input) -> Read:
        name = expr.name
        if not expr.path:
            return lambda scene: unpack(scene.session.inputs.get(name))
        path = ".".join(expr.path)
        return lambda scene: unpack(scene.person(scene.session.inputs.get(name)).get(path))

    def _cell(self, expr: p.Cell) -> Read:
        row = self.read(expr.row) if expr.row is not None else None
        if expr.table not in self.tables:
            return self._found_cell(expr, row)
        table, column = self.tables[expr.table], expr.column

        def read(scene: Scene) -> Value:
            key = scene.rows.get(expr.table) if row is None else row(scene)
            return table.cell(key, column, "") if isinstance(key, str) else None

        return read

    def _found_cell(self, expr: p.Cell, row: Read | None) -> Read:
        cell, name, column = self.sources[expr.table].cell, expr.table, expr.column

        def read(scene: Scene) -> Value:
            key = scene.rows.get(name) if row is None else row(scene)
            return cell(scene, key, column) if isinstance(key, str) else None

        return read

    def _field(self, expr: p.Field) -> Read:
        of, name = expr.of, expr.name
        return lambda scene: scene.field(of, name)

    def _builtin(self, expr: p.Builtin) -> Read:
        return _BUILTINS[expr.name](expr.path)

    def _rows(self, expr: p.Rows) -> Read:
        return self.keys(expr.table)

    def _label(self, expr: p.Label) -> Read:
        return self.read(expr.value)

    def _each(self, expr: p.Each) -> Read:
        raise TypeError("{each …} stands in texts only")

    # ------------------------------------------------------------ operators

    def _op(self, expr: p.Op) -> Read:
        name = expr.name
        if name in _SPECIAL:
            made: Read = getattr(self, "_op_" + _SPECIAL[name])(expr)
            return made
        args = [self.read(arg) for arg in expr.args]
        call = FUNCTIONS[name]
        if len(args) == 1:
            only = args[0]
            return lambda scene: call(only(scene))
        if len(args) == 2:
            left, right = args
            return lambda scene: call(left(scene), right(scene))
        return lambda scene: call(*(arg(scene) for arg in args))

    def _op_and(self, expr: p.Op) -> Read:
        tests = [self.read(arg) for arg in expr.args]
        return lambda scene: all(test(scene) is True for test in tests)

    def _op_or(self, expr: p.Op) -> Read:
        tests = [self.read(arg) for arg in expr.args]
        return lambda scene: any(test(scene) is True for test in tests)

    def _op_if(self, expr: p.Op) -> Read:
        when, then, *rest = [self.read(arg) for arg in expr.args]
        otherwise: Read = rest[0] if rest else lambda scene: None
        return lambda scene: then(scene) if when(scene) is True else otherwise(scene)

    def _op_right(self, expr: p.Op) -> Read:
        answer = expr.args[0]
        if not isinstance(answer, p.Answer):
            raise TypeError("only a quiz question can be right")
        name, over = answer.question, answer.over
        return lambda scene: scene.linked.is_right(scene, name, scene.turn(over))

    def _op_ago(self, expr: p.Op) -> Read:
        length = self.read(expr.args[0])

        def ago(scene: Scene) -> Value:
            value = length(scene)
            exact = isinstance(value, Duration) and value.ms % DAY != 0
            return operators.minus(scene.moment() if exact else scene.today(), value)

        return ago

    def _op_group(self, expr: p.Op) -> Read:
        group = expr.args[-1]
        name = group.value if isinstance(group, p.Const) else ""
        inside = expr.name == "in_group"
        return lambda scene: (name in scene.facts.groups) is inside

    def _op_lookup(self, expr: p.Op) -> Read:
        rows, code = expr.args
        if not isinstance(rows, p.Rows):
            raise TypeError("lookup looks in a table")
        table, read = self.tables[rows.table], self.read(code)

        def look(scene: Scene) -> Value:
            value = read(scene)
            return table.find(functions.written(value)) if value is not None else None

        return look


_SPECIAL = {
    "and": "and",
    "or": "or",
    "if": "if",
    "right": "right",
    "in_group": "group",
    "not_in_group": "group",
    "lookup": "lookup",
    "ago": "ago",
}


def constant(const: p.Const) -> Value:
    """The value that stands in the text."""
    return _CONSTANTS[const.kind](const.value)


def _duration(text: str) -> Duration:
    return Duration(int(text[:-1]), 0) if text.endswith("m") else Duration(0, int(Decimal(text) * 1000))


_CONSTANTS: dict[str, Callable[[str], Value]] = {
    "empty": lambda text: None,
    "number": lambda text: operators.whole(Decimal(text)),
    "text": lambda text: text,
    "code": lambda text: text,
    "yesno": lambda text: text == "yes",
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "duration": _duration,
}


def _includes(many: Value, one: Value) -> bool:
    return any(operators.equal(item, one) for item in functions.flat((many,)))


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "not": lambda a: a is False,
    "=": operators.equal,
    "!=": lambda a, b: not operators.equal(a, b),
    "<": operators.ordered(lambda a, b: a < b),
    "<=": operators.ordered(lambda a, b: a <= b),
    ">": operators.ordered(lambda a, b: a > b),
    ">=": operators.ordered(lambda a, b: a >= b),
    "between": lambda a, low, high: bool(
        (pair := operators.orderable(a, low))
        and (top := operators.orderable(a, high))
        and pair[0] >= pair[1]
        and top[0] <= top[1]
    ),
    "one_of": lambda a, *options: any(operators.equal(a, option) for option in options),
    "none_of": lambda a, *options: not any(operators.equal(a, option) for option in options),
    "includes": _includes,
    "empty": lambda a: a is None or a in ("", ()),
    "answered": lambda a: not (a is None or a in ("", ())),
    "+": operators.plus,
    "-": operators.minus,
    "*": operators.times,
    "/": operators.over,
    "neg": operators.negative,
    "&": functions.joined,
    "sum": functions.total,
    "count": functions.count,
    "countif": functions.countif,
    "round": operators.rounded,
    "min": functions.smallest,
    "max": functions.greatest,
    "days": functions.days,
    "text": functions.written,
    "length": functions.length,
    "ifempty": lambda a, b: b if a is None or a == "" else a,
}


def _score(path: tuple[str, ...]) -> Read:
    section = path[0] if path else ""
    return lambda scene: sum(quiz.points * right for quiz, right in scene.linked.quiz_answers(scene, section))


def _max_score(path: tuple[str, ...]) -> Read:
    section = path[0] if path else ""
    return lambda scene: sum(quiz.points for quiz, _ in scene.linked.quiz_answers(scene, section))


def _period(word: str) -> Callable[[tuple[str, ...]], Read]:
    def make(path: tuple[str, ...]) -> Read:
        if path:
            side = 0 if path[0] == "start" else 1
            return lambda scene: moments.period(word, scene.started_on())[side]
        return lambda scene: _period_name(word, moments.period(word, scene.started_on())[0])

    return make


def _period_name(word: str, first: date) -> str:
    """A period as DHIS2 writes it: 2025W9, 202503."""
    if word.endswith("month"):
        return f"{first:%Y%m}"
    year, week, _ = first.isocalendar()
    return f"{year}W{week}"


def _of_session(name: str) -> Callable[[tuple[str, ...]], Read]:
    return lambda path: lambda scene: getattr(scene.session, name) or None


def _submitted(path: tuple[str, ...]) -> Read:
    """What a test reads of what was sent to DHIS2; a conversation itself never has it."""
    element = ".".join(path)
    return lambda scene: unpack(scene.session.results.get("dhis2", {}).get(element))


_BUILTINS: dict[str, Callable[[tuple[str, ...]], Read]] = {
    "score": _score,
    "max_score": _max_score,
    "attempt": lambda path: lambda scene: scene.session.attempts.get(path[0] if path else scene.session.section, 1),
    "outcome": _of_session("outcome"),
    "reason": _of_session("reason"),
    "tries_left": lambda path: lambda scene: scene.linked.tries_left(scene.session),
    "taken": lambda path: lambda scene: path[0] in scene.session.taken,
    "today": lambda path: lambda scene: scene.today(),
    "now": lambda path: lambda scene: scene.moment(),
    "dhis2": _submitted,
    "previous": lambda path: lambda scene: scene.linked.previous(scene),
    "question": lambda path: lambda scene: scene.linked.prompt_of(scene),
    **{word: _period(word) for word in ("this_week", "last_week", "this_month", "last_month")},
}
