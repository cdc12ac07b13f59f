"""What a flow needs around it: the actions and systems that the settings name, and recordings that are there.

Without settings nothing is claimed: an author may write a flow long before there is a server.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from grammar import nodes as n
from grammar.checks.subject import Subject, listed, proposal
from grammar.compiler.header import channels_of
from grammar.deployment import Deployment
from grammar.diagnostics import Finding
from grammar.folder import NotHere

CODES = frozenset({"W343", "W344", "W345", "W346"})
"""What is missing around a flow and not in it: whoever runs the server can mend it."""

_EMPTY = ("", "-")
"""Cells of a row that has no recording."""


def actions(subject: Subject) -> Iterator[Finding]:
    """`do certificate` calls an action of the settings."""
    called = [line.action for line, _ in subject.every(n.Do)]
    settings = subject.folder.deployment
    if settings is not None:
        yield from _unknown(subject, "W343", called, settings.actions, settings)


def arguments(subject: Subject) -> Iterator[Finding]:
    """What an action is given is something that it takes, where the settings say what that is."""
    settings = subject.folder.deployment
    known = settings.actions if settings is not None else {}
    for line, _ in subject.every(n.Do):
        takes = known.get(line.action.text)
        for arg in line.args if takes is not None else ():
            if takes is not None and arg.name.text not in takes:
                hint = proposal(arg.name.text, sorted(takes)) or _all_of(takes)
                yield subject.say("W346", arg.name, hint, name=arg.name.text, action=line.action.text)


def systems(subject: Subject) -> Iterator[Finding]:
    """`submit to dhis2` hands answers to a system of the settings."""
    named = [line.system for line, _ in subject.every(n.Submit)]
    settings = subject.folder.deployment
    if settings is not None:
        yield from _unknown(subject, "W344", named, settings.systems, settings)


def _unknown(
    subject: Subject, code: str, named: Iterable[n.Name], known: Collection[str], settings: Deployment
) -> Iterator[Finding]:
    for name in named:
        if name.text not in known:
            hint = proposal(name.text, sorted(known)) or _all_of(known)
            yield subject.say(code, name, hint, name=name.text, file=settings.file)


def _all_of(known: Collection[str]) -> str | None:
    words = sorted(known)
    return None if not words else f"There {'are' if words[1:] else 'is only'} {listed(words)}."


def recordings(subject: Subject) -> Iterator[Finding]:
    """What a call plays is a file of the flows folder."""
    if subject.folder.deployment is None or "ivr" not in channels_of(subject.names.flow):
        return
    for path, at in (*_below_texts(subject), *_in_tables(subject)):
        try:
            subject.folder.find(path, at.span.file or subject.file, "")
        except NotHere as why:
            yield subject.say("W345", at, path=path, why=str(why))


def _below_texts(subject: Subject) -> Iterator[tuple[str, n.Node]]:
    for part, _ in subject.every(n.Part):
        if part.key.key == "audio":
            for _, _, text in part.message.versions():
                yield "".join(piece for piece in text.pieces if isinstance(piece, str)).strip(), text


def _in_tables(subject: Subject) -> Iterator[tuple[str, n.Node]]:
    """The cells of columns that are called `audio` or `audio:fr` (RULES A6)."""
    for entry in subject.names.of("table"):
        for path, at in _cells(entry.node):
            if path not in _EMPTY:
                yield path, at


def _cells(table: n.Node) -> Iterator[tuple[str, n.Node]]:
    """What stands in these columns; of a file of rows, the line that names it is the place."""
    if isinstance(table, n.Table):
        columns = [at for at, cell in enumerate(table.header.cells) if _is_audio(cell.text)]
        cells = (row.cells[at] for row in table.rows for at in columns if at < len(row.cells))
        yield from ((cell.text, cell) for cell in cells)
    elif isinstance(table, n.TableFile):
        columns = [at for at, column in enumerate(table.columns) if _is_audio(column)]
        yield from ((row[at], table) for row in table.rows for at in columns if at < len(row))


def _is_audio(column: str) -> bool:
    return column.partition(":")[0].strip().lower() == "audio"


CHECKS = (actions, arguments, systems, recordings)
