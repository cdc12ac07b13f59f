"""The header's lines, one builder a line."""

from __future__ import annotations

from typing import Any

from lark import Token
from lark.tree import Meta

from grammar.nodes import (
    AllowBack,
    Audience,
    Channels,
    Choice,
    Input,
    Inputs,
    Languages,
    MonthDay,
    Moved,
    Name,
    QuietHours,
    Sensitive,
    ShortForm,
    SmsLetters,
    StartEvent,
    StartEvery,
    StartOnce,
    StartWord,
    TableType,
    ToGroup,
)
from grammar.nodes.answers import AnswerType, ListType
from grammar.nodes.people import People
from grammar.tree.bench import Aside, Bench, Parts, begun, rule


@rule
def languages(bench: Bench, at: Meta, parts: Parts) -> Languages:
    return Languages(tuple(parts), span=bench.place(at))


@rule
def tag(bench: Bench, at: Meta, parts: Parts) -> Name:
    language, dash, region = parts
    text = language.text if dash is None else f"{language.text}-{region.text}"
    return Name(text, span=bench.place(at))


@rule
def names(bench: Bench, at: Meta, parts: Parts) -> tuple[Name, ...]:
    return tuple(parts)


@rule
def words(bench: Bench, at: Meta, parts: Parts) -> tuple[Name, ...]:
    return tuple(parts)


@rule
def channels(bench: Bench, at: Meta, parts: Parts) -> Channels:
    return Channels(parts[0], span=bench.place(at))


@rule
def sensitive(bench: Bench, at: Meta, parts: Parts) -> Sensitive:
    return Sensitive(parts[0], span=bench.place(at))


@rule
def start_event(bench: Bench, at: Meta, parts: Parts) -> StartEvent:
    return StartEvent(parts[0], span=bench.place(at))


@rule
def start_word(bench: Bench, at: Meta, parts: Parts) -> StartWord:
    return StartWord(parts[0], the_line(parts[1:]), span=bench.place(at))


@rule
def start_every(bench: Bench, at: Meta, parts: Parts) -> StartEvery:
    every, time, audience, *below = parts
    return StartEvery(every, audience, time, the_line(below), span=bench.place(at))


@rule
def start_once(bench: Bench, at: Meta, parts: Parts) -> StartOnce:
    day, month, year, time, audience, *below = parts
    day_number = whole(bench, day)
    return StartOnce(day_number, month, whole(bench, year), audience, time, the_line(below), span=bench.place(at))


def the_line(below: Parts) -> Any:  # noqa: ANN401  (each owner has a kind of line of its own)
    """The one line below that could be read; None where there is none."""
    return next((part for part in below if not isinstance(part, Aside)), None)


@rule
def only_for(bench: Bench, at: Meta, parts: Parts) -> Audience:
    audience: Audience = parts[0]
    return audience


@rule
def unless_done(bench: Bench, at: Meta, parts: Parts) -> Name:
    day: Name = parts[0]
    return day


def whole(bench: Bench, token: Token) -> int:
    """A count; a number with a decimal point is a mistake, and counts as its whole part."""
    if "." in token:
        bench.say("E011", bench.place(token), word=token, hint="Write a whole number.")
    return int(token.partition(".")[0])


@rule
def month_day(bench: Bench, at: Meta, parts: Parts) -> MonthDay:
    return MonthDay(int(parts[0][:-2]), span=bench.place(at))


@rule
def last_day(bench: Bench, at: Meta, parts: Parts) -> MonthDay:
    return MonthDay(0, span=bench.place(at))


@rule
def to_group(bench: Bench, at: Meta, parts: Parts) -> ToGroup:
    return ToGroup(parts[0], span=bench.place(at))


@rule
def people(bench: Bench, at: Meta, parts: Parts) -> People:
    return People(parts[0], span=bench.place(at))


@rule
def short_form(bench: Bench, at: Meta, parts: Parts) -> ShortForm:
    """`apart` is the first item that makes it none of the three shapes."""
    rows = [item for item in parts if not isinstance(item, Name)]
    apart = next((item for item in parts[1:] if not _together(parts[0], item)), None)
    return ShortForm(
        questions=tuple(item if isinstance(item, Name) else item[0] for item in parts if not _is_each(item)),
        each=next((item[0] for item in rows if _is_each(item)), None),
        of_each=next((item[1] for item in rows if not _is_each(item)), None),
        apart=None if apart is None else (apart if isinstance(apart, Name) else apart[0]).span,
        span=bench.place(at),
    )


def _is_each(item: Name | tuple[Name, ...]) -> bool:
    """`each product`: it names rows, and no question."""
    return not isinstance(item, Name) and len(item) == 1


def _together(first: Name | tuple[Name, ...], item: Name | tuple[Name, ...]) -> bool:
    """Names go behind names and behind `each product`; `on_hand of each product` stands by itself."""
    return isinstance(item, Name) and (isinstance(first, Name) or _is_each(first))


@rule
def each(bench: Bench, at: Meta, parts: Parts) -> tuple[Name, ...]:
    return tuple(parts)


@rule
def of_each(bench: Bench, at: Meta, parts: Parts) -> tuple[Name, ...]:
    return tuple(parts)


@rule
def inputs(bench: Bench, at: Meta, parts: Parts) -> Inputs:
    return Inputs(tuple(part for part in parts if isinstance(part, Input)), span=bench.place(at))


@rule
def input_(bench: Bench, at: Meta, parts: Parts) -> Input:
    name, kind, optional = parts
    return Input(begun(name), kind, bool(optional), span=bench.place(at))


@rule
def input_choices(bench: Bench, at: Meta, parts: Parts) -> Input:
    name, optional, *choices = parts
    kind = AnswerType("choice", span=bench.place(at))
    listed = tuple(part for part in choices if isinstance(part, Choice))
    return Input(begun(name), kind, bool(optional), listed, span=bench.place(at))


@rule
def may_lack(bench: Bench, at: Meta, parts: Parts) -> bool:
    return True


@rule
def t_list(bench: Bench, at: Meta, parts: Parts) -> ListType:
    return ListType(parts[0], span=bench.place(at))


@rule
def t_table(bench: Bench, at: Meta, parts: Parts) -> TableType:
    columns, least, most = parts
    bounds = [None if bound is None else whole(bench, bound) for bound in (least, most)]
    return TableType(columns, *bounds, span=bench.place(at))


@rule
def quiet_hours(bench: Bench, at: Meta, parts: Parts) -> QuietHours:
    return QuietHours(*parts, span=bench.place(at))


@rule
def allow_back(bench: Bench, at: Meta, parts: Parts) -> AllowBack:
    return AllowBack(span=bench.place(at))


@rule
def sms_letters(bench: Bench, at: Meta, parts: Parts) -> SmsLetters:
    return SmsLetters(parts[0], span=bench.place(at))


@rule
def moved(bench: Bench, at: Meta, parts: Parts) -> Moved:
    return Moved(*parts, span=bench.place(at))
