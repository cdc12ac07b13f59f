"""A name becomes another in every file that uses it, or nowhere: what comes out is looked at before it is proposed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from lsprotocol import types as lsp

from editor import shared
from editor.definition import use_at
from editor.opened import Opened
from editor.shared import Unnamed
from editor.uses import Thing, Use
from grammar.diagnostics import Finding
from grammar.loader import Loaded

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def renamable(opened: Opened, position: lsp.Position, others: Sequence[Opened] = ()) -> Use:
    """The use of a name that can be renamed.  Raises Unnamed."""
    if any(found.severity == "error" for found in opened.reading()):
        raise Unnamed("Mend the marked lines first: what stands in them might use the name, too.")
    use = use_at(opened, position, others)
    if use is None:
        raise Unnamed("Here is no name of this flow: questions, sections, texts, inputs, tables and flows have names.")
    if use.thing.kind not in ("name", "flow", "choice"):
        raise Unnamed(f"`{opened.places.text(use.span)}` is not given in a flow, so it cannot be renamed there.")
    return use


def renamed(opened: Opened, position: lsp.Position, new: str, others: Sequence[Opened]) -> dict[str, list[Use]]:
    """What has to become `new`, by the file's name.  Raises Unnamed."""
    use = renamable(opened, position, others)
    if not NAME.fullmatch(new):
        raise Unnamed(f"`{new}` is no name: a name is one word of the letters a to z, digits and `_`.")
    files = [opened, *others]
    uses = shared.uses(files, use.thing)
    if not any(each.given for found in uses.values() for each in found):
        raise Unnamed(f"`{opened.places.text(use.span)}` is not given in any file of this folder.")
    for file in files:
        _readable(file, uses.get(file.name, ()), shared.parts_in(file, uses))
    texts = {Path(file.name).resolve(): rewritten(file, uses[file.name], new) for file in files if file.name in uses}
    changed = [shared.changed(file, texts) for file in files]
    for at, file in enumerate(files):
        if file is not changed[at]:
            _try(file, _beside(files, at), changed[at], _beside(changed, at))
    return uses


def is_question(files: Sequence[Opened], thing: Thing) -> bool:
    """Is it a question, at which conversations may be waiting?"""
    flows = [names for file in files for names in file.names if names.flow.name.key == thing.owner]
    return any(names.question(thing.key) is not None for names in flows)


def _readable(file: Opened, uses: Sequence[Use], parts: bool) -> None:
    """Raise Unnamed where a place is not as it was read, or where lines that cannot be read may use the name, too."""
    for use in uses:
        if file.places.text(use.span).lower() != use.thing.key:
            raise Unnamed(f"Line {use.span.line} of {file.name} is not as it was read: save the file, and try again.")
    if (uses or parts) and any(each.severity == "error" for each in file.reading()):
        raise Unnamed(f"Mend the marked lines of {file.name} first: what stands in them might use the name, too.")


def _beside(files: Sequence[Opened], at: int) -> list[Opened]:
    return [*files[:at], *files[at + 1 :]]


def _try(file: Opened, others: Sequence[Opened], changed: Opened, changed_others: Sequence[Opened]) -> None:
    """Raise Unnamed where the new name makes a mistake, or hides one."""
    before, after = file.load(others), changed.load(changed_others)
    news = [found for found in after.findings if _mark(found) not in {_mark(each) for each in before.findings}]
    if news:
        raise Unnamed(f"{news[0].message} (line {news[0].line})")
    if _shape(before) != _shape(after):
        raise Unnamed("With that name the flow would mean something else.")


def _mark(found: Finding) -> tuple[str, int, str]:
    return found.file, found.line, found.code


def _shape(loaded: Loaded) -> list[tuple[int, list[str]]]:
    """What of a program no name can change: its operations in order, and how many questions it has."""
    programs = loaded.compiled.programs if loaded.compiled else ()
    return [(len(program.questions), [type(op).__name__ for op in program.code]) for program in programs]


def rewritten(file: Opened, uses: Sequence[Use], new: str) -> str:
    """The text of a file with a new name in all these places; the ends of its lines become line feeds."""
    rows = list(file.read.lines)
    for line, found in groupby(sorted(uses, key=lambda use: use.span.line), key=lambda use: use.span.line):
        row = rows[line - 1]
        for use in sorted(found, key=lambda use: -use.span.column):
            row = row[: use.span.column - 1] + _put(file, use, new) + row[use.span.end_column - 1 :]
        rows[line - 1] = row
    return "\n".join(rows)


def edits(file: Opened, uses: Sequence[Use], new: str) -> list[lsp.TextEdit]:
    """The same as edits of an editor."""
    return [lsp.TextEdit(file.places.range(use.span), _put(file, use, new)) for use in uses]


def _put(file: Opened, use: Use, new: str) -> str:
    """What comes there: a label that was the code, too, stays as workers read it."""
    return f"{new}: {file.places.text(use.span)}" if use.label else new
