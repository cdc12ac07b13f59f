"""What a finding proposes can be done with a click, where doing it mends the finding: every action was tried before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lsprotocol import types as lsp

from editor.diagnostics import diagnostics
from editor.opened import Opened
from editor.remedies import Remedy, remedies
from grammar.diagnostics import Finding

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
    """Lines as they should be, and the finding that goes then."""

    finding: Finding
    remedy: Remedy


def proposals(opened: Opened, begin: int, end: int, others: Sequence[Opened]) -> list[Proposal]:
    """What can be done about the findings of these lines, counted from 1."""
    known = opened.load(others).findings
    here = [found for found in known if found.file == opened.name and begin <= found.line <= end]
    made = (_proposal(opened, found, known, others) for found in here[:MOST])
    return [proposal for proposal in made if proposal is not None]


def actions(opened: Opened, uri: str, range_: lsp.Range, others: Sequence[Opened]) -> list[lsp.CodeAction]:
    """The same as an editor shows them: of those of a line that read alike the one nearest to the cursor."""
    _, column = opened.places.of_position(range_.start)
    found = proposals(opened, range_.start.line + 1, range_.end.line + 1, others)
    near = sorted(found, key=lambda each: (each.finding.line, abs(each.finding.column - column)))
    once: dict[tuple[int, str], Proposal] = {}
    for each in near:
        once.setdefault((each.finding.line, each.remedy.title), each)
    return [
        lsp.CodeAction(
            each.remedy.title,
            kind=lsp.CodeActionKind.QuickFix,
            diagnostics=diagnostics(opened, [each.finding]),
            edit=lsp.WorkspaceEdit({uri: [_edit(opened, each.remedy)]}),
            is_preferred=True,
        )
        for each in once.values()
    ]


def _edit(opened: Opened, remedy: Remedy) -> lsp.TextEdit:
    """Whole lines go with the break behind them; the last of the file has none, and gives the one before it."""
    places, last = opened.places, len(opened.places.rows)
    begin, end = places.position(remedy.begin, 1), places.position(remedy.end + 1, 1)
    if remedy.end < last:
        return lsp.TextEdit(lsp.Range(begin, end), "".join(f"{row}\n" for row in remedy.rows))
    end = places.position(last, len(places.rows[-1]) + 1)
    if remedy.begin == 1:
        return lsp.TextEdit(lsp.Range(begin, end), "\n".join(remedy.rows))
    above = places.position(remedy.begin - 1, len(places.rows[remedy.begin - 2]) + 1)
    return lsp.TextEdit(lsp.Range(above, end), "".join(f"\n{row}" for row in remedy.rows))


def _proposal(opened: Opened, found: Finding, known: Sequence[Finding], others: Sequence[Opened]) -> Proposal | None:
    tried = (remedy for remedy in _remedies(opened, found) if _mends(opened, found, remedy, known, others))
    remedy = next(tried, None)
    return None if remedy is None else Proposal(found, remedy)


def _remedies(opened: Opened, found: Finding) -> Iterator[Remedy]:
    """Words and lines that the finding shows, and then what it says."""
    proposed, rows = _PROPOSED.match(found.hint), opened.read.lines
    if proposed is not None:
        for right in _lines(found, rows[found.line - 1], proposed[1]):
            yield Remedy(f"Write `{proposed[1]}`", found.line, found.line, (right,))
    yield from remedies(found, rows)


def _mends(opened: Opened, found: Finding, remedy: Remedy, known: Sequence[Finding], others: Sequence[Opened]) -> bool:
    """With the lines so, there is one finding of its kind less, and no mistake that was not there before."""
    changed = opened.with_text("\n".join(remedy.applied(opened.read.lines)))
    after = changed.reading() if found.code[1:] < MEANING else changed.load(others).findings
    before = {(_line(remedy, each.line), each.code) for each in known}
    errors = {(each.line, each.code) for each in after if each.severity == "error" and _told(each) != _told(found)}
    places = {found.line, _line(remedy, found.line)}
    left = sum(each.code == found.code and each.line in places for each in after)
    # one line may have several of a kind, of which a click mends one
    return left < sum(each.code == found.code and _line(remedy, each.line) in places for each in known) and (
        errors <= before
    )


def _line(remedy: Remedy, line: int) -> int:
    """Where a line stands when the remedy is applied."""
    return line + len(remedy.rows) - (remedy.end - remedy.begin + 1) if line > remedy.end else line


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
