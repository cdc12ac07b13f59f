"""The outline of a file: flows, and in each its sections, questions, tables, blocks and tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lsprotocol import types as lsp

from editor.opened import Opened
from editor.places import Places
from grammar import nodes as n
from grammar.walk import walk

Kind = lsp.SymbolKind


def outline(opened: Opened) -> list[lsp.DocumentSymbol]:
    """The symbols of a file, nested as its lines are read."""
    file, places = opened.read.file, opened.places
    tops: list[n.Node] = [*file.loose, *file.flows]
    end = len(places.rows)
    return [symbol for top, last in _with_ends(tops, end) for symbol in _top(top, last, places)]


def _with_ends(nodes: Sequence[n.Node], end: int) -> list[tuple[n.Node, int]]:
    """Each node with its last line: that above the next."""
    lines = [node.span.line for node in nodes]
    return list(zip(nodes, [line - 1 for line in lines[1:]] + [end], strict=False)) if nodes else []


def _top(node: n.Node, end: int, places: Places) -> Iterable[lsp.DocumentSymbol]:
    if isinstance(node, n.Flow):
        yield _flow(node, end, places)
        return
    title = _title(node)
    if title is not None:
        below = [
            _symbol(question.name.text, question.kind, Kind.Field, question, places, question.span.line)
            for question in _questions(node)
        ]
        yield _symbol(*title, node, places, end, below)
    else:
        yield from (
            _symbol(question.name.text, question.kind, Kind.Field, question, places, question.span.line)
            for question in _questions(node)
        )


def _flow(flow: n.Flow, end: int, places: Places) -> lsp.DocumentSymbol:
    below: list[lsp.DocumentSymbol] = []
    section: lsp.DocumentSymbol | None = None
    for node, last in _with_ends(flow.body, end):
        found = list(_top(node, max(node.span.line, last), places))
        if isinstance(node, n.Section):
            section = found[0]
            section.children = []
            below.append(section)
        elif section is not None and section.children is not None and not isinstance(node, n.Rehearsal | n.Table):
            section.children = [*section.children, *found]
            section.range = lsp.Range(section.range.start, _end(last, places))
        else:
            below += found
    return _symbol(flow.name.text, "flow", Kind.Module, flow, places, end, below)


def _questions(node: n.Node) -> Iterable[n.Question]:
    return (visit.node for visit in walk(node) if isinstance(visit.node, n.Question))


def _title(node: n.Node) -> tuple[str, str, lsp.SymbolKind] | None:
    """What a line at the margin is called, and what it is; None for lines of the conversation."""
    match node:
        case n.Section():
            return node.name.text, "section", Kind.Namespace
        case n.Table() | n.TableFile():
            return node.name.text, "table", Kind.Array
        case n.Rehearsal():
            return node.title.text or "test", "test", Kind.Method
        case n.RehearsalWorker():
            return node.name.text, "test worker", Kind.Object
        case n.After():
            return f"after {node.after.amount} {node.after.unit}", "block", Kind.Event
        case n.OnWord():
            return " or ".join(word.text for word in node.words), "on word", Kind.Event
        case n.OnEvent():
            return node.event.text, "on event", Kind.Event
    return None


def _symbol(
    name: str,
    detail: str,
    kind: lsp.SymbolKind,
    node: n.Node,
    places: Places,
    end: int,
    below: Sequence[lsp.DocumentSymbol] = (),
) -> lsp.DocumentSymbol:
    begin = lsp.Position(node.span.line - 1, 0)
    last = max([_end(end, places), *(each.range.end for each in below)])
    return lsp.DocumentSymbol(name, kind, lsp.Range(begin, last), _selected(node, places), detail, children=list(below))


def _selected(node: n.Node, places: Places) -> lsp.Range:
    return places.range(n.Span(node.span.line, 1, len(places.rows[node.span.line - 1]) + 1))


def _end(line: int, places: Places) -> lsp.Position:
    return places.position(line, len(places.rows[line - 1]) + 1)
