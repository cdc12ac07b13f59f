"""Expressions and texts of a program in the words of the language: an author could have written them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grammar import program as p

DAY, HOUR, MINUTE = 86_400, 3_600, 60
_SIGNS = {"=": "is", "!=": "is not", "<": "<", "<=": "≤", ">": ">", ">=": "≥", "&": "&"}
_SIGNS |= {"+": "+", "-": "−", "*": "×", "/": "/", "and": "and", "or": "or", "includes": "includes"}
_LISTS = {"one_of": "is one of", "none_of": "is not one of"}
_GROUPS = {"in_group": "is in group", "not_in_group": "is not in group"}
_LOOSE = frozenset({"and", "or"})


def said(expr: p.Expr) -> str:
    """An expression as an author would write it."""
    return _SAID[type(expr)](expr)


def text(message: p.Text | None, language: str, medium: str = "text") -> str:
    """A text in a language, else in the first one there is; values stand in braces."""
    if message is None or not message.versions:
        return ""
    version = message.versions.get(language) or next(iter(message.versions.values()))
    pieces = (getattr(version, medium) if medium != "text" else None) or version.text or version.sms or version.voice
    return pieces_of(pieces or ())


def pieces_of(pieces: p.Pieces) -> str:
    """What stands in a text, with its values in braces."""
    return "".join(piece if isinstance(piece, str) else f"{{{said(piece)}}}" for piece in pieces)


def length(seconds: int) -> str:
    """`1 day 4 hours`: a length of time in its greatest units."""
    parts = []
    for size, name in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (1, "second")):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {name}{'' if count == 1 else 's'}")
    return " ".join(parts[:2]) or "0 minutes"


def person(target: p.Target) -> str:
    """Whom a line means."""
    if target.kind == "supervisor":
        return "the supervisor"
    if target.kind == "where":
        return "workers where " + (said(target.when) if target.when is not None else "…")
    if target.kind == "worker":
        return said(target.of) if target.of is not None else target.name
    name = target.name.replace("_", " ")
    return f"group {name}" if target.kind == "group" else name


def _const(expr: p.Const) -> str:
    if expr.kind == "duration":
        months = expr.value.removesuffix("m")
        return f"{months} months" if months != expr.value else length(int(expr.value))
    if expr.kind == "empty":
        return "empty"
    return f'"{expr.value}"' if expr.kind == "text" else expr.value


def _variable(expr: p.Variable) -> str:
    return ".".join((expr.name, *expr.path))


def _cell(expr: p.Cell) -> str:
    row = said(expr.row) if expr.row is not None else expr.table
    return f"{row}.{expr.column}" if expr.column else row


def _label(expr: p.Label) -> str:
    return said(expr.value)


def _each(expr: p.Each) -> str:
    return f"each {expr.table}: {' '.join(_item(item) for item in expr.items)}"


def _item(expr: p.Expr) -> str:
    """In `each` a column stands alone."""
    return expr.column if isinstance(expr, p.Cell) and expr.row is None and expr.column else said(expr)


def _op(expr: p.Op) -> str:
    name, args = expr.name, expr.args
    if name in _SIGNS and len(args) > 1:
        first, *others = args
        return f" {_SIGNS[name]} ".join((_inside(first, name), *(_behind(other, name) for other in others)))
    if name in _LISTS:
        return f"{said(args[0])} {_LISTS[name]} {', '.join(map(said, args[1:]))}"
    if name in _GROUPS:
        return _membership(expr)
    written = _FORMS.get(name)
    if written is not None:
        return written.format(*(_inside(arg, name) for arg in args))
    return f"{name}({', '.join(map(said, args))})"


_FORMS = {
    "·": "{0}",
    "not": "not {0}",
    "neg": "−{0}",
    "empty": "{0} is empty",
    "answered": "{0} is not empty",
    "between": "{0} is between {1} and {2}",
    "ago": "{0} ago",
    "right": "{0} is right",
}


def _membership(expr: p.Op) -> str:
    who, group = expr.args
    worker = isinstance(who, p.Field) and who.of == "worker" and who.name == "id"
    name = group.value if isinstance(group, p.Const) else said(group)
    return f"{'worker' if worker else said(who)} {_GROUPS[expr.name]} {name}"


def _behind(expr: p.Expr, sign: str) -> str:
    """An operand that is not the first: `x − (3 − 1)` is not `x − 3 − 1`."""
    again = sign not in _LOOSE and isinstance(expr, p.Op) and expr.name == sign
    return f"({said(expr)})" if again else _inside(expr, sign)


def _inside(expr: p.Expr, around: str) -> str:
    """An operand, in brackets where it would read otherwise without."""
    inner = said(expr)
    needs = isinstance(expr, p.Op) and expr.name in _SIGNS and expr.name != around
    if needs and around in _LOOSE and isinstance(expr, p.Op) and expr.name not in _LOOSE:
        return inner
    return f"({inner})" if needs and around not in ("=", "!=", "<", "<=", ">", ">=") else inner


_SAID: dict[type, Callable[[Any], str]] = {
    p.Const: _const,
    p.Answer: lambda expr: expr.question,
    p.Variable: _variable,
    p.Input: lambda expr: ".".join((expr.name, *expr.path)),
    p.Cell: _cell,
    p.Field: lambda expr: expr.name if expr.of == "candidate" else f"{expr.of}.{expr.name}",
    p.Builtin: lambda expr: ".".join((expr.name, *expr.path)).rstrip("."),
    p.Rows: lambda expr: expr.table,
    p.Op: _op,
    p.Label: _label,
    p.Each: _each,
}
