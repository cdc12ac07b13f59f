"""Every node of a tree with the nodes around it, in the order of the file: a pass over a tree is a loop."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from grammar import nodes as n

T = TypeVar("T", bound=n.Node)


@dataclass(frozen=True, slots=True)
class Visit:
    """A node and the nodes around it, outermost first."""

    node: n.Node
    parents: tuple[n.Node, ...] = ()

    def inside(self, *kinds: type[n.Node]) -> bool:
        """Is one of the nodes around this one of these kinds?"""
        return any(isinstance(parent, kinds) for parent in self.parents)


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
    return (visit.node for visit in walk(node) if isinstance(visit.node, kind))


def children(node: n.Node) -> list[n.Node]:
    """The nodes directly below, in the order of their fields."""
    found: list[n.Node] = []
    for field in _fields(type(node)):
        value = getattr(node, field)
        if isinstance(value, n.Node):
            found.append(value)
        elif isinstance(value, tuple):
            found += [item for item in value if isinstance(item, n.Node)]
    return found


@functools.cache
def _fields(kind: type[n.Node]) -> tuple[str, ...]:
    """The fields of a kind of node in which others can stand; where it stands itself is none."""
    return tuple(field for field in kind.__struct_fields__ if field != "span")
