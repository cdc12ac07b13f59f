"""What stands around a place in a flow, as far as it decides what names mean there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise

from grammar import nodes as n
from grammar.names import Names, table_of
from grammar.walk import Visit


@dataclass(frozen=True, slots=True)
class Missing:
    """A word that means nothing where it stands.

    `why`: name (nothing is called so), column (the table `of` has none such), code (the list of `of` has none such),
    part (`of` has nothing below it), outside (a loop word outside its loop), value (`of` has no value), function
    (not in this version).  `known` are the words that would fit.
    """

    at: n.Name
    why: str
    known: tuple[str, ...] = ()
    of: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """The loops around a place as (word, table), outermost first, and what else is near.

    `rows`: the table whose columns are bare words here (`choices from`, `{each …}`), "" elsewhere.
    `candidates`: in `workers where`, left of a comparison.  `testing`: in a `test:` block.
    `unclear`: a word that means nothing may be a column of something that is no table of the file.
    `problems`: what could not be placed while this scope, or one made from it, was read.
    """

    names: Names
    loops: tuple[tuple[str, str], ...] = ()
    rows: str = ""
    candidates: bool = False
    testing: bool = False
    unclear: bool = False
    problems: list[Missing] = field(default_factory=list, compare=False)

    def within(self, loop: n.ForEach) -> Scope:
        """Inside the block of a loop."""
        return replace(self, loops=(*self.loops, (loop.word.key, table_of(loop, self.names))))

    def over_rows(self, table: str) -> Scope:
        """Where each row of a table is read in turn; of no table ("") nothing is known, and nothing is missing."""
        return replace(self, rows=table, unclear=not table)

    def among_people(self, left: bool = True) -> Scope:
        """In `workers where`: left of a comparison, or right of it."""
        return replace(self, candidates=left)

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that have a present row here."""
        around = tuple(table for _, table in self.loops)
        return (*around, self.rows) if self.rows else around


def scope_of(visit: Visit, names: Names) -> Scope:
    """The scope in which a visited node is read."""
    scope = Scope(names, testing=visit.inside(n.Rehearsal))
    path = (*visit.parents, visit.node)
    for outer, inner in pairwise(path):
        scope = _into(scope, outer, inner)
    return scope


def _into(scope: Scope, outer: n.Node, inner: n.Node) -> Scope:
    """One step from a node to one directly below."""
    if type(outer) is n.ForEach and inner is outer.block:
        return scope.within(outer)
    if type(outer) is n.ChoicesFrom and inner is outer.label:
        return scope.over_rows(rows_of(outer, scope.names))
    if type(outer) is n.EachRow:
        return scope.over_rows(table_named(outer.table.text, scope.names))
    if type(outer) is n.People:
        return scope.among_people()
    return scope


def rows_of(source: n.ChoicesFrom, names: Names) -> str:
    """The table, or what else has rows, whose rows are the choices; "" where there is none."""
    return table_of(source, names)


def table_named(word: str, names: Names) -> str:
    """What has rows under that name as it is spelled where it stands, "" if there is none."""
    table = names.rows(word)
    return table.name if table is not None else ""
