"""A conversation on a stage, told line by line: every line that a person types is one act, and gives what it caused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from engine.limits import DAY, HOUR, MINUTE
from engine.prompts import CALL
from engine.stage import Stage
from engine.values import Packed, Value, unpack

HELP = """\
Write what the worker would send. More can be done:
  /wait 4 hours   lets time go by (minutes, hours, days, weeks)
  /press 1#       presses keys in a call
  hang up         ends a call, as it ends when nobody presses a key; the next one comes with the reminder: /wait 1 day
  /quit           ends the play
"""
HIDDEN = "(secret)"
NO_CALL = "There is no call: begin with --ivr."
ONLY_KEYS = "In a call one presses keys: 0 to 9, * and #. Write `hang up` to end it, or /help."
HUNG_UP = "The call has ended. Another one comes with the reminder: /wait 1 day lets time go by."

_SPANS = {"minute": MINUTE, "hour": HOUR, "day": DAY, "week": 7 * DAY}
_KEYS = re.compile(r"[0-9*#\s]*")
_WAIT = re.compile(r"(\d+)\s*(minute|hour|day|week)s?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the conversation.  `by`: flow, worker or engine; `to`: who else hears it, "" for nobody else."""

    by: str
    text: str
    to: str = ""
    line: int = 0


class Talk:
    """One worker and one flow.  `over` once the conversation has ended."""

    def __init__(self, stage: Stage, channel: str = "sms") -> None:
        self.stage = stage
        self.channel = channel
        self._told = 0
        self._cut = False

    def start(self, flow: str, inputs: Mapping[str, Packed]) -> list[Said]:
        """The conversation begins."""
        self.stage.start(flow, dict(inputs), self.channel)
        return self._new()

    def act(self, written: str) -> list[Said]:
        """What follows from one line: a reply, or a command that begins with a slash."""
        if self.channel == CALL and written.strip("/ ").casefold() in ("hang up", "hangup"):
            return self._call("hangup", "")
        if not written.startswith("/"):
            return self._say(written)
        command, _, rest = written[1:].partition(" ")
        if command == "wait":
            return self._wait(rest)
        if command in ("press", "hangup"):
            return self._call(command, rest)
        return [Said("engine", HELP if command == "help" else f"There is no /{command}.\n{HELP}")]

    def _say(self, written: str) -> list[Said]:
        if self.channel == CALL and not written:
            return []  # no key was pressed
        if self.channel == CALL and self._cut:
            return [Said("engine", HUNG_UP)]
        if self.channel == CALL and not (_KEYS.fullmatch(written) or self._records):
            return [Said("engine", ONLY_KEYS)]
        if self.channel == CALL:
            self.stage.press(written)
        else:
            self.stage.say(written)
        return [said for said in self._new() if said.by != "worker"]

    def _call(self, command: str, keys: str) -> list[Said]:
        """What one does with a phone in a call."""
        if self.channel != CALL:
            return [Said("engine", NO_CALL)]
        if command == "press":
            return self._say(keys)
        self.stage.hang_up()
        self._cut = True  # until the next call says something
        return self._new() or [Said("engine", HUNG_UP)]

    @property
    def _records(self) -> bool:
        """Does the question that waits want something spoken?  What is typed stands for it."""
        for state in self.stage.view.sessions.values():
            asked = self.stage.library.of(state.program).questions.get(state.asked)
            if asked is not None and state.status == "waiting":
                source = asked.source
                return source.type_on.get(CALL, source.type).kind in ("recording", "text")
        return False

    @property
    def over(self) -> bool:
        """Has every conversation ended, the one that was started last too?"""
        return not self.stage.view.sessions

    @property
    def outcome(self) -> str:
        """How the last conversation ended, "" while it runs."""
        return self.stage.last.outcome if self.stage.last is not None else ""

    @property
    def answers(self) -> dict[str, Any]:
        """The answers of the last conversation as JSON has them; `name.row` inside a loop.  A secret stays one."""
        last = self.stage.last
        if last is None:
            return {}
        asked = self.stage.library.of(last.program).questions
        hidden = {name for name in last.answers if (found := asked.get(name.split("/")[0])) and found.source.secret}
        shown = {name: HIDDEN if name in hidden else plain(unpack(value)) for name, value in last.answers.items()}
        return {name.replace("/", "."): value for name, value in shown.items()}

    def _wait(self, span: str) -> list[Said]:
        match = _WAIT.fullmatch(span.strip())
        if match is None:
            return [Said("engine", "How long? For example: /wait 4 hours")]
        self.stage.wait(int(match[1]) * _SPANS[match[2].lower()])
        return self._new()

    def _new(self) -> list[Said]:
        lines = self.stage.log[self._told :]
        self._told = len(self.stage.log)
        self._cut = self._cut and not any(line.voice for line in lines if line.by != "worker")
        return [Said(line.by, line.text, line.to, line.line) for line in lines]


def plain(value: Value) -> Any:  # noqa: ANN401 - JSON has any shape
    """A value as JSON has it: dates and times as texts, numbers as numbers, several as a list."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return value
