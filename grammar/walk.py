"""Every node of a tree with the nodes around it, in the order of the file: a pass over a tree is a loop."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import NamedTuple, TypeVar

from grammar import nodes as n

T = TypeVar("T", bound=n.Node)


class Visit(NamedTuple):
    """A node and the nodes around it, outermost first.  Thousands are made of a file: a tuple is made fastest."""

    node: n.Node
    parents: tuple[n.Node, ...] = ()

    def inside(self, *kinds: type[n.Node]) -> bool:
        """Is one of the nodes around this one of these kinds?"""
        return any(type(parent) in kinds for parent in self.parents)


def walk(node: n.Node, parents: tuple[n.Node, ...] = ()) -> Iterator[Visit]:
    """The node itself, then everything in it."""
    waiting = [Visit(node, parents)]
    while waiting:
        visit = waiting.pop()
        yield visit
        below = children(visit.node)
        if below:
            inner = (*visit.parents, visit.node)
            waiting += [Visit(child, inner) for child in reversed(below)]


def every(node: n.Node, kind: type[T]) -> Iterator[T]:
    """All nodes of one kind in a tree."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if type(node) is kind:
            yield node
        waiting += reversed(children(node))


def children(node: n.Node) -> list[n.Node]:
    """The nodes directly below, in the order of their fields."""
    found: list[n.Node] = []
    for field in _fields(type(node)):
        value = getattr(node, field)
        if type(value) is tuple:
            found += [item for item in value if type(item) in _KINDS]
        elif type(value) in _KINDS:
            found.append(value)
    return found


def _kinds(kind: type[n.Node]) -> Iterator[type[n.Node]]:
    yield kind
    for special in kind.__subclasses__():
        yield from _kinds(special)


_KINDS = frozenset(_kinds(n.Node))
"""Asked of each value in a tree: `isinstance` takes ten times as long with structs: a class of theirs is special."""


_PLAIN = {"str", "int", "bool", "None"}


@functools.cache
def _fields(kind: type[n.Node]) -> tuple[str, ...]:
    """The fields of a kind of node in which others can stand; where it stands itself is none."""
    written = {
        name: said for base in reversed(kind.__mro__) for name, said in getattr(base, "__annotations__", {}).items()
    }
    plain = {name for name, said in written.items() if set(str(said).split(" | ")) <= _PLAIN}
    return tuple(field for field in kind.__struct_fields__ if field != "span" and field not in plain)
