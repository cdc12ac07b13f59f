"""Messages as written → texts of a program: by language, and in each what a channel gets instead."""

from __future__ import annotations

from grammar import kinds
from grammar import nodes as n
from grammar import program as p
from grammar.compiler.expressions import expression
from grammar.scopes import Scope, table_named


def text(message: n.Message | None, scope: Scope) -> p.Text:
    """A text with all its versions; the base language is always there, even if nothing is written in it."""
    base = scope.names.languages[0]
    found: dict[str, dict[str, p.Pieces]] = {base: {}}
    for language, channel, node in message.versions() if message is not None else ():
        tag = scope.names.tag(language) or language if language else base
        found.setdefault(tag, {})[channel or "text"] = pieces(node, scope)
    return p.Text({tag: _version(kinds_of_text) for tag, kinds_of_text in found.items()})


def maybe(message: n.Message | None, scope: Scope) -> p.Text | None:
    """The same for a text that may lack."""
    return None if message is None else text(message, scope)


def _version(found: dict[str, p.Pieces]) -> p.Version:
    audio = found.get("audio")
    return p.Version(
        text=found.get("text"),
        sms=found.get("sms"),
        voice=found.get("voice"),
        audio=None if audio is None else "".join(piece for piece in audio if isinstance(piece, str)).strip(),
    )


def pieces(node: n.TextNode, scope: Scope) -> p.Pieces:
    """A text cut at its braces; codes in them are shown by their labels."""
    return tuple(_piece(piece, scope) for piece in node.pieces)


def _piece(piece: str | n.Insert | n.EachRow, scope: Scope) -> p.Piece:
    if isinstance(piece, str):
        return piece
    if isinstance(piece, n.Insert):
        return shown(expression(piece.value, scope), scope)
    table = table_named(piece.table.text, scope.names)
    inner = scope.over_rows(table)
    return p.Each(table, tuple(shown(expression(item, inner), inner) for item in piece.items))


def shown(expr: p.Expr, scope: Scope) -> p.Expr:
    """What a worker reads of a value: the label of a code, also where `if` or `ifempty` chooses the value."""
    source = kinds.label_source(expr, scope.names)
    if source is not None:
        return p.Label(source, expr)
    if isinstance(expr, p.Op) and expr.name in ("if", "ifempty", "&"):
        kept = 1 if expr.name == "if" else 0
        return p.Op(expr.name, (*expr.args[:kept], *(shown(arg, scope) for arg in expr.args[kept:])))
    return expr


def written(label: str, scope: Scope) -> p.Text:
    """A text that stands in the file itself, in the base language."""
    return p.Text({scope.names.languages[0]: p.Version(text=(label,))})
