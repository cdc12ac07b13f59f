"""`dundun chat`: play a flow by hand or from a pipe; it begins now, time goes by when told, and nothing leaves."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated

import msgspec
from cyclopts import Parameter
from rich.console import Console
from rich.table import Table
from rich.text import Text

from commands import flows
from commands.errors import CommandError
from commands.talk import Said, Talk, plain
from engine.cast import Member, cast, with_fields
from engine.clock import SystemClock
from engine.inputs import InputError, accept
from engine.linked import Linked
from engine.moments import day_of
from engine.prompts import CALL
from engine.rehearsal import stand_in
from engine.stage import Stage
from engine.values import Packed, unpack
from grammar.program import ChooseLanguage

PROMPT = "> "
OPENINGS = (
    "Write what the worker sends. /help says what else can be done, /quit ends the play.",
    "This is a call: press keys, like 1 or 12#. `hang up` ends it; /help says what else can be done.",
)
"""By SMS, and in a call."""
Pairs = Annotated[list[str] | None, Parameter(consume_multiple=True, negative_iterable="")]


def chat(
    flow: str,
    /,
    *,
    worker: Pairs = None,
    inputs: Annotated[Pairs, Parameter(name="--input")] = None,
    json: bool = False,
    ivr: bool = False,
) -> int:
    """Play a flow, as a worker would.

    Parameters
    ----------
    flow
        A .flow file, or the name of a flow in the folder flows.
    worker
        Who plays: moses, fatou or abebe, and fields of the record: language=fr name="Awa Touré".
    inputs
        What the starter gives: result=positive lab_number=L-77.
    json
        One line of JSON for everything that is said, and one for the end.
    ivr
        By a call: what is typed are keys, like 1 or 12#; `hang up` ends it.
    """
    linked, library = flows.one(flow)
    if ivr and CALL not in linked.program.channels:
        name = linked.program.flow
        raise CommandError(f"The flow {name} does not run in calls. Write `channels: sms, ivr` below its first line.")
    member = _member(worker or [], linked)
    now = SystemClock().now()
    talk = Talk(Stage(library, member, now), CALL if ivr else "sms")
    show = _Lines() if json else _Screen(talk)
    show.opened()
    show.told(talk.start(linked.program.flow, _inputs(linked, member, inputs or [], now)))
    for written in [] if talk.over else _written(show):
        show.heard(written)
        show.told(talk.act(written))
        if talk.over:
            break
    show.ended(talk)
    return 0


def _member(words: Sequence[str], linked: Linked) -> Member:
    """One of the cast, with other fields; of whom nothing is said has no language yet where the flow asks for it."""
    names = [word for word in words if "=" not in word]
    fields = _pairs([word for word in words if "=" in word] + names[1:])
    people = cast()
    name = names[0] if names else "moses"
    if name not in people:
        raise CommandError(f"There is no worker {name}. There are: {', '.join(people)}.")
    asks = any(isinstance(op, ChooseLanguage) for op in linked.code)
    if asks and not names and "language" not in fields:
        fields["language"] = ""
    return with_fields(people[name], fields)


def _inputs(linked: Linked, member: Member, words: Iterable[str], now: int) -> dict[str, Packed]:
    """What was given, and a stand-in for what was not (RULES T2)."""
    today = day_of(now, member.zone)
    made_up = {name: plain(unpack(stand_in(spec, member, today))) for name, spec in linked.program.inputs.items()}
    try:
        return accept(linked.program, {**made_up, **_pairs(words)}, today, linked.phrases)
    except InputError as error:
        raise CommandError("\n".join(error.problems)) from None


def _pairs(words: Iterable[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise CommandError(f"{word}: name=value is expected, like language=fr.")
        pairs[name.strip()] = value.strip()
    return pairs


class _Lines:
    """For another program: one JSON object a line."""

    prompt = ""

    def opened(self) -> None:
        """Another program knows what it can do."""

    def told(self, said: Iterable[Said]) -> None:
        for line in said:
            self._write({"from": line.by, "text": line.text, "to": line.to, "line": line.line})

    def heard(self, written: str) -> None:
        if not written.startswith("/"):
            self._write({"from": "worker", "text": written, "to": "", "line": 0})

    def ended(self, talk: Talk) -> None:
        self._write({"from": "engine", "outcome": talk.outcome, "answers": talk.answers})

    def _write(self, row: Mapping[str, object]) -> None:
        sys.stdout.write(msgspec.json.encode(row).decode() + "\n")
        sys.stdout.flush()


class _Screen:
    """For a person: the flow at the left, what others get named, and at the end the answers."""

    prompt = PROMPT

    def __init__(self, talk: Talk) -> None:
        self._console = Console(highlight=False, width=None if sys.stdout.isatty() else 100)
        self._talk = talk
        self._day = ""
        self._by_hand = by_hand()
        self._whole_lines = not self._console.is_terminal  # a terminal would break them within words

    def opened(self) -> None:
        """Who plays by hand is told what he can do; in a call, how to end it."""
        if self._by_hand:
            self._console.print(Text(OPENINGS[self._talk.channel == CALL] + "\n", "dim"), soft_wrap=self._whole_lines)

    def told(self, said: Iterable[Said]) -> None:
        for line in said:
            self._console.print(_shown(line), soft_wrap=self._whole_lines)
            self._console.print()

    def heard(self, written: str) -> None:
        if not self._by_hand:
            self._console.print(Text(f"{PROMPT}{written}\n", "bold green"), soft_wrap=self._whole_lines)

    def ended(self, talk: Talk) -> None:
        ended = (
            f"The conversation ended: {talk.outcome}." if talk.over else "The conversation goes on; you left it here."
        )
        self._console.print(Text(ended, "bold"))
        if talk.answers:
            table = Table("Question", "Answer", box=None, padding=(0, 3, 0, 0), header_style="dim")
            for name, value in talk.answers.items():
                table.add_row(Text(name), Text("–" if value is None else str(value)))
            self._console.print(table)


def _shown(line: Said) -> Text:
    if line.to:
        return Text.assemble((f"to {line.to}: ", "bold yellow"), line.text)
    return Text(line.text, "dim" if line.by == "engine" else "")


def by_hand() -> bool:
    """Does a person type, and no pipe?"""
    return sys.stdin.isatty()


def _written(show: _Lines | _Screen) -> Iterator[str]:
    """What is typed or piped in, a line at a time, until its end or /quit."""
    typed = by_hand()
    while True:
        try:
            line = input(show.prompt if typed else "")
        except EOFError:
            return
        if line.strip() == "/quit":
            return
        if line.strip() or not typed:
            yield line.strip()
