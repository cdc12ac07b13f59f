"""What has rows that are known only while a conversation runs: its keys in a scene, and what a row has in its columns.

The rows and their numbers are fixed when a loop is entered, or a question first sent (RULES C5): `keys` gives those.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from engine import functions, needs
from engine.expressions import Expressions, Read
from engine.facts import key_of
from engine.scene import Scene
from engine.values import Value, unpack
from grammar import program as p

NONE = "none"
"""The code that stands for nothing chosen (RULES M4): there is no row of it."""


class LinkedSource(NamedTuple):
    """`now`: the keys of its rows at this moment.  `cell`: a column of the row with a key; "" is the row itself."""

    name: str
    now: Callable[[Scene], tuple[str, ...]]
    cell: Callable[[Scene, str, str], Value]

    def keys(self, scene: Scene) -> tuple[str, ...]:
        """The keys as they were fixed; those of this moment where nothing has run over them yet."""
        fixed = scene.session.rows.get(self.name)
        return tuple(fixed) if fixed is not None else self.now(scene)


def link(name: str, source: p.Source, expressions: Expressions) -> LinkedSource:
    """The source as closures."""
    if source.kind == "people" and source.when is not None:
        return LinkedSource(name, _people(needs.conditions(source.when, expressions)), _person)
    if source.kind == "rows":
        return LinkedSource(name, _row_keys(source.name), _of_rows(source))
    if source.kind == "answers":
        read = expressions.read(p.Answer(source.name, source.over))
        return LinkedSource(name, _codes(read), lambda scene, key, column: key)
    return LinkedSource(name, _item_keys(source.name), _person if source.workers else _of_items(source.name))


def _people(when: Read) -> Callable[[Scene], tuple[str, ...]]:
    return lambda scene: scene.facts.people_of(key_of({"kind": "where", "when": str(when(scene))}))


def _person(scene: Scene, key: str, column: str) -> Value:
    return unpack(scene.somebody(key).get(column)) if column else key


def _codes(read: Read) -> Callable[[Scene], tuple[str, ...]]:
    def codes(scene: Scene) -> tuple[str, ...]:
        value = read(scene)
        return tuple(str(code) for code in value if code != NONE) if isinstance(value, tuple) else ()

    return codes


def _values(scene: Scene, name: str) -> tuple[Value, ...]:
    """What was given for an input that has several values."""
    value = unpack(scene.session.inputs.get(name))
    return value if isinstance(value, tuple) else ()


def _item_keys(name: str) -> Callable[[Scene], tuple[str, ...]]:
    """A value names its row; the same value again is the same row (RULES C1)."""
    return lambda scene: tuple(dict.fromkeys(functions.written(value) for value in _values(scene, name)))


def _of_items(name: str) -> Callable[[Scene, str, str], Value]:
    return lambda scene, key, column: next((v for v in _values(scene, name) if functions.written(v) == key), None)


def _row_keys(name: str) -> Callable[[Scene], tuple[str, ...]]:
    return lambda scene: tuple(str(row[0]) for row in _values(scene, name) if isinstance(row, tuple))


def _of_rows(source: p.Source) -> Callable[[Scene, str, str], Value]:
    places = {column: place for place, column in enumerate(source.columns)}

    def cell(scene: Scene, key: str, column: str) -> Value:
        rows = (row for row in _values(scene, source.name) if isinstance(row, tuple) and str(row[0]) == key)
        row = next(rows, None)
        value: Value = row[places.get(column, 0)] if row is not None else None
        return value

    return cell
