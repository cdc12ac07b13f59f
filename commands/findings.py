"""How a finding looks on a screen: file, line, the line itself with its place marked, a sentence, a code, a hint."""

from __future__ import annotations

import os
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from grammar.diagnostics import Finding, Severity

STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan"}
WIDEST = 100
INDENT = "  "
MOST = 200
"""So many are shown: nobody reads more, and often one slip is behind all of them.  Other programs get all."""

Lines = Mapping[str, Sequence[str]]
"""The author's lines of each file, by the name that findings give it."""


def show(console: Console, findings: Sequence[Finding], lines: Lines) -> None:
    """Print findings in the order in which they come, with an empty line after each; of very many the first."""
    width = min(console.width, WIDEST)
    for finding in findings[:MOST]:
        for row in rows(finding, lines.get(finding.file, ()), width):
            console.print(row, soft_wrap=True)
        console.print()
    if findings[MOST:]:
        console.print(f"And {counted(findings[MOST:])} more: mend these first, then check again.\n")


def rows(finding: Finding, lines: Sequence[str], width: int) -> list[Text]:
    """The rows of one finding, `width` columns wide at most."""
    style = STYLES[finding.severity]
    place = Text.assemble((_near(finding.file), "bold"), f", line {finding.line}")
    if finding.severity != "error":
        place.append(f" ({finding.severity})", style)
    known = 0 < finding.line <= len(lines)
    marked = _marked(lines[finding.line - 1], finding.column, width, style) if known else []
    said = _sentence(finding.message, f"[{finding.code}]", width, style)
    proposed = [Text(INDENT + row) for row in _wrapped(finding.hint, width)]
    return [place, *marked, *said, *proposed]


def counted(findings: Sequence[Finding]) -> str:
    """`2 mistakes, 1 warning`, or `nothing to mend`."""
    kinds = Counter(finding.severity for finding in findings)
    names: dict[Severity, str] = {"error": "mistake", "warning": "warning", "note": "note"}
    said = [f"{n} {names[kind]}{'' if n == 1 else 's'}" for kind in names if (n := kinds[kind])]
    return ", ".join(said) or "nothing to mend"


def _near(file: str) -> str:
    """The file's name as one would write it here."""
    here = f"{Path.cwd()}{os.sep}"
    return file.removeprefix(here)


def _marked(line: str, column: int, width: int, style: str) -> list[Text]:
    """The line and, below it, a mark; of a line that is too wide, the part around the mark."""
    before, after = (part.replace("\t", "    ") for part in (line[: column - 1], line[column - 1 :]))
    room = width - len(INDENT) - 1
    if cell_len(before) > room * 3 // 4:
        before = "…" + before[-(room // 2) :]
    shown = Text(INDENT + before + after.rstrip())
    shown.truncate(width, overflow="ellipsis")
    return [shown, Text(INDENT + " " * cell_len(before) + "^", style)]


def _sentence(message: str, code: str, width: int, style: str) -> list[Text]:
    """The message, and its code at the right end of the last row that has room for it."""
    found = _wrapped(message, width)
    if cell_len(found[-1]) + len(INDENT) + len(code) + 1 > width:
        found.append("")
    texts = [Text(INDENT + row, style) for row in found]
    texts[-1].append(" " * (width - cell_len(texts[-1].plain) - len(code)) + code, "dim")
    return texts


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width - len(INDENT), break_long_words=False, break_on_hyphens=False)
