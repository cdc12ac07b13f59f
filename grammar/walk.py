"""Every node of a tree with the nodes around it, in the order of the file: a pass over a tree is a loop."""

from __future__ import annotations

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
    yield Visit(node, parents)
    inner = (*parents, node)
    for child in children(node):
        yield from walk(child, inner)


def every(node: n.Node, kind: type[T]) -> Iterator[T]:
    """All nodes of one kind in a tree."""
    return (visit.node for visit in walk(node) if isinstance(visit.node, kind))


def children(node: n.Node) -> Iterator[n.Node]:
    """The nodes directly below, in the order of their fields."""
    for field in node.__struct_fields__:
        value = getattr(node, field)
        if isinstance(value, n.Node):
            yield value
        elif isinstance(value, tuple):
            yield from (item for item in value if isinstance(item, n.Node))
