"""Every node of a tree, once, in the order of the file."""

from __future__ import annotations

from typing import get_args

from grammar import nodes as n
from grammar import program as p
from grammar.parser import parse
from grammar.reader import read
from grammar.walk import every, walk

FLOW = b"flow a: A\nif x is 1:\n    say: One {x}.\n    say: Two.\nsay: Three.\n"


def test_every_node_in_order_with_what_stands_around_it() -> None:
    file, _ = parse(read(FLOW, "a.flow")[0])
    says = [visit for visit in walk(file) if isinstance(visit.node, n.Say)]
    assert [visit.node.span.line for visit in says] == [3, 4, 5]
    assert [visit.inside(n.If) for visit in says] == [True, True, False]
    assert [path.text for path in every(file, n.Path)] == ["x", "x"]


def test_kinds_are_told_by_their_exact_types() -> None:
    """A kind that is made of another would be found by `isinstance` alone, and the walk does not ask that."""
    kinds = n.Node.__subclasses__()
    assert kinds
    assert [kind for kind in (*kinds, *get_args(p.Code)) if kind.__subclasses__()] == []
