"""A question's lines keep their order; languages and channels join the question's text wherever they stand."""

from __future__ import annotations

import re
from typing import Any

from lark import Token
from lark.tree import Meta

from grammar.nodes import (
    Answer,
    Attribute,
    Block,
    Check,
    Choice,
    ChoicesFrom,
    Choose,
    ChooseLanguage,
    Confirm,
    Correct,
    Failure,
    GiveUp,
    GoOn,
    Hint,
    Mapping,
    Message,
    Name,
    OnlyIf,
    Optional,
    Part,
    Points,
    Question,
    Reaction,
    Remind,
    Repeat,
    Secret,
    Tries,
)
from grammar.slips import as_code
from grammar.tree.bench import Aside, Bench, Parts, begun, rule
from grammar.tree.header import whole
from grammar.tree.texts import line_of, message_of, title_of

_WORDY_ARROW = re.compile(r"(?<!\s)\s*(?:->|=>|→)\s*go\s*to\s+([A-Za-z_]\w*)\s*$", re.IGNORECASE)
_CODE_FIRST = re.compile(r"([a-z_][a-z0-9_]*)\s+([A-Z][^:]*)")
_DIGITS = re.compile(r"\d+")


@rule
def question(bench: Bench, at: Meta, parts: Parts) -> Question:
    kind, name, *rest = parts
    message, attributes = message_of(bench, at, rest)
    return Question(kind.lower(), name, message, tuple(attributes), span=bench.place(at))


@rule
def choose_language(bench: Bench, at: Meta, parts: Parts) -> ChooseLanguage:
    return ChooseLanguage(title_of(bench, parts), _below(parts), span=bench.place(at))


@rule
def choose_facility(bench: Bench, at: Meta, parts: Parts) -> Choose:
    return Choose("place", title_of(bench, parts), _below(parts), span=bench.place(at))


@rule
def choose_pin(bench: Bench, at: Meta, parts: Parts) -> Choose:
    return Choose("pin", title_of(bench, parts), _below(parts), span=bench.place(at))


def _below(parts: Parts) -> tuple[Attribute, ...]:
    return tuple(part for part in parts if part is not None and not isinstance(part, (Token, Part, Aside)))


@rule
def choice(bench: Bench, at: Meta, parts: Parts) -> Choice:
    bullet, code, label, alone, go, *rest = parts
    below = readable(rest)
    text = label.rstrip()
    _look_for_words_in_an_arrow(bench, label)
    written = Token.new_borrow_pos("TEXT", text, label)
    digits = _DIGITS.match(bullet)
    return Choice(
        Message(line_of(bench, written), below, span=bench.place(label)),
        None if digits is None else int(digits[0]),
        _code_of(bench, label, text) if code is None else begun(code),
        alone is not None,
        go,
        span=bench.place(at),
    )


def _look_for_words_in_an_arrow(bench: Bench, label: Token) -> None:
    """`Yes -> go to bye`: else the arrow would be sent to workers as a part of the label."""
    match = _WORDY_ARROW.search(label)
    if match is not None:
        right = bench.line(label).words.rstrip()[: -len(match[0])] + f" -> {match[1]}"
        bench.say("E034", bench.place(label), line=right)


_NEXT_CHOICE = re.compile(r"(?<=[,;/\s])\d{1,2}[.)]\s*\w")
_A_LINE_EACH = "Write each choice in a line of its own: `1. yes: Yes`, and below it `2. no: No`."


def _code_of(bench: Bench, label: Token, text: str) -> Name:
    """A label of one word is its own code; several words need one that the author writes."""
    place = bench.place(label)
    code = text.lower().strip(".!?,;:…")
    if " " in text.strip():
        head, _, tail = text.partition(":")
        split = _CODE_FIRST.fullmatch(text)
        if split is not None:
            head, tail = split[1], split[2]
        code = as_code(head)
        if _NEXT_CHOICE.search(text):
            bench.say("E034", place, hint=_A_LINE_EACH, line="")
            return Name(code or "name", span=place)
        bench.say("E016", place, label=text, code=code or "name", text=tail.strip() or text)
    return Name(code, span=place)


@rule
def answer(bench: Bench, at: Meta, parts: Parts) -> Answer:
    channel, kind = parts
    return Answer(kind, channel, span=bench.place(at))


@rule
def choices_from(bench: Bench, at: Meta, parts: Parts) -> ChoicesFrom:
    return ChoicesFrom(*parts, span=bench.place(at))


@rule
def reaction(bench: Bench, at: Meta, parts: Parts) -> Reaction:
    kind, message = parts
    return Reaction(kind.lower(), message, span=bench.place(at))


@rule
def reaction_block(bench: Bench, at: Meta, parts: Parts) -> Reaction:
    kind, *statements = parts
    place = bench.place(at)
    return Reaction(kind.lower(), block=Block(readable(statements), span=place), span=place)


@rule
def body(bench: Bench, at: Meta, parts: Parts) -> Block:
    return Block(readable(parts), span=bench.place(at))


def readable(parts: Parts) -> tuple[Any, ...]:
    """The parts as they are kept: without lines that could not be read."""
    return tuple(part for part in parts if not isinstance(part, Aside))


@rule
def if_failed(bench: Bench, at: Meta, parts: Parts) -> Failure:
    return Failure("failed", parts[0], span=bench.place(at))


@rule
def if_too_many(bench: Bench, at: Meta, parts: Parts) -> Failure:
    return Failure("too_many", parts[0], span=bench.place(at))


@rule
def tries(bench: Bench, at: Meta, parts: Parts) -> Tries:
    return Tries(whole(bench, parts[0]), span=bench.place(at))


@rule
def points(bench: Bench, at: Meta, parts: Parts) -> Points:
    return Points(whole(bench, parts[0]), span=bench.place(at))


@rule
def correct(bench: Bench, at: Meta, parts: Parts) -> Correct:
    bench.doubt_commas(at)
    return Correct(tuple(parts), span=bench.place(at))


@rule
def only_if(bench: Bench, at: Meta, parts: Parts) -> OnlyIf:
    return OnlyIf(parts[0], span=bench.place(at))


@rule
def check(bench: Bench, at: Meta, parts: Parts) -> Check:
    return Check(*parts, span=bench.place(at))


@rule
def confirm(bench: Bench, at: Meta, parts: Parts) -> Confirm:
    when, message = parts
    return Confirm(message, when, span=bench.place(at))


@rule
def optional(bench: Bench, at: Meta, parts: Parts) -> Optional:
    return Optional(span=bench.place(at))


@rule
def secret(bench: Bench, at: Meta, parts: Parts) -> Secret:
    return Secret(span=bench.place(at))


@rule
def hint(bench: Bench, at: Meta, parts: Parts) -> Hint:
    return Hint(parts[0], span=bench.place(at))


@rule
def mapping(bench: Bench, at: Meta, parts: Parts) -> Mapping:
    system, target = parts
    return Mapping(system.lower(), line_of(bench, target), span=bench.place(at))


@rule
def remind(bench: Bench, at: Meta, parts: Parts) -> Remind:
    return Remind(*parts, span=bench.place(at))


@rule
def give_up(bench: Bench, at: Meta, parts: Parts) -> GiveUp:
    return GiveUp(*parts, span=bench.place(at))


@rule
def repeat(bench: Bench, at: Meta, parts: Parts) -> Repeat:
    after, until_right = parts
    return Repeat(after, until_right is not None, span=bench.place(at))


@rule
def until_right(bench: Bench, at: Meta, parts: Parts) -> bool:
    return True


@rule
def go_on(bench: Bench, at: Meta, parts: Parts) -> GoOn:
    return GoOn(parts[0], span=bench.place(at))
