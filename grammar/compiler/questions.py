"""A question and the lines below it → a question of a program; what the header says holds where it says nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from grammar import choices, kinds
from grammar import nodes as n
from grammar import program as p
from grammar.compiler.assembler import Assembler, Draft
from grammar.compiler.expressions import beside, expression, seconds
from grammar.compiler.texts import maybe, pieces, text, written
from grammar.scopes import Scope, rows_of

T = TypeVar("T", bound=n.Node)
_Asking = n.Question | n.ChooseLanguage | n.Choose
DAY = 86400
TRIES = 3
PIN = 4


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the header says for every question; `give_up` is the position of its block."""

    reminders: tuple[n.Remind, ...]
    give_up_after: int
    give_up: int
    tries: int
    scope: Scope


def defaults_of(flow: n.Flow, scope: Scope, give_up: int) -> Defaults:
    """The defaults of a flow: `tries: 3`, `give up after 3 days` where the header has no such lines."""
    stop = next(only(flow.header, n.GiveUp), None)
    tries = next(only(flow.header, n.Tries), None)
    return Defaults(
        reminders=tuple(only(flow.header, n.Remind)),
        give_up_after=seconds(stop.after) if stop is not None else 3 * DAY,
        give_up=give_up,
        tries=tries.count if tries is not None else TRIES,
        scope=scope,
    )


def only(items: Iterable[object], kind: type[T]) -> Iterator[T]:
    """The items of one kind, as an iterator."""
    return iter([item for item in items if type(item) is kind])


def question(draft: Draft, defaults: Defaults, asm: Assembler) -> p.Question:
    """The finished question; all positions are known by now."""
    node, scope = draft.node, draft.around.scope
    give_up = _give_up(draft, defaults)
    common = p.Question(
        name=draft.name,
        kind=node.kind if isinstance(node, n.Choose) else "language",
        at=draft.at,
        text=text(node.message, scope),
        type=p.AnswerType("digits", limit=PIN) if _is_pin(node) else p.AnswerType("choice"),
        tries=_tries(node, defaults),
        reminders=_reminders(node, scope, defaults, give_up.after),
        give_up=give_up,
        secret=_is_pin(node),
        section=draft.section,
        over=scope.tables,
        guards=draft.around.guards,
    )
    return _asked(common, node, draft, asm) if isinstance(node, n.Question) else common


def _asked(common: p.Question, node: n.Question, draft: Draft, asm: Assembler) -> p.Question:
    scope, items = draft.around.scope, node.attributes
    reactions = {item.kind: item.message for item in only(items, n.Reaction)}
    check, confirm = only(items, n.Check), only(items, n.Confirm)
    source, only_if = choices.source_of(node), next(only(items, n.OnlyIf), None)
    points, hint = next(only(items, n.Points), None), next(only(items, n.Hint), None)
    return msgspec.structs.replace(
        common,
        kind=node.kind,
        type=_type(node, scope),
        type_on=_types_on(node, scope),
        choices=_choices(node, scope, asm),
        choices_from=_rows(source, scope) if source is not None else None,
        only_if=expression(only_if.when, scope) if only_if is not None else None,
        checks=tuple(p.Check(expression(item.when, scope), text(item.message, scope)) for item in check),
        confirms=tuple(_confirm(item, scope) for item in confirm),
        optional=any(only(items, n.Optional)),
        secret=node.kind == "verify" or any(only(items, n.Secret)),
        sensitive=node.name.key in sensitive_names(asm.names.flow),
        invalid=maybe(reactions.get("invalid"), scope),
        correct=_correct(node, scope),
        points=points.count if points is not None else 1,
        right=maybe(reactions.get("right"), scope),
        wrong=maybe(reactions.get("wrong"), scope),
        hint=text(hint.message, scope) if hint is not None else None,
        repeats=tuple(p.Repeat(seconds(item.after), item.until_right) for item in only(items, n.Repeat)),
        go_on=next((seconds(item.after) for item in only(items, n.GoOn)), None),
        maps={item.system: pieces(item.target, scope) for item in only(items, n.Mapping)},
        **{name: position for name, position in draft.blocks.items() if name != "give_up"},
    )


def sensitive_names(flow: n.Flow) -> set[str]:
    """What the header calls sensitive, in small letters."""
    return {name.key for line in only(flow.header, n.Sensitive) for name in line.names}


def _is_pin(node: _Asking) -> bool:
    return isinstance(node, n.Choose) and node.kind == "pin"


def _tries(node: _Asking, defaults: Defaults) -> int:
    own = next(only(node.attributes, n.Tries), None)
    return own.count if own is not None else defaults.tries


def _give_up(draft: Draft, defaults: Defaults) -> p.GiveUp:
    own = next(only(draft.node.attributes, n.GiveUp), None)
    if own is None:
        return p.GiveUp(defaults.give_up_after, defaults.give_up)
    return p.GiveUp(seconds(own.after), draft.blocks["give_up"])


def _reminders(node: _Asking, scope: Scope, defaults: Defaults, end: int) -> tuple[p.Remind, ...]:
    """The question's own reminders replace all of the header's (RULES G2); without any, one after a day."""
    own = tuple(only(node.attributes, n.Remind))
    lines, where = (own, scope) if own else (defaults.reminders, defaults.scope)
    if not lines:
        return (p.Remind(DAY),) if end > DAY else ()
    return tuple(p.Remind(seconds(line.after), maybe(line.message, where)) for line in lines)


def _type(node: n.Question, scope: Scope) -> p.AnswerType:
    written_type = choices.type_of(node)
    if written_type is not None:
        return answer_type(written_type, scope)
    kind = choices.kind_of(node)
    return p.AnswerType(kind, limit=4 if kind == "digits" else None)


def _types_on(node: n.Question, scope: Scope) -> dict[str, p.AnswerType]:
    lines = [item for item in only(node.attributes, n.Answer) if item.channel is not None]
    return {item.channel.key: answer_type(item.type, scope) for item in lines if item.channel is not None}


def answer_type(node: n.AnswerType, scope: Scope) -> p.AnswerType:
    """The type of an answer or input."""
    return p.AnswerType(
        kind="text" if node.kind == "worker" else node.kind,
        low=None if node.low is None else expression(node.low, scope),
        high=None if node.high is None else expression(node.high, scope),
        limit=seconds(node.length) if node.length is not None else node.limit,
        rule=node.rule,
    )


def _choices(node: n.Question, scope: Scope, asm: Assembler) -> tuple[p.Choice, ...]:
    found = tuple(
        p.Choice(
            item.number,
            item.code,
            text(item.choice.label, scope),
            item.choice.alone,
            asm.targets.get(item.choice.go.key, 0) if item.choice.go is not None else None,
        )
        for item in choices.of_question(node, kinds.row_count(node, scope.names))
    )
    return found or listed(choices.type_of(node), scope)


def listed(kind: n.AnswerType | None, scope: Scope) -> tuple[p.Choice, ...]:
    """The choices of `one of a, b`: numbered, and shown as their codes with spaces (RULES L5)."""
    codes = kind.codes if kind is not None else ()
    return tuple(
        p.Choice(number, code.text, written(code.text.replace("_", " "), scope))
        for number, code in enumerate(codes, start=1)
    )


def input_choices(node: n.Input, scope: Scope) -> tuple[p.Choice, ...]:
    """The choices of an input that is `one of`."""
    found = choices.numbered(node.choices)
    kind = node.type.item if isinstance(node.type, n.ListType) else node.type
    if not found and isinstance(kind, n.AnswerType):
        return listed(kind, scope)
    return tuple(p.Choice(item.number, item.code, text(item.choice.label, scope)) for item in found)


def _rows(source: n.ChoicesFrom, scope: Scope) -> p.ChoicesFrom:
    table = rows_of(source, scope.names)
    return p.ChoicesFrom(table, text(source.label, scope.over_rows(table)))


def _confirm(item: n.Confirm, scope: Scope) -> p.Confirm:
    return p.Confirm(text(item.message, scope), None if item.when is None else expression(item.when, scope))


def _correct(node: n.Question, scope: Scope) -> tuple[p.Expr, ...]:
    """The right answers: bare words are codes of the question itself."""
    own = p.Answer(node.name.text, scope.tables)
    lines = only(node.attributes, n.Correct)
    return tuple(beside(item, own, scope) for line in lines for item in line.values)
