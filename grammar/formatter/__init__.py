"""Flow files in their canonical form: it says what the file said, line by line, and a second time changes nothing."""

from __future__ import annotations

import msgspec

from grammar import parser, reader
from grammar.diagnostics import Finding
from grammar.formatter.blanks import spaced
from grammar.formatter.layout import placed
from grammar.formatter.same import same

STEP = 4
"""Spaces that a block stands further in."""


class Formatted(msgspec.Struct, frozen=True):
    """`text`: the whole file in its canonical form, its lines ended by a line feed.

    None where a line cannot be read; then `findings` say why, and `lines` are the author's.
    """

    text: str | None
    findings: tuple[Finding, ...]
    lines: tuple[str, ...]


class ChangedError(Exception):
    """The canonical form would not say what the file says: a mistake of ours, and the file must stay as it is."""


def canonical(data: bytes, name: str) -> Formatted:
    """The bytes of a file of that name in canonical form.  Raises ChangedError."""
    source, found = reader.read(data, name)
    file, misread = parser.parse(source)
    findings = (*found, *misread)
    if any(finding.severity == "error" for finding in findings):
        return Formatted(None, findings, source.shown)
    text = write(source)
    again, _ = parser.parse(reader.read(text.encode(), name)[0])
    if not again.complete or not same(file, again):
        raise ChangedError(name)
    return Formatted(text, findings, source.shown)


def write(source: reader.Source) -> str:
    """The canonical form of lines that can be read."""
    items = spaced(placed(source.lines))
    return "".join("\n" if item is None else f"{' ' * (STEP * item.level)}{item.text}\n" for item in items)
