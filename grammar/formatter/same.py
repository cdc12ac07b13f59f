"""Two trees say the same when they differ in nothing but where things stand."""

from __future__ import annotations

from grammar.nodes.base import Node


def same(left: object, right: object) -> bool:
    """Are two nodes, or tuples of nodes, equal but for their places?"""
    waiting = [(left, right)]
    while waiting:
        one, other = waiting.pop()
        if type(one) is not type(other):
            return False
        if isinstance(one, tuple) and isinstance(other, tuple):
            if len(one) != len(other):
                return False
            waiting += zip(one, other, strict=True)
        elif isinstance(one, Node):
            fields = (field for field in one.__struct_fields__ if field != "span")
            waiting += [(getattr(one, field), getattr(other, field)) for field in fields]
        elif one != other:
            return False
    return True
