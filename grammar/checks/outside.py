"""Systems outside: the ids of DHIS2 have its shape, and no two answers go to one data element."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from grammar import nodes as n
from grammar.checks.subject import Subject
from grammar.diagnostics import Finding
from grammar.names import TableInfo
from grammar.walk import Visit

_ID = re.compile(r"[A-Za-z][A-Za-z0-9]{10}")
"""A letter and ten letters or digits (DHIS2 developer guide, "UID")."""

_SENT = ("dataset", "data_set", "org_unit")
"""What of `submit` is an id."""


class Target(NamedTuple):
    """Where an answer goes: its id as it stands in the file, where that is, and the question with what is around it."""

    id: str
    at: n.Node
    visit: Visit


def _targets(subject: Subject) -> Iterator[Target]:
    """Every data element of a question; of a column, that of each row."""
    for question, visit in subject.every(n.Question):
        for line in question.attributes:
            if isinstance(line, n.Mapping) and line.system == "dhis2":
                for found in _ids(line, visit, subject):
                    yield Target(found, line, visit)


def _ids(line: n.Mapping, visit: Visit, subject: Subject) -> list[str]:
    """The ids that a line gives: one, or the cells of a column of the loop's table."""
    pieces = line.target.pieces
    if all(isinstance(piece, str) for piece in pieces):
        return ["".join(piece for piece in pieces if isinstance(piece, str)).strip()]
    value = pieces[0].value if len(pieces) == 1 and isinstance(pieces[0], n.Insert) else None
    if not isinstance(value, n.Path) or len(value.parts) != 2:
        return []
    loops = dict(subject.scope(visit).loops)
    info = subject.names.rows(loops.get(value.parts[0].key, ""))
    column = info.column(value.parts[1].text) if isinstance(info, TableInfo) else None
    if not isinstance(info, TableInfo) or column is None:
        return []
    place = info.columns.index(column)
    return [row[place] for row in info.rows if place < len(row) and row[place] not in ("", "-")]


def shapes(subject: Subject) -> Iterator[Finding]:
    """Ids of DHIS2 have eleven characters; behind a dot may stand that of a category."""
    for target in _targets(subject):
        if not all(_ID.fullmatch(part) for part in target.id.split(".")):
            yield subject.say("W340", target.at, id=target.id)
    for submit, _ in subject.every(n.Submit):
        for arg in submit.args:
            is_id = submit.system.key == "dhis2" and arg.name.key in _SENT and isinstance(arg.value, n.Quoted)
            if is_id and isinstance(arg.value, n.Quoted) and not _ID.fullmatch(arg.value.value):
                yield subject.say("W340", arg.value, id=arg.value.value)


def twice(subject: Subject) -> Iterator[Finding]:
    """One data element gets one answer: the later one would replace the earlier."""
    first: dict[str, Target] = {}
    for target in _targets(subject):
        before = first.setdefault(target.id, target)
        if before is not target and not _exclude(before.visit, target.visit):
            yield subject.say("W341", target.at, id=target.id, line=before.at.span.line)


def _exclude(one: Visit, other: Visit) -> bool:
    """Do they stand in different branches of one `if`?"""
    mine = [*one.parents, one.node]
    for at, (here, there) in enumerate(zip(mine, [*other.parents, other.node], strict=False)):
        if here is not there:
            return at > 0 and isinstance(mine[at - 1], n.If)
    return False


def in_loops(subject: Subject) -> Iterator[Finding]:
    """In a loop each row has a data element of its own."""
    for question, visit in subject.every(n.Question):
        for line in question.attributes:
            fixed = isinstance(line, n.Mapping) and line.system == "dhis2" and not _reads(line)
            if fixed and subject.scope(visit).loops:
                yield subject.say("W342", line, name=question.name.text)


def _reads(line: n.Mapping) -> bool:
    return any(not isinstance(piece, str) for piece in line.target.pieces)


CHECKS = (shapes, twice, in_loops)
