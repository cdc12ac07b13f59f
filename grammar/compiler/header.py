"""The header of a flow → the fields of its program."""

from __future__ import annotations

from typing import Any

from grammar import nodes as n
from grammar import program as p
from grammar.compiler.expressions import expression
from grammar.compiler.questions import answer_type, input_choices, only, sensitive_names
from grammar.compiler.texts import text
from grammar.names import table_named_by
from grammar.scopes import Scope

AT = "09:00"
"""When a schedule starts without `at` (RULES G6)."""

MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]


def title(flow: n.Flow, scope: Scope) -> p.Text:
    """The title with its translations; a flow without one is called by its name."""
    own = flow.title.text if flow.title is not None else None
    below = flow.title.parts if flow.title is not None else ()
    parts = (*below, *only(flow.header, n.Part))
    if own is None:
        own = n.TextNode(span=flow.span, pieces=(flow.name.text,))
    return text(n.Message(span=flow.span, text=own, parts=parts), scope)


def fields(flow: n.Flow, scope: Scope) -> dict[str, Any]:
    """What the header lines say, by the names of the program's fields."""
    lines = flow.header
    words = tuple(only(lines, n.StartWord))
    events, quiet = [line.event.text for line in only(lines, n.StartEvent)], next(only(lines, n.QuietHours), None)
    letters = next(only(lines, n.SmsLetters), None)
    inputs = [item for line in only(lines, n.Inputs) for item in line.inputs]
    return {
        "channels": channels_of(flow),
        "inputs": {item.name.text: _input(item, flow, scope) for item in inputs},
        "words": tuple(word.text for line in words for word in line.words),
        "word_group": next((_group(line.only_for) for line in words if line.only_for is not None), ""),
        "event": events[0] if events else "",
        "also_on": tuple(events[1:]),
        "schedules": tuple(_schedule(line, scope) for line in lines if isinstance(line, n.StartEvery | n.StartOnce)),
        "short_forms": tuple(_short(line, scope) for line in only(lines, n.ShortForm)),
        "sensitive": tuple(name.text for line in only(lines, n.Sensitive) for name in line.names),
        "quiet": (quiet.begin.value, quiet.end.value) if quiet is not None else None,
        "plain_letters": letters is not None and letters.kind.key == "plain",
        "allow_back": any(isinstance(line, n.AllowBack) for line in lines),
        "moved": {line.old.key: _asked(line.new, scope) for line in only(lines, n.Moved)},
    }


def _asked(name: n.Name, scope: Scope) -> str:
    """A question's name as it is spelled where it is asked."""
    entry = scope.names.find(name.text, "question")
    return entry.name if entry is not None else name.text


def channels_of(flow: n.Flow) -> tuple[str, ...]:
    """Where the flow can run; by SMS where the header does not say."""
    return tuple(name.key for line in only(flow.header, n.Channels) for name in line.names) or ("sms",)


def _input(node: n.Input, flow: n.Flow, scope: Scope) -> p.InputSpec:
    kind = _item(node)
    rows = node.type if isinstance(node.type, n.TableType) else None
    many = "rows" if rows is not None else "list" if isinstance(node.type, n.ListType) else ""
    return p.InputSpec(
        name=node.name.text,
        type=answer_type(kind, scope),
        worker=kind.kind == "worker",
        many=many,
        columns=tuple(column.text for column in rows.columns) if rows is not None else (),
        least=rows.least or 0 if rows is not None else 0,
        most=rows.most or 0 if rows is not None else 0,
        choices=input_choices(node, scope),
        optional=node.optional,
        sensitive=node.name.key in sensitive_names(flow),
    )


def _item(node: n.Input) -> n.AnswerType:
    """The type of an input, or of each of its values."""
    if isinstance(node.type, n.ListType):
        return node.type.item
    return node.type if isinstance(node.type, n.AnswerType) else n.AnswerType(span=node.span, kind="text")


def _group(audience: n.Audience) -> str:
    return audience.group.text if isinstance(audience, n.ToGroup) else ""


def _schedule(line: n.StartEvery | n.StartOnce, scope: Scope) -> p.Schedule:
    who = line.audience
    return p.Schedule(
        every=_once(line) if isinstance(line, n.StartOnce) else _every(line.every),
        at=line.at.value if line.at is not None else AT,
        group=_group(who),
        where=expression(who.when, scope.among_people()) if isinstance(who, n.People) else None,
        since=line.since.key if line.since is not None else "",
    )


def _every(every: n.Name | n.MonthDay) -> str:
    if isinstance(every, n.Name):
        return every.key
    return f"month:{every.day}" if every.day else "month:last"


def _once(line: n.StartOnce) -> str:
    return f"once:{line.year:04}-{month_number(line.month):02}-{line.day:02}"


def month_number(name: n.Name) -> int:
    """1 to 12 for a month or its beginning (Jan, September); 0 where it is none."""
    fits = [number for number, month in enumerate(MONTHS, start=1) if len(name.key) > 2 and month.startswith(name.key)]
    return fits[0] if fits else 0


def _short(line: n.ShortForm, scope: Scope) -> p.ShortForm:
    entries = (scope.names.find(name.text, "question") for name in line.questions)
    return p.ShortForm(
        questions=tuple(entry.name for entry in entries if entry is not None),
        each=table_named_by(line.each, scope.names),
        of_each=table_named_by(line.of_each, scope.names),
    )
