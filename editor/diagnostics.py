"""Findings as an editor shows them: at the author's own letters, with what to do, and a link to the code's page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
from lsprotocol import types as lsp

from editor.opened import Opened
from grammar import nodes as n
from grammar.diagnostics import Finding, page_file
from grammar.incremental import unchanged

SOURCE = "dundun"

SEVERITIES = {
    "error": lsp.DiagnosticSeverity.Error,
    "warning": lsp.DiagnosticSeverity.Warning,
    "note": lsp.DiagnosticSeverity.Information,
}


def diagnostics(opened: Opened, findings: Iterable[Finding]) -> list[lsp.Diagnostic]:
    """The findings of an open file; those of a file that it names stand where it is named."""
    return [_diagnostic(finding, opened) for finding in findings]


def _diagnostic(finding: Finding, opened: Opened) -> lsp.Diagnostic:
    own = finding.file == opened.name
    said = f"{finding.message}\n{finding.hint}".strip()
    return lsp.Diagnostic(
        range=opened.places.word(finding.line, finding.column) if own else _named(finding, opened),
        message=said if own else f"{Path(finding.file).name}, line {finding.line}: {said}",
        severity=SEVERITIES[finding.severity],
        code=finding.code,
        code_description=lsp.CodeDescription(page_file(finding.code).as_uri()),
        source=SOURCE,
    )


def _named(finding: Finding, opened: Opened) -> lsp.Range:
    """The line that names the file; of a file that an included one names, the first line that names any."""
    lines = [line for line in _tops(opened.read.file) if isinstance(line, n.Include | n.TableFile)]
    wanted = Path(finding.file).name
    spans = [line.span for line in lines if Path(line.path.replace("\\", "/")).name == wanted]
    spans = spans or [line.span for line in lines] or [n.Span(1, 1, 2)]
    return opened.places.range(spans[0])


def _tops(file: n.File) -> Sequence[n.Node]:
    return [*file.loose, *(line for flow in file.flows for line in flow.body)]


def moved(before: Sequence[str], after: Sequence[str], findings: Sequence[Finding]) -> list[Finding]:
    """What was found in the text of before, in that of now: of lines that were changed nothing is known."""
    above, below = unchanged(before, after)
    down = len(after) - len(before)
    kept = [found for found in findings if found.line <= above]
    return kept + [
        msgspec.structs.replace(found, line=found.line + down)
        for found in findings
        if found.line > max(above, len(before) - below)
    ]
