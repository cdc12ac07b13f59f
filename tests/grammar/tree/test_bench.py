"""Every rule of the grammar has its builder, and every builder its rule."""

from __future__ import annotations

from grammar import lalr
from grammar.tree import ROOMS
from grammar.tree.bench import _RULES


def test_rules_and_builders_are_the_same() -> None:
    assert ROOMS
    made = {rule.alias or rule.origin.name for rule in lalr._parser().rules}
    named = {str(name) for name in made if not name.startswith("_") and not rule_is_inlined(str(name))}
    assert named == set(_RULES)


def rule_is_inlined(name: str) -> bool:
    """Rules that the grammar marks with `?` and that always have an alias or one part."""
    return name in {
        "expr",
        "and_",
        "not_",
        "list_cmp",
        "item",
        "item_and",
        "item_not",
        "cmp",
        "sum",
        "term",
        "factor",
        "atom",
    }
