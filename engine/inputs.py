"""What a starter gives, checked against what the flow declares: all inputs fit, or every one that does not is named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from engine.answers import Option, ReadAs, Right
from engine.answers import read as read_answer
from engine.phrases import Phrases
from engine.values import Packed, Value, pack
from grammar import program as p


class InputError(ValueError):
    """The inputs do not fit; `problems` has a sentence for each that does not."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def accept(program: p.Program, given: Mapping[str, object], today: date, phrases: Phrases) -> dict[str, Packed]:
    """Inputs as another system gives them (texts, numbers, yes/no) in plain form; InputError where they do not fit."""
    problems = [f"The flow has no input {name}." for name in given if name not in program.inputs]
    accepted: dict[str, Packed] = {}
    for name, spec in program.inputs.items():
        value = given.get(name)
        if value is None or value == "":
            if not spec.optional:
                problems.append(f"The input {name} is missing.")
            continue
        read = _read(program, spec, value, today, phrases)
        if read is None:
            problems.append(f"The input {name} must be {describe(spec)}.")
        else:
            accepted[name] = pack(read)
    if problems:
        raise InputError(problems)
    return accepted


def _read(program: p.Program, spec: p.InputSpec, value: object, today: date, phrases: Phrases) -> Value:
    text = {True: "yes", False: "no"}.get(value, "") if isinstance(value, bool) else str(value)
    if spec.worker:
        return text
    form = ReadAs(
        spec.type.kind,
        limit=spec.type.limit,
        rule=spec.type.rule,
        choices=tuple(Option(choice.number, choice.code) for choice in spec.choices),
        languages=program.languages,
    )
    got = read_answer(form, text, program.languages[0], today, phrases)
    return got.value if isinstance(got, Right) else None


def describe(spec: p.InputSpec) -> str:
    """What an input must be, in words."""
    if spec.worker:
        return "a worker: an id or a phone number"
    if spec.choices:
        return "one of " + ", ".join(choice.code for choice in spec.choices)
    return _KINDS.get(spec.type.kind, "a " + spec.type.kind)


_KINDS = {
    "yesno": "yes or no",
    "whole": "a whole number",
    "number": "a number",
    "decimal": "a number",
    "text": "a text",
    "date": "a date like 2025-12-25",
    "time": "a time like 09:30",
    "digits": "digits",
    "phone": "a phone number",
}
