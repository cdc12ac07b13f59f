"""What stands under the mouse: the line that gives a name, and what a text costs as SMS in each language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from lsprotocol import types as lsp

from editor.definition import definition, use_at
from editor.opened import Opened
from grammar import gsm7
from grammar import nodes as n
from grammar import program as p
from grammar.checks.longest import Longest
from grammar.compiler.texts import text
from grammar.names import Names
from grammar.scopes import scope_of
from grammar.walk import Visit, walk

Measure = Callable[[str], tuple[str, int]]
"""A text → "gsm7" or "ucs2", and its SMS."""

ENCODINGS = {"gsm7": "GSM-7", "ucs2": "UCS-2"}


def hover(
    opened: Opened, position: lsp.Position, others: Sequence[Opened] = (), measure: Measure = gsm7.measure
) -> lsp.Hover | None:
    """Markdown for a place; None where there is nothing to say."""
    line = opened.places.of_position(position)[0]
    said = [*_named(opened, position, others), *_costs(opened, line, {""}, measure)]
    said += _costs_in_flows(opened, line, others, measure)
    if not said:
        return None
    return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, "\n\n".join(said)))


def _named(opened: Opened, position: lsp.Position, others: Sequence[Opened]) -> Iterator[str]:
    """The line that gives the name."""
    place = definition(opened, position, others)
    use = use_at(opened, position, others)
    if place is None or use is None or use.given or use.thing.kind in ("file", "language"):
        return
    file = next((file for file in (opened, *others) if file.name == place.file), None)
    if file is not None:
        line = file.read.lines[place.span.line - 1].strip()
        yield f"```flow\n{line}\n```"


def _costs_in_flows(part: Opened, line: int, others: Sequence[Opened], measure: Measure) -> Iterator[str]:
    """Of a text in a file that others include: the cost in each flow, once where it is the same."""
    if part.read.file.flows:
        return
    found: dict[str, list[str]] = {}
    for other in others:
        for rows in _costs(other, line, other.calls(part), measure):
            found.setdefault(rows, []).append(Path(other.name).name)
    yield from (f"In {', '.join(files)}:  \n{rows}" for rows, files in found.items())


def _costs(opened: Opened, line: int, files: set[str], measure: Measure) -> Iterator[str]:
    """A line for each language in which the text is there.  `files`: how spans name the file that has the line."""
    for names, made in zip(opened.names, opened.result.made, strict=True) if files else ():
        visit = _message_at(names.flow, line, files)
        if visit is not None and isinstance(visit.node, n.Message):
            rows = list(_rows(visit, names, made.program, measure))
            if rows:
                yield "  \n".join(rows)


def _message_at(flow: n.Flow, line: int, files: set[str]) -> Visit | None:
    """The outermost text of which a line says something, in whatever language."""
    for visit in walk(flow):
        if isinstance(visit.node, n.Message) and not visit.inside(n.Message):
            lines = [node.span.line for _, _, node in visit.node.versions() if node.span.file in files]
            if line in lines or (lines and visit.node.span.line == line and visit.node.span.file in files):
                return visit
    return None


def _rows(visit: Visit, names: Names, program: p.Program, measure: Measure) -> Iterator[str]:
    message = visit.node
    assert isinstance(message, n.Message)  # noqa: S101 - the caller looked
    made = text(message, scope_of(visit, names))
    for language in program.languages:
        longest = Longest(program, language)
        if longest.has(made):
            sent = _longest(visit.parents[-1], made, longest)
            sent = gsm7.plain(sent) if program.plain_letters else sent
            encoding, parts = measure(sent)
            yield f"`{language}`: **{parts} SMS** ({ENCODINGS[encoding]}, {len(sent)} letters at most)"
        else:
            yield f"`{language}`: not translated"


def _longest(owner: n.Node, made: p.Text, longest: Longest) -> str:
    """A question comes with its choices; elsewhere `{question}` is that of the question around."""
    question = longest.program.questions.get(owner.name.text) if isinstance(owner, n.Question) else None
    return longest.message(made) if question is None else longest.question(question)
