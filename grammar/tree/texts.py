"""Texts are cut at their braces here, once; a brace that cannot be read costs itself, never the rest of the text."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec
from lark import Token
from lark.exceptions import UnexpectedInput
from lark.tree import Meta

from grammar import lalr
from grammar.mistakes import explain_insert
from grammar.mistakes.words import PLACES
from grammar.nodes import EachRow, Insert, Message, Name, Part, Path, TextNode
from grammar.nodes.texts import CHANNELS, Foreign
from grammar.reader import Line
from grammar.slips import nearest, slips
from grammar.tree.bench import Aside, Bench, Parts, rule

Piece = str | Insert | EachRow

_SPECIAL = re.compile(r"\{\{|\}\}|\{")
_CLOSE = re.compile(r"\}|[\"“„«][^\"”“»]*[\"”“»]")
_PATH = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", re.ASCII)
_VALUE = r" ?[A-Za-z_]\w*(?:\.\w+)* ?"
_FOREIGN = re.compile(rf"(?<!\w)@\w+\.\w+|(?<!\{{)\{{\{{{_VALUE}\}}\}}(?!\}})|\$\{{{_VALUE}\}}|\[{_VALUE}\]|<{_VALUE}>")
_MARK = re.compile(r">[ \t]?")


def text_of(bench: Bench, tokens: Iterable[Token]) -> TextNode | None:
    """The text of the line and of the `>` lines below it; None where there is neither."""
    lines = [line_of(bench, _unmarked(token)) for token in tokens]
    if not lines:
        return None
    pieces = list(lines[0].pieces)
    for line in lines[1:]:
        _add(pieces, "\n")
        for piece in line.pieces:
            _add(pieces, piece)
    foreign = tuple(found for line in lines for found in line.foreign)
    return TextNode(tuple(pieces), foreign, span=lines[0].span)


def line_of(bench: Bench, token: Token) -> TextNode:
    """The text of one line."""
    pieces: list[Piece] = []
    for piece in _pieces(bench, token):
        _add(pieces, piece)
    foreign = (Foreign(each[0], span=bench.place(_slice(token, *each.span()))) for each in _FOREIGN.finditer(token))
    return TextNode(tuple(pieces), tuple(foreign), span=bench.place(token))


def literal_of(tokens: Iterable[Token]) -> str:
    """The same lines where braces mean nothing."""
    return "\n".join(_unmarked(token) for token in tokens)


def _unmarked(token: Token) -> Token:
    """The token without the `>` of a text line."""
    if token.type != "QUOTE":
        return token
    mark = _MARK.match(token)
    return _slice(token, mark.end() if mark else 0, len(token))


def _slice(token: Token, begin: int, end: int) -> Token:
    column = (token.column or 1) + begin
    return Token(
        token.type,
        token[begin:end],
        line=token.line,
        column=column,
        end_line=token.line,
        end_column=column + end - begin,
    )


def _add(pieces: list[Piece], piece: Piece) -> None:
    """Literal pieces that meet become one."""
    if isinstance(piece, str) and pieces and isinstance(pieces[-1], str):
        pieces[-1] += piece
    elif piece != "":
        pieces.append(piece)


def _pieces(bench: Bench, token: Token) -> list[Piece]:
    pieces: list[Piece] = []
    position = 0
    while match := _SPECIAL.search(token, position):
        _closed(bench, token, position, match.start())
        pieces.append(str(token[position : match.start()]))
        position = match.end()
        if match[0] != "{":
            pieces.append(match[0][0])
            continue
        end = _closing(token, position)
        if end is None:
            bench.say("E018", bench.place(_slice(token, match.start(), len(token))))
            return pieces
        inside = _slice(token, position, end)
        insert = _insert(bench, inside)
        if insert is not None:
            pieces.append(insert)
        position = end + 1
    _closed(bench, token, position, len(token))
    pieces.append(str(token[position:]))
    return pieces


def _closed(bench: Bench, token: Token, begin: int, end: int) -> None:
    """Say that a brace closes where none is open."""
    at = token.find("}", begin, end)
    if at >= 0:
        bench.say("W002", bench.place(_slice(token, at, at + 1)))


def _closing(text: str, begin: int) -> int | None:
    """Where the brace closes; one in quotes does not."""
    for match in _CLOSE.finditer(text, begin):
        if match[0] == "}":
            return match.start()
    return None


def _insert(bench: Bench, inside: Token) -> Insert | EachRow | None:
    words = inside.strip()
    place = bench.place(inside)
    if not words:
        bench.say("E019", place)
        return None
    if _PATH.fullmatch(words):
        begin = inside.index(words)
        return Insert(_path(bench, _slice(inside, begin, begin + len(words))), span=place)
    line = _inner_line(bench, inside)
    inner = Bench([line], bench.file)
    try:
        value = inner.build(lalr.read_insert(line.text))
    except UnexpectedInput as error:
        bench.findings.append(explain_insert(error, line, bench.file))
        return None
    bench.findings += inner.findings
    return value if isinstance(value, EachRow) else Insert(value, span=place)


def _inner_line(bench: Bench, inside: Token) -> Line:
    """What stands between the braces as a line of its own, that knows its columns."""
    outer = bench.line(inside)
    return msgspec.structs.replace(outer, text=str(inside), indent=0, shift=outer.shift + (inside.column or 1) - 1)


def _path(bench: Bench, token: Token) -> Path:
    """A plain path, without asking the grammar: nearly every insert is one."""
    names = []
    begin = 0
    for word in token.split("."):
        names.append(Name(word, span=bench.place(_slice(token, begin, begin + len(word)))))
        begin += len(word) + 1
    return Path(tuple(names), span=bench.place(token))


@rule
def insert(bench: Bench, at: Meta, parts: Parts) -> object:
    return parts[0]


@rule
def each_row(bench: Bench, at: Meta, parts: Parts) -> EachRow:
    table, *items = parts
    return EachRow(table, tuple(items), span=bench.place(at))


@rule
def part(bench: Bench, at: Meta, parts: Parts) -> Part:
    key, text = parts
    _doubt(bench, at, key)
    return Part(key, text, span=bench.place(at))


def _doubt(bench: Bench, at: Meta, key: Name) -> None:
    """A language that nobody declared, and that is one slip from a word of the language: `sya: Hello`."""
    if key.key in CHANNELS or key.key in bench.tags or len(key.text) <= 2:
        return
    meant = nearest(key.text, sorted(PLACES))
    if meant is not None and slips(key.text, meant) == 1:
        line = bench.line(at).words
        bench.say("E001", key.span, word=key.text, line=f"{meant}{line[len(key.text) :]}")


@rule
def message(bench: Bench, at: Meta, parts: Parts) -> Message:
    found, rest = message_of(bench, at, parts)
    if rest:
        raise AssertionError("the grammar lets nothing else stand in a text")
    return found


def message_of(bench: Bench, at: Meta, parts: Parts) -> tuple[Message, Parts]:
    """The text of a line with its `>` lines, languages and channels, and what else stands below it."""
    tokens = [part for part in parts if isinstance(part, Token) and part.type in ("TEXT", "QUOTE")]
    below = tuple(part for part in parts if isinstance(part, Part))
    rest = [part for part in parts if part is not None and not isinstance(part, (Token, Part, Aside))]
    if not tokens and not below and not any(isinstance(part, Aside) for part in parts):
        bench.say("E017", bench.place(at))
    return Message(text_of(bench, tokens), below, span=bench.place(at)), rest


def title_of(bench: Bench, parts: Parts) -> Message | None:
    """The text of a title and its translations; None without either."""
    tokens = [part for part in parts if isinstance(part, Token) and part.type == "TEXT"]
    below = tuple(part for part in parts if isinstance(part, Part))
    if not tokens:
        return Message(None, below, span=below[0].span) if below else None
    return Message(text_of(bench, tokens), below, span=bench.place(tokens[0]))
