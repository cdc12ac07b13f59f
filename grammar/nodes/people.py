"""Whom a line means: one person, a role, a group, or all who fit; found when the line runs."""

from __future__ import annotations

from grammar.nodes.base import Name, Node
from grammar.nodes.expressions import Expr, Path


class ToGroup(Node, frozen=True):
    """`group stock_managers`."""

    group: Name


class People(Node, frozen=True):
    """`workers where cadre is nurse`: the left sides are fields of each candidate (RULES A2)."""

    when: Expr


class Role(Node, frozen=True):
    """`district_pharmacist of facility`."""

    role: Path
    of: Path


Audience = ToGroup | People
Target = ToGroup | People | Role | Path
"""A Path alone is `supervisor`, a role, or an input or loop word that is a worker."""
