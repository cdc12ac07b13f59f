"""Who takes part, and what a starter gives: made up so that conditions on the worker and on inputs go both ways."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

import msgspec

from engine.answers import Option, ReadAs, Right
from engine.answers import read as read_answer
from engine.cast import Member, cast, facilities, with_fields
from engine.phrases import Phrases
from engine.rehearsal import stand_in
from engine.stage import Told, receiver
from engine.values import Packed, pack, unpack
from grammar import program as p
from study.crowd import drafts, manners
from study.crowd.hints import Hints, results

FIRST = "moses"
"""Of the cast, who answers."""
OPTIONAL = 0.3
"""An optional input is not given."""
MOST = 3
"""Values in an input that is a list."""
HINTED = 0.5
"""A field of the worker, or of what an action gives, has a value that the flow asks about."""


def member(program: p.Program, hints: Hints, random: Random) -> Member:
    """A worker, with the fields and in the groups that the flow asks about, or not."""
    asks = any(isinstance(op, p.ChooseLanguage) for op in program.code)
    unknown = asks and random.random() < manners.UNKNOWN_LANGUAGE
    fields = {"language": "" if unknown else random.choice(program.languages)}
    for (of, name), values in hints.items():
        if of in ("worker", "facility") and name != "language" and values and random.random() < HINTED:
            fields[name if of == "worker" else f"facility.{name}"] = random.choice(values)
    if any(question.kind == "place" for question in program.questions.values()) and random.random() < HINTED:
        fields["facilities"] = " ".join(facilities())
    made = with_fields(cast()[FIRST], fields)
    groups = [group for group in hints.get(("group", ""), ()) if random.random() < HINTED]
    groups += [program.word_group] if program.word_group else []
    pin = "" if random.random() < manners.FAILS else made.pin
    return Member(made.record, made.facility, pin, tuple(groups), made.zone)


def colleagues(program: p.Program, hints: Hints, random: Random) -> dict[str, Member]:
    """Others of the cast, of whom the flow may ask the same."""
    found = {name: member(program, hints, random) for name in cast() if name != FIRST}
    for name, made in found.items():
        made.record |= {field: cast()[name].record[field] for field in ("id", "name", "first_name", "phone")}
    return found


@dataclass(frozen=True, slots=True)
class Giver:
    """Who starts the flow for a worker, on a day."""

    program: p.Program
    worker: Member
    hints: Hints
    random: Random
    today: date
    phrases: Phrases

    def given(self) -> dict[str, Packed]:
        """A value for every input; now and then none for an optional one."""
        specs = self.program.inputs.values()
        wanted = [spec for spec in specs if not spec.optional or self.random.random() >= OPTIONAL]
        return {spec.name: self._value(spec) for spec in wanted}

    def _value(self, spec: p.InputSpec) -> Packed:
        one = msgspec.structs.replace(spec, many="", optional=False)
        if spec.many == "list":
            values = [unpack(self._value(one)) for _ in range(self.random.randint(1, MOST))]
            return pack(tuple(dict.fromkeys(values)))
        if spec.many or spec.worker:
            return stand_in(spec, self.worker, self.today)
        return self._read(one)

    def _read(self, spec: p.InputSpec) -> Packed:
        """One value, written and read as the text of a starter."""
        options = tuple(Option(choice.number, choice.code) for choice in spec.choices)
        form = ReadAs(spec.type.kind, limit=spec.type.limit, rule=spec.type.rule, choices=options)
        known = self.hints.get(("input", spec.name), ())
        text = drafts.right(form, self.random, self.today, known, str(self.worker.facility["code"]))
        got = read_answer(form, text, self.program.languages[0], self.today, self.phrases)
        return pack(got.value) if isinstance(got, Right) else stand_in(spec, self.worker, self.today)


def outcomes(program: p.Program, hints: Hints, random: Random) -> dict[str, Told]:
    """What actions and health systems answer to one worker's conversation."""
    reads = results(program)
    calls = {op.action: op.result for op in program.code if isinstance(op, p.Do)}
    calls |= {op.system: "" for op in program.code if isinstance(op, p.Submit)}
    told: dict[str, Told] = {}
    for name, result in calls.items():
        fields: dict[str, Packed] = {}
        for field in reads.get(name, ()):
            known = hints.get(("result", f"{result}.{field}"), ())
            hinted = known and random.random() < HINTED
            fields[field] = random.choice(known) if hinted else f"{field} {random.randint(100, 999)}"
        told[name] = Told(fields, failed=random.random() < manners.FAILS)
    return told


def nobody(program: p.Program, worker: Member, random: Random) -> set[str]:
    """The roles that are filled by nobody, the groups that are empty, and the supervisor who is not there."""
    lines = (op for op in program.code if isinstance(op, p.Tell | p.StartFlow))
    people = {_person(op.target, worker): None for op in lines if op.target.kind in ("role", "group", "supervisor")}
    return {name for name in people if random.random() < manners.FAILS}


def _person(target: p.Target, worker: Member) -> str:
    return receiver({"kind": target.kind, "name": target.name}, worker)
