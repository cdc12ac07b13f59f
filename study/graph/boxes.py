"""What each line of a flow says in its box, and which lines have none: those that only lead on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grammar import program as p
from study.graph.model import Box
from study.graph.words import length, person, said, text
from study.written import Written

_DAYS = {"day": "the next day", "weekday": "the next weekday"}


class Boxes:
    """The boxes of one program, in one language.  `written`: the author's lines, for the titles of sections."""

    def __init__(self, program: p.Program, language: str, written: Written) -> None:
        self.program = program
        self.language = language
        self._written = written

    def line(self, at: int) -> int:
        """The author's line."""
        return self.program.places[at].line if at < len(self.program.places) else 0

    def box(self, at: int) -> Box | None:
        """The box of a line that is no question and no fork; None for one that only leads on."""
        make = _MADE.get(type(self.program.code[at]))
        made: Box | None = make(self, at, self.program.code[at]) if make is not None else None
        if made is not None:
            made.line = self.line(at)
        return made

    def section(self, name: str) -> str:
        """The title of a section, else its name."""
        at = self.program.sections.get(name)
        place = self.program.places[at] if at is not None else None
        title = self._written.text(place.file, place.line).partition(":")[2].strip() if place is not None else ""
        return title or name.rpartition(".")[2].replace("_", " ")


def _say(boxes: Boxes, at: int, op: p.Say) -> Box:
    return Box(at, "say", text(op.text, boxes.language), "Message", channels=boxes.program.channels)


def _tell(boxes: Boxes, at: int, op: p.Tell) -> Box:
    head = f"To {person(op.target)}" + (", at once" if op.urgent else "")
    if op.gather is not None:
        day, hour = op.gather
        head += f", every {day if day in _DAYS else day.capitalize()} at {hour}"
    return Box(at, "tell", text(op.text, boxes.language), head, channels=("sms",))


def _enter(boxes: Boxes, at: int, op: p.Enter) -> Box:
    return Box(at, "section", boxes.section(op.section))


def _wait(boxes: Boxes, at: int, op: p.Wait) -> Box:
    return Box(at, "wait", "Wait " + _until(op) + (f" at {said(op.at)}" if op.at is not None else ""))


def _do(boxes: Boxes, at: int, op: p.Do) -> Box:
    return Box(at, "system", op.action.replace("_", " ").capitalize(), "Action")


def _submit(boxes: Boxes, at: int, op: p.Submit) -> Box:
    waits = ("waits for the answer",) if op.waits else ()
    return Box(at, "system", f"The answers go to {op.system}", "Report", waits)


def _start(boxes: Boxes, at: int, op: p.StartFlow) -> Box:
    return Box(at, "system", f"{op.flow} with {person(op.target)}", "Starts a conversation")


def _take(boxes: Boxes, at: int, op: p.Take) -> Box:
    return Box(at, "system", f"Takes {said(op.value)}: only one can", "One of several")


def _set(boxes: Boxes, at: int, op: p.Set) -> Box | None:
    if op.target == "variable":
        return None
    of = "worker." if op.target == "worker" else ""
    return Box(at, "system", f"{of}{op.name}: {said(op.value)}", "Noted")


def _group(boxes: Boxes, at: int, op: p.Group) -> Box:
    who = said(op.person) if op.person is not None else "worker"
    does = "added to" if op.add else "removed from"
    return Box(at, "system", f"{who} is {does} group {op.name}", "Noted")


def _call(boxes: Boxes, at: int, op: p.Call) -> Box:
    return Box(at, "section", f"Flow {op.name.replace('_', ' ')}")


def _again(boxes: Boxes, at: int, op: p.AskAgain) -> Box:
    row = f", for {said(op.row)}" if op.row is not None else ""
    return Box(at, "ask", f"{op.question} is asked again{row}", "Once more", channels=boxes.program.channels)


def _loop(boxes: Boxes, at: int, op: p.Loop) -> Box:
    return Box(at, "loop", f"For each {op.word} in {op.table}")


def _next(boxes: Boxes, at: int, op: p.Next) -> Box:
    loop = boxes.program.code[op.start]
    return Box(at, "loop", f"Next {loop.word if isinstance(loop, p.Loop) else ''}")


def _until(op: p.Wait) -> str:
    if op.give_up is not None:
        return f"until all quizzes are right, at most {length(op.give_up.after)}"
    if op.day:
        return f"until {_DAYS.get(op.day, op.day.capitalize())}"
    if op.span is not None:
        return said(op.span)
    tomorrow = p.Op("+", (p.Builtin("today"), p.Const("duration", "86400")))
    return "until " + ("tomorrow" if op.until == tomorrow else said(op.until) if op.until is not None else "")


_MADE: dict[type, Callable[[Boxes, int, Any], Box | None]] = {
    p.Say: _say,
    p.Tell: _tell,
    p.Enter: _enter,
    p.Wait: _wait,
    p.Do: _do,
    p.Submit: _submit,
    p.StartFlow: _start,
    p.Take: _take,
    p.Set: _set,
    p.Group: _group,
    p.Call: _call,
    p.AskAgain: _again,
    p.Loop: _loop,
    p.Next: _next,
}
