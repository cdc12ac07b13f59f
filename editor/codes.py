"""Whose code a word is: the question, or the input, beside which it stands; the language is asked what words mean."""

from __future__ import annotations

from grammar import kinds
from grammar import nodes as n
from grammar import program as p
from grammar.compiler.expressions import BESIDE, expression
from grammar.meaning import meaning_of
from grammar.scopes import Missing, Scope
from grammar.walk import Visit


def owner_of(word: n.Path | n.Quoted, visit: Visit, scope: Scope) -> str | None:
    """`flow.question` or `flow.input`, in small letters, where a bare word or a text in quotes is a code (RULES A2)."""
    above, around = visit.parents[-1], visit.parents[-2] if visit.parents[1:] else None
    if isinstance(above, n.Operation) and above.name in BESIDE and word is not above.args[0]:
        return _beside(word, above.args[0], scope)
    if isinstance(above, n.Correct) and isinstance(around, n.Question):
        return _known(word, p.Answer(around.name.text), scope)
    if isinstance(above, n.Call) and word is not above.args[0] and _is_no_name(word, scope):
        return _beside(word, above.args[0], scope)
    if isinstance(above, n.Arg) and word is above.value:
        return _given(word, above, around, scope)
    return None


def _is_no_name(word: n.Path | n.Quoted, scope: Scope) -> bool:
    return isinstance(word, n.Quoted) or isinstance(meaning_of(word, scope), Missing)


def _beside(word: n.Path | n.Quoted, left: n.Expr, scope: Scope) -> str | None:
    """Beside an answer, a value that came of one, or an answer of a flow that was run."""
    if isinstance(left, n.Path) and len(left.parts) == 2:
        entry = scope.names.find(left.parts[0].text, "result")
        if entry is not None and isinstance(entry.node, n.Run) and _is_no_name(word, scope):
            return f"{entry.node.flow.key}.{left.parts[1].key}"
    return _known(word, expression(left, scope), scope)


def _given(word: n.Path | n.Quoted, arg: n.Arg, line: n.Node | None, scope: Scope) -> str | None:
    """What a flow is given for one of its inputs."""
    name, own = arg.name.parts[0], scope.names.flow.name.key
    if isinstance(line, n.Run | n.StartFlow) and _is_no_name(word, scope):
        return f"{line.flow.key}.{name.key}"
    if isinstance(line, n.Begin) and line.flow is not None and line.flow.key != own:
        return f"{line.flow.key}.{name.key}"
    return _known(word, p.Input(name.text), scope) if isinstance(line, n.Begin | n.Post) else None


def _known(word: n.Path | n.Quoted, left: p.Expr, scope: Scope) -> str | None:
    """The owner, where the language knows the word as a code of what stands left of it."""
    if isinstance(word, n.Path) and word.parts[1:]:
        return None
    text = word.value if isinstance(word, n.Quoted) else word.text
    codes = kinds.codes_of(left, scope.names)
    owner = _source(left, scope)
    if owner is None or codes is None or text.lower() not in codes:
        return None
    return f"{scope.names.flow.name.key}.{owner.lower()}"


def _source(left: p.Expr, scope: Scope) -> str | None:
    """The question or input from which a value comes, also where a variable holds it."""
    if isinstance(left, p.Answer):
        return left.question
    if isinstance(left, p.Input):
        return left.name if not left.path else None
    kind, _, name = (kinds.label_source(left, scope.names) or "").partition(":")
    return name if kind in ("question", "input") and name else None
