"""What a starter gives, checked against what the flow declares: all inputs fit, or every one that does not is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

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
    return accept_some(
        program, given, [name for name, spec in program.inputs.items() if not spec.optional], today, phrases
    )


def accept_some(
    program: p.Program, given: Mapping[str, object], needed: Iterable[str], today: date, phrases: Phrases
) -> dict[str, Packed]:
    """The same where only some of them are `needed`, and the others may stay away."""
    given = _by_their_names(program, given)
    problems = [f"The flow has no input {name}." for name in given if name not in program.inputs]
    accepted: dict[str, Packed] = {}
    needed = frozenset(needed)
    for name, spec in program.inputs.items():
        value = given.get(name)
        if value is None or value == "":
            if name in needed:
                problems.append(f"The input {name} is missing.")
            continue
        read = (
            _several(program, spec, value, today, phrases) if spec.many else _read(program, spec, value, today, phrases)
        )
        if read is None:
            problems.append(f"The input {name} must be {describe(spec)}.")
        else:
            accepted[name] = pack(read)
    if problems:
        raise InputError(problems)
    return accepted


def _by_their_names(program: p.Program, given: Mapping[str, object]) -> dict[str, object]:
    """The values under the names of the flow, which are compared without capitals (RULES A1)."""
    names = {name.casefold(): name for name in program.inputs}
    return {names.get(name.casefold(), name): value for name, value in given.items()}


def _several(program: p.Program, spec: p.InputSpec, value: object, today: date, phrases: Phrases) -> Value:
    """The values of a list, or the rows of a table; None where one of them does not fit."""
    if spec.many == "rows":
        return _rows(spec, value)
    items = value if isinstance(value, list | tuple) else [part for part in str(value).split(",") if part.strip()]
    read = [_read(program, spec, item.strip() if isinstance(item, str) else item, today, phrases) for item in items]
    return tuple(read) if read and None not in read else None


def _rows(spec: p.InputSpec, value: object) -> Value:
    """Rows as objects with the columns, as lists, or written `a | b; c | d`; the first column names the row."""
    parts = value if isinstance(value, list | tuple) else [part for part in str(value).split(";") if part.strip()]
    rows = [_row(spec, part) for part in parts]
    keys = [row[0] for row in rows if row]
    enough = spec.least <= len(rows) <= (spec.most or len(rows))
    return tuple(rows) if rows and len(set(keys)) == len(rows) and enough and all(keys) else None


def _row(spec: p.InputSpec, part: object) -> tuple[str, ...]:
    """The cells of a row, () where they are not those of the columns."""
    if isinstance(part, Mapping):
        named = {str(name).casefold(): cell for name, cell in part.items()}
        cells = [named.pop(column.casefold(), "") for column in spec.columns]
        return () if named else tuple(_cell(cell) for cell in cells)
    cells = list(part) if isinstance(part, list | tuple) else str(part).split("|")
    return tuple(_cell(cell) for cell in cells) if len(cells) == len(spec.columns) else ()


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value).strip()


def _read(program: p.Program, spec: p.InputSpec, value: object, today: date, phrases: Phrases) -> Value:
    if isinstance(value, list | tuple | Mapping):
        return None
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
    if spec.many == "rows":
        most = f"{spec.least or 1} to {spec.most}" if spec.most else f"{spec.least or 1} or more"
        return f"a table of {', '.join(spec.columns)} with {most} rows, each with a first cell of its own"
    if spec.many:
        return f"a list, each of it {describe(msgspec.structs.replace(spec, many=''))}"
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
