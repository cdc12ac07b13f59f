"""The header of a flow: its lines in the order of the file, each in a shape of its own."""

from __future__ import annotations

from grammar.nodes.answers import InputType
from grammar.nodes.base import Name, Node, Span
from grammar.nodes.expressions import Time
from grammar.nodes.people import Audience
from grammar.nodes.questions import Choice, GiveUp, Remind, Tries
from grammar.nodes.texts import Part


class Languages(Node, frozen=True):
    """`languages: en, fr, pt-BR`: the first is the base language."""

    tags: tuple[Name, ...]


class Channels(Node, frozen=True):
    """`channels: sms, ivr`."""

    names: tuple[Name, ...]


class Sensitive(Node, frozen=True):
    """`sensitive: result, status`."""

    names: tuple[Name, ...]


class StartEvent(Node, frozen=True):
    """`start on event lab_result_ready`."""

    event: Name


class StartWord(Node, frozen=True):
    """`start on word STOCK or SOH`; a word may be of any script."""

    words: tuple[Name, ...]
    only_for: Audience | None = None


class MonthDay(Node, frozen=True):
    """`month on the 1st`; `day` 0 is the last day of the month."""

    day: int


class StartEvery(Node, frozen=True):
    """`start every Monday at 08:00 for …`; `since` is the day of `unless done since`."""

    every: Name | MonthDay
    audience: Audience
    at: Time | None = None
    since: Name | None = None


class StartOnce(Node, frozen=True):
    """`start on 5 January 2026 at 09:00 for …`, its month as written."""

    day: int
    month: Name
    year: int
    audience: Audience
    at: Time | None = None
    since: Name | None = None


class ShortForm(Node, frozen=True):
    """`short form: disease, sex` · `each product, on_hand` (`each`) · `on_hand of each product` (`of_each`).

    `questions` are the names in order; `each` and `of_each` the word of the table's rows; `apart` is where an
    item stands that does not go with the first.
    """

    questions: tuple[Name, ...]
    each: Name | None = None
    of_each: Name | None = None
    apart: Span | None = None


class Input(Node, frozen=True):
    """One line below `inputs:`; `choices` below `name: one of` (then the type is choice, without codes)."""

    name: Name
    type: InputType
    optional: bool = False
    choices: tuple[Choice, ...] = ()


class Inputs(Node, frozen=True):
    """`inputs:` and the lines below."""

    inputs: tuple[Input, ...]


class QuietHours(Node, frozen=True):
    """`quiet hours 20:00 to 07:00`."""

    begin: Time
    end: Time


class AllowBack(Node, frozen=True):
    """`allow back`."""


class SmsLetters(Node, frozen=True):
    """`sms letters: plain`."""

    kind: Name


class Moved(Node, frozen=True):
    """`moved old -> new`."""

    old: Name
    new: Name


HeaderLine = (
    Languages
    | Channels
    | Sensitive
    | StartEvent
    | StartWord
    | StartEvery
    | StartOnce
    | ShortForm
    | Inputs
    | QuietHours
    | AllowBack
    | SmsLetters
    | Moved
    | Tries
    | Remind
    | GiveUp
    | Part
)
"""A Part is a translation of the flow's title."""
