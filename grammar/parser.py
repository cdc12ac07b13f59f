"""Lines become a tree, chunk by chunk; a line that cannot be read is set aside alone, so no mistake hides another."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grammar import mistakes
from grammar.chunks import cut, span
from grammar.diagnostics import Finding, finding, in_order
from grammar.mending import MAX_MISTAKES, read_chunk
from grammar.nodes import File, Flow, Span
from grammar.nodes.file import TopLevel
from grammar.reader import Line, Source

_LANGUAGES = re.compile(r"languages\s*:(.*)", re.IGNORECASE)


def parse(source: Source) -> tuple[File, list[Finding]]:
    """The tree of a file, and what is wrong with its lines, in the order of seriousness and place.

    `File.complete` is False where a line could not be read.
    """
    chunks = cut(source.lines)
    lost = mistakes.lost(chunks, source.name)
    if lost is not None:
        return file_of(source.name, [], complete=False), [lost]
    tags = declared(chunks)
    tops: list[TopLevel | Flow] = []
    findings: list[Finding] = []
    for chunk in chunks:
        if len(findings) >= MAX_MISTAKES:
            findings.append(finding("E036", source.name, span(chunk[0]), limit=MAX_MISTAKES))
            break
        read, found = read_chunk(chunk, source.name, tags)
        tops += read
        findings += found
    complete = not any(found.severity == "error" for found in findings)
    return file_of(source.name, tops, complete), in_order(findings)


def declared(chunks: Sequence[Sequence[Line]]) -> frozenset[str]:
    """The languages of the file's headers, before any of them could be read: they tell a tag from a slip."""
    found = (_LANGUAGES.match(line.words) for chunk in chunks for line in chunk[1:])
    return frozenset(tag.lower() for match in found if match for tag in re.findall(r"[\w-]+", match[1]))


def file_of(name: str, tops: Sequence[TopLevel | Flow], complete: bool) -> File:
    """Each flow with the lines below it, down to the next."""
    loose: list[TopLevel] = []
    flows: list[tuple[Flow, list[TopLevel]]] = []
    for top in tops:
        if isinstance(top, Flow):
            flows.append((top, []))
        elif flows:
            flows[-1][1].append(top)
        else:
            loose.append(top)
    whole = tuple(Flow(f.name, f.title, f.header, tuple(body), span=f.span) for f, body in flows)
    return File(name, tuple(loose), whole, complete, span=Span(1, 1, 1))
