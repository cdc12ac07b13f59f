"""What a finding proposes can be done with a click, where doing it mends the finding: every action was tried before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lsprotocol import types as lsp

from editor.diagnostics import diagnostics
from editor.opened import Opened
from grammar.diagnostics import Finding
from grammar.nodes import Span

_PROPOSED = re.compile(r"^(?:Write|Do you mean|Join them:) `([^`…]+)`")
_SAID = re.compile(r"`(.+?)`")
WHOLE_LINES = frozenset({"E002", "E027", "E028", "E031", "E034", "E035", "E039"})
"""Their proposals are lines, whatever stands at the mark."""

WORDS = "100"
"""Codes below are about the words of a line."""

MEANING = "200"
"""Codes below are about reading (`grammar.diagnostics`): whether they are mended is seen without the meaning."""

MOST = 10
"""So many findings of one place are tried."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A line as it should be, and the finding that goes then."""

    finding: Finding
    title: str
    right: str


def proposals(opened: Opened, begin: int, end: int, others: Sequence[Opened]) -> list[Proposal]:
    """What can be done about the findings of these lines, counted from 1."""
    known = opened.load(others).findings
    here = [found for found in known if found.file == opened.name and begin <= found.line <= end]
    made = (_proposal(opened, found, known, others) for found in here[:MOST])
    return [proposal for proposal in made if proposal is not None]


def actions(opened: Opened, uri: str, range_: lsp.Range, others: Sequence[Opened]) -> list[lsp.CodeAction]:
    """The same as an editor shows them."""
    found = proposals(opened, range_.start.line + 1, range_.end.line + 1, others)
    return [
        lsp.CodeAction(
            each.title,
            kind=lsp.CodeActionKind.QuickFix,
            diagnostics=diagnostics(opened, [each.finding]),
            edit=lsp.WorkspaceEdit({uri: [_edit(opened, each)]}),
            is_preferred=True,
        )
        for each in found
    ]


def _edit(opened: Opened, proposal: Proposal) -> lsp.TextEdit:
    line = proposal.finding.line
    row = opened.read.lines[line - 1]
    return lsp.TextEdit(opened.places.range(Span(line, 1, len(row) + 1)), proposal.right)


def _proposal(opened: Opened, found: Finding, known: Sequence[Finding], others: Sequence[Opened]) -> Proposal | None:
    proposed = _PROPOSED.match(found.hint)
    if proposed is None:
        return None
    row = opened.read.lines[found.line - 1]
    right = next(
        (right for right in _lines(found, row, proposed[1]) if _mends(opened, found, right, known, others)), None
    )
    return None if right is None else Proposal(found, f"Write `{proposed[1]}`", right)


def _mends(opened: Opened, found: Finding, right: str, known: Sequence[Finding], others: Sequence[Opened]) -> bool:
    """With the line so, the finding is gone, and there is no mistake that was not there before."""
    rows = list(opened.read.lines)
    rows[found.line - 1] = right
    changed = opened.with_text("\n".join(rows))
    after = changed.reading() if found.code[1:] < MEANING else changed.load(others).findings
    before = {(each.line, each.code) for each in known}
    errors = {(each.line, each.code) for each in after if each.severity == "error" and _told(each) != _told(found)}
    return (found.line, found.code) not in {(each.line, each.code) for each in after} and errors <= before


def _told(found: Finding) -> tuple[str, str]:
    """What is wrong, wherever: what is said once of many places is said of the next when the first is mended."""
    return found.code, found.message


def _lines(found: Finding, row: str, text: str) -> Iterator[str]:
    """The line as the finding may mean it, the likeliest first."""
    margin = row[: len(row) - len(row.lstrip())]
    begins = found.code[1:] < WORDS and found.column == len(margin) + 1
    whole = _first(text) == _first(row) or begins or found.code in WHOLE_LINES
    before, after = row[: found.column - 1], row[found.column - 1 :]
    if whole:
        yield margin + text
    for said in _SAID.findall(found.message):
        if after.lower().startswith(said.lower()):
            yield before + text + after[len(said) :]
    yield before + text + after


def _first(text: str) -> str:
    return (text.split() or [""])[0].strip(":")
