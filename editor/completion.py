"""What could stand at a place: the parser says which words, the names of the flow and its folder which names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from lark.exceptions import UnexpectedInput
from lsprotocol import types as lsp

from editor.opened import Opened
from grammar import choices, lalr
from grammar import nodes as n
from grammar.checks.beginning import CHANNELS
from grammar.checks.naming import FACILITY
from grammar.chunks import align, begins, cut
from grammar.compiler.expressions import FUNCTIONS
from grammar.kinds import question_codes
from grammar.meaning import WORDS
from grammar.mistakes.words import phrases
from grammar.names import PERSON, Names, SourceInfo
from grammar.reader import Line, clean_rows
from grammar.tags import LANGUAGES

PROBE = "\ue001"
"""A sign that nothing in the language can begin with: reading stops there, and says what could have stood."""

OTHERWISE = Line(1, "otherwise", 0)
"""Whether a chunk could go on is seen by a line with which it would."""

Kind = lsp.CompletionItemKind

_BRACE = re.compile(r"\{[^{}]*$")
_DOTTED = re.compile(r"([A-Za-z_]\w*)\.\w*$")
_BESIDE = re.compile(
    r"([A-Za-z_]\w*)\s+(?:is(?:\s+not)?(?:\s+one\s+of)?|=|!=|<>|includes)\s+(?:\w+\s*,\s*)*\w*$", re.IGNORECASE
)
_WORD = re.compile(r"[\w-]*$")
_PLACES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"(?:go to|->)\s*\w*$", ("section", "question", "message")),
    (r"^\s*ask again\s+\w*$", ("question",)),
    (r"^\s*short form:.*\beach\s+\w*$", ("table", "word")),
    (r"^\s*(?:sensitive|short form):[^{]*$", ("question", "input")),
    (r"^\s*(?:for each \w+ in|choices from)\s+\w*$|\{each\s+\w*$", ("table", "input", "question")),
    (r"^\s*with same\s.*$", ("input",)),
)
_FLOW = re.compile(r"^\s*(?:run|start flow)\s+\w*$", re.IGNORECASE)
_GROUP = re.compile(r"\bgroup\s+\w*$", re.IGNORECASE)
_LANGUAGES = re.compile(r"^\s*languages:[^{]*$", re.IGNORECASE)
_CHANNELS = re.compile(r"^\s*channels:[^{]*$", re.IGNORECASE)
_TELL = re.compile(r"^\s*tell\s+(?:urgent\s+)?\w*$", re.IGNORECASE)
_INCLUDE = re.compile(r"^\s*include\s+[\w/.-]*$", re.IGNORECASE)
_CORRECT = re.compile(r"^\s*correct:[^{]*$", re.IGNORECASE)


def completions(opened: Opened, position: lsp.Position, others: Sequence[Opened] = ()) -> list[lsp.CompletionItem]:
    """What an author may be about to write."""
    line, column = opened.places.of_position(position)
    rows = opened.read.lines
    before = rows[line - 1][: column - 1] if line <= len(rows) else ""
    if before.lstrip().startswith("#"):
        return []
    names = _around(opened, line)
    items = list(_inside(before, names, opened, line)) if names is not None else []
    if not items and not _BRACE.search(before):
        accepted = _accepted(opened, line, before)
        items = [*_elsewhere(before, opened, others), *_items(phrases(accepted), Kind.Keyword)]
        if names is not None:
            items += _named(accepted, names)
    return list({item.label: item for item in items}.values())


def _around(opened: Opened, line: int) -> Names | None:
    """The names of the flow in which a line stands."""
    found = [names for names in opened.names if names.flow.span.line <= line]
    return found[-1] if found else None


def _inside(before: str, names: Names, opened: Opened, line: int) -> Iterator[lsp.CompletionItem]:
    """Names where only names can stand."""
    if dotted := _DOTTED.search(before):
        yield from _parts(dotted[1], names)
    elif beside := _BESIDE.search(before):
        yield from _codes(names, beside[1])
        if not _BRACE.search(before):
            yield from _items(("empty",), Kind.Keyword)
    elif _BRACE.search(before) and not re.search(r"\{each\s+\w*$", before):
        yield from _values(names)
    elif _CORRECT.search(before):
        yield from _correct(names, line)
    else:
        wanted = next((kinds for pattern, kinds in _PLACES if re.search(pattern, before, re.IGNORECASE)), ())
        yield from (_item(entry.name, Kind.Reference, entry.kind) for entry in names.of(*wanted) if wanted)


def _elsewhere(before: str, opened: Opened, others: Sequence[Opened]) -> Iterator[lsp.CompletionItem]:
    """Flows, groups and parts of the folder, languages, channels, and who is told."""
    files = (opened, *others)
    if _FLOW.search(before):
        yield from _items((names.flow.name.text for file in files for names in file.names), Kind.Module)
    elif _GROUP.search(before):
        keys = (use.thing.key for file in files for use in file.uses if use.thing.kind == "group")
        yield from _items(sorted(set(keys)), Kind.Class)
    elif _LANGUAGES.search(before):
        yield from (_item(tag, Kind.EnumMember, name.title()) for name, tag in LANGUAGES.items())
    elif _CHANNELS.search(before):
        yield from _items(CHANNELS, Kind.EnumMember)
    elif _TELL.search(before):
        yield from _items(("supervisor",), Kind.Constant)
    elif _INCLUDE.search(before):
        yield from _items(_parts_of(opened, others), Kind.File)


def _parts_of(opened: Opened, others: Sequence[Opened]) -> Iterator[str]:
    """The files of the folder that can be included: those without a flow of their own, as a line would name them."""
    root = opened.folder.root
    for file in others:
        if root is not None and file.path is not None and not file.read.file.flows:
            yield file.path.resolve().relative_to(root.resolve()).as_posix()


def _parts(first: str, names: Names) -> Iterator[lsp.CompletionItem]:
    """What can stand behind `first.`."""
    if first.lower() in ("worker", "taker"):
        yield from _items(sorted(PERSON), Kind.Field)
    elif first.lower() == "facility":
        yield from _items(sorted(FACILITY), Kind.Field)
    else:
        entry = names.find(first)
        info = names.rows(entry.table) if entry is not None and entry.table else None
        node = entry.node if entry is not None else None
        if info is not None and not (isinstance(info, SourceInfo) and info.people):
            yield from _items((column for column in info.columns if ":" not in column), Kind.Field)
        elif info is not None or (isinstance(node, n.Input) and getattr(node.type, "kind", "") == "worker"):
            yield from _items(sorted(PERSON), Kind.Field)


def _codes(names: Names, word: str) -> Iterator[lsp.CompletionItem]:
    question, given = names.question(word), names.input(word)
    if question is not None:
        yield from _items((question_codes(question, names) or {}).values(), Kind.EnumMember)
    elif given is not None:
        listed = [code.text for code in given.type.codes] if isinstance(given.type, n.AnswerType) else []
        yield from _items([*listed, *(each.code for each in choices.numbered(given.choices))], Kind.EnumMember)


def _correct(names: Names, line: int) -> Iterator[lsp.CompletionItem]:
    above = [entry.node for entry in names.of("question") if entry.at.span.line <= line and not entry.at.span.file]
    if above and isinstance(above[-1], n.Question):
        yield from _items((question_codes(above[-1], names) or {}).values(), Kind.EnumMember)


def _values(names: Names) -> Iterator[lsp.CompletionItem]:
    """What a value can be made of."""
    for entry in names.of("question", "input", "variable", "word", "table", "result"):
        yield _item(entry.name, Kind.Variable, entry.kind)
    yield from _items(("worker", "facility", *WORDS), Kind.Constant)
    yield from _items(FUNCTIONS, Kind.Function)


def _named(accepted: frozenset[str], names: Names) -> Iterator[lsp.CompletionItem]:
    """Names of the flow where the parser takes any: values, and languages before a translation."""
    if accepted >= {"NAME", "STRING", "LPAR"}:
        yield from _values(names)
    if "LANG" in accepted:
        yield from _items(names.languages[1:], Kind.EnumMember)


def _accepted(opened: Opened, line: int, before: str) -> frozenset[str]:
    """The terminals that the parser could read here; none where the lines above it cannot be read."""
    probe = _WORD.sub("", before, count=1) + PROBE
    lines, _ = clean_rows([*opened.read.lines[: line - 1], probe], "")
    *above, chunk = cut(lines)
    owners = [each for at, each in enumerate(chunk) if _owns(chunk, at)]
    if above and not begins(OTHERWISE, above[-1][0]) and not chunk[-1].indent:
        chunk = [*above[-1], *chunk]
    for tried in (chunk, owners):
        accepted = _stopped(align(tried, "")[0])
        if accepted is not None:
            return accepted
    return frozenset()


def _owns(chunk: Sequence[Line], at: int) -> bool:
    """Is the last line of a chunk in the block of this one, or is it the last?"""
    return all(each.indent > chunk[at].indent for each in chunk[at + 1 :])


def _stopped(lines: Sequence[Line]) -> frozenset[str] | None:
    """What was accepted at the probe; None where reading stops above it."""
    try:
        lalr.read_lines("".join(f"{line.text}\n" for line in lines))
    except UnexpectedInput as error:
        parser = getattr(error, "interactive_parser", None)
        if error.line == len(lines) and parser is not None and _at_probe(error, lines):
            return frozenset(parser.accepts())
        return None
    return frozenset()


def _at_probe(error: UnexpectedInput, lines: Sequence[Line]) -> bool:
    return lines[-1].text[(error.column or 1) - 1 :].startswith(PROBE)


def _items(words: Iterable[str], kind: lsp.CompletionItemKind) -> Iterator[lsp.CompletionItem]:
    return (_item(word, kind) for word in words)


def _item(word: str, kind: lsp.CompletionItemKind, detail: str | None = None) -> lsp.CompletionItem:
    return lsp.CompletionItem(word, kind=kind, detail=detail)
