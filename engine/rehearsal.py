"""The tests in a flow file, played on a stage: the same test gives the same result on every machine, at every hour.

`play` gives what was said and, where the test failed, its line and what was expected (RULES T).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import msgspec

from engine import moments, needs
from engine.cast import Member, cast, facts_of, supervisor_of, with_fields
from engine.dialogue import Line
from engine.expressions import constant
from engine.facts import Needed
from engine.functions import written
from engine.inputs import InputError, accept
from engine.library import Library
from engine.linked import Linked
from engine.scene import Scene
from engine.session import Session
from engine.stage import OPENING, Stage, Told, receiver
from engine.values import Packed, Value, pack, unpack
from engine.view import Applied
from grammar import program as p

NO_ACTION = "the test to begin with a line `start`"


@dataclass(frozen=True, slots=True)
class Played:
    """How a test went.  `line` and `wanted` say where it failed and what was expected there; "" where it passed."""

    rehearsal: p.Rehearsal
    log: tuple[Line, ...]
    line: int = 0
    wanted: str = ""

    @property
    def passed(self) -> bool:
        """Did everything happen that was expected?"""
        return not self.wanted


class _Failed(Exception):  # noqa: N818  (a test that fails is no error of ours)
    def __init__(self, wanted: str) -> None:
        super().__init__(wanted)


Watch = Callable[[Sequence[Applied]], None]


def play(
    rehearsal: p.Rehearsal, library: Library, people: Iterable[p.Person] = (), watch: Watch | None = None
) -> Played:
    """Play a test to its end or to the first thing that does not come; `watch` is told of all that is applied."""
    rehearsing = _Rehearsing(rehearsal, library, people, watch)
    for step in rehearsal.steps:
        try:
            rehearsing.do(step)
        except _Failed as failure:
            return Played(rehearsal, tuple(rehearsing.log), step.line, str(failure))
    return Played(rehearsal, tuple(rehearsing.log))


class _Rehearsing:
    def __init__(
        self, rehearsal: p.Rehearsal, library: Library, people: Iterable[p.Person], watch: Watch | None
    ) -> None:
        people = list(people)
        self.watch = watch
        self.rehearsal = rehearsal
        self.library = library
        self.members = cast()
        for person in people:
            self.members[person.name] = _made_up(person)
        self.phones = {person.name: person.fields["phone"] for person in people if "phone" in person.fields}
        self.stage: Stage | None = None
        self.told: dict[str, Told] = {}
        self.seen = 0
        self.done = 0

    @property
    def log(self) -> list[Line]:
        """What was said so far."""
        return self.stage.log if self.stage else []

    def do(self, step: p.Step) -> None:
        """One line of the test."""
        _STEPS[step.do](self, step)

    def on(self) -> Stage:
        """The stage; a test must begin with `start`."""
        if self.stage is None:
            raise _Failed(NO_ACTION)
        return self.stage

    def acting(self) -> Stage:
        """The stage, before a line that does something: what is expected next is looked for from here."""
        stage = self.on()
        self.seen = self.done = len(stage.log)
        return stage

    def flow(self, name: str = "") -> Linked:
        """The flow that the test is about."""
        linked = self.library.current(name or self.rehearsal.flow)
        if linked is None:
            raise _Failed(f"There is no flow {name or self.rehearsal.flow} that can run.")
        return linked

    # ------------------------------------------------------------ doing

    def start(self, step: p.Step) -> None:
        linked = self.flow(step.flow)
        given = {name: self.read(expr, linked) for name, expr in step.args.items()}
        self.stage = self._set_stage(linked, step, given)
        self.seen = self.done = 0
        if "text" in given and "text" not in linked.program.inputs:
            self.stage.say(written(given["text"]), minutes=0)
            return
        specs = linked.program.inputs
        inputs = {name: self._input(linked, specs[name], given[name]) for name in specs if name in given}
        self.stage.start(linked.program.flow, {**self._stand_ins(linked), **inputs}, step.channel or "sms")

    def _input(self, linked: Linked, spec: p.InputSpec, value: Value) -> Packed:
        """What `start with` gives: several values of an input are written as one text, with commas between them."""
        if not spec.many:
            return pack(value)
        program = msgspec.structs.replace(linked.program, inputs={spec.name: spec})
        today = moments.day_of(self.on().now, self.on().worker.zone)
        try:
            return accept(program, {spec.name: written(value)}, today, linked.phrases)[spec.name]
        except InputError as error:
            raise _Failed(" ".join(error.problems)) from None

    def _set_stage(self, linked: Linked, step: p.Step, given: dict[str, Value]) -> Stage:
        key = written(given.get("worker")) or "moses"
        member = self.members.get(key)
        if member is None:
            raise _Failed(f"a worker {key}: describe one with `test worker {key}:`")
        fields = {
            name.removeprefix("worker."): written(value)
            for name, value in given.items()
            if name.startswith(("worker.", "facility."))
        }
        asks = any(isinstance(op, p.ChooseLanguage) for op in linked.code)
        if asks and key == "moses" and "language" not in fields:
            fields["language"] = ""
        sharing = [self.members[name] for name in self.phones if name != key and self._shares(name, member)]
        moment = _moment(step.at, member.zone)
        stage = Stage(self.library, with_fields(member, fields), moment, self.members, sharing)
        stage.actions, stage.watch = self.told, self.watch
        boss = str(stage.worker.record["supervisor"])
        nobody = [name for name, value in given.items() if value == "nobody"]
        stage.nobody = {boss if name == "supervisor" else name for name in nobody}
        return stage

    def _shares(self, name: str, member: Member) -> bool:
        """Has this made-up worker the same phone?"""
        return self.phones[name] == member.record["phone"]

    def _stand_ins(self, linked: Linked) -> dict[str, Packed]:
        """What an input holds that `start` does not give (RULES T2)."""
        stage = self.on()
        today = moments.day_of(stage.now, stage.worker.zone)
        return {name: stand_in(spec, stage.worker, today) for name, spec in linked.program.inputs.items()}

    def reply(self, step: p.Step) -> None:
        self.acting().say(step.text)

    def event(self, step: p.Step) -> None:
        linked = self.flow()
        given = {name: pack(self.read(expr, linked, self.on().last)) for name, expr in step.args.items()}
        self.acting().post(step.action, given)

    def reply_as(self, step: p.Step) -> None:
        who = self.whom(step)
        stage = self.acting()
        stage.say(step.text, who="" if who == stage.worker.record["id"] else who)

    def press(self, step: p.Step) -> None:
        self.acting().press(step.text)

    def hang_up(self, step: p.Step) -> None:
        self.acting().hang_up()

    def silence(self, step: p.Step) -> None:
        self.acting().wait(step.seconds * 1000)

    def gives(self, step: p.Step) -> None:
        results = {name: pack(self.read(expr, self.flow())) for name, expr in step.args.items()}
        self._tell(step.action, Told(results))

    def fails(self, step: p.Step) -> None:
        self._tell(step.action, Told(failed=True))

    def _tell(self, action: str, told: Told) -> None:
        self.told[action] = told

    # ------------------------------------------------------------ expecting

    def said(self, to: str = "") -> list[tuple[int, Line]]:
        """What was sent since the last line that did something, and not yet expected."""
        return [
            (number, line)
            for number, line in enumerate(self.on().log)
            if number >= self.seen and line.by != "worker" and line.to == to
        ]

    def expect(self, step: p.Step) -> None:
        self._expect(step.text, self.said(), "")

    def expect_voice(self, step: p.Step) -> None:
        self._expect(step.text, [(number, line) for number, line in self.said() if line.voice], " in the call")

    def expect_to(self, step: p.Step) -> None:
        to = self.whom(step)
        self._expect(step.text, self.said(to), f" to {to}")

    def _expect(self, pattern: str, lines: list[tuple[int, Line]], to: str) -> None:
        found = next((number for number, line in lines if matches(pattern, line.text)), None)
        if found is None:
            raise _Failed(f"a message{to}: {pattern}{self._why_not(pattern, lines)}")
        if not self.on().log[found].to:
            self.seen = found + 1

    def _why_not(self, pattern: str, lines: list[tuple[int, Line]]) -> str:
        """What may have been meant, where that can be seen."""
        if any(matches(pattern + "*", line.text) for _, line in lines):
            return "\nA message begins so. To let anything follow, end the line with `*`."
        earlier = self.on().log[self.done : self.seen]
        if any(matches(pattern, line.text) for line in earlier if line.by != "worker"):
            return "\nIt was sent earlier: write the lines `expect` in the order in which the messages come."
        return ""

    def expect_not(self, step: p.Step) -> None:
        if any(matches(step.text, line.text) for _, line in self.said()):
            raise _Failed(f"no message: {step.text}")

    def expect_nothing(self, step: p.Step) -> None:
        if self.said():
            raise _Failed("no message")

    def expect_nothing_to(self, step: p.Step) -> None:
        to = self.whom(step)
        if self.said(to):
            raise _Failed(f"no message to {to}")

    def expect_that(self, step: p.Step) -> None:
        state = self.on().last
        if step.when is None or self.read(step.when, self.flow(), state) is not True:
            raise _Failed((step.text or "this to be so") + self._found(step.when, state))

    def _found(self, when: p.Expr | None, state: Session | None) -> str:
        """What the left side of a comparison is instead."""
        if not isinstance(when, p.Op) or len(when.args) < 2 or isinstance(when.args[0], p.Const | p.Op):
            return ""
        found = self.read(when.args[0], self.flow(), state)
        return "\nIt is " + (written(found) or "empty") + "."

    def whom(self, step: p.Step) -> str:
        """Who is meant by `expect to …`."""
        stage, target = self.on(), step.who
        if target is None:
            return ""
        who: dict[str, Packed] = {"kind": target.kind, "name": target.name}
        if target.of is not None and target.kind == "worker":
            who["worker"] = pack(self.read(target.of, self.flow(), stage.last))
        return receiver(who, stage.worker)

    def read(self, expr: p.Expr, linked: Linked, state: Session | None = None) -> Value:
        """The value of an expression in a test: of the conversation as it is, or was at its end."""
        state = state or Session(linked.hash, linked.program.flow)
        if state.flow != linked.program.flow:
            linked = self.library.of(state.program)
        stage = self.stage
        member = stage.worker if stage else self.members["moses"]
        if stage is not None:
            state.results.update({system: _by_element(values) for system, values in stage.submitted.items()})
        state.results.update(_of_runs(state))
        facts, look = facts_of(member), linked.expressions.read(expr)
        for _ in range(needs.ROUNDS):
            try:
                return look(Scene(linked, state, facts, stage.now if stage else OPENING))
            except Needed as raised:
                need = needs.of(raised)
                facts = needs.answered(facts, need, stage.people(need.target, member) if stage else {})
        raise RuntimeError("an expression asks for people again and again")


_STEPS: dict[str, Callable[[_Rehearsing, p.Step], None]] = {
    "start": _Rehearsing.start,
    "event": _Rehearsing.event,
    "reply": _Rehearsing.reply,
    "silence": _Rehearsing.silence,
    "gives": _Rehearsing.gives,
    "fails": _Rehearsing.fails,
    "expect": _Rehearsing.expect,
    "expect_to": _Rehearsing.expect_to,
    "expect_not": _Rehearsing.expect_not,
    "expect_nothing": _Rehearsing.expect_nothing,
    "expect_nothing_to": _Rehearsing.expect_nothing_to,
    "expect_that": _Rehearsing.expect_that,
    "expect_voice": _Rehearsing.expect_voice,
    "reply_as": _Rehearsing.reply_as,
    "press": _Rehearsing.press,
    "hang_up": _Rehearsing.hang_up,
}


def matches(pattern: str, text: str) -> bool:
    """Is the whole message as the pattern says?  `*` is any text; line breaks and spaces count as one space."""
    parts = [re.escape(" ".join(part.split())) for part in pattern.split("*")]
    loose = r"\s*.*\s*".join(parts).replace(r"\ ", " ")
    return re.fullmatch(loose, " ".join(text.split()), re.DOTALL) is not None


def _moment(at: str, zone: str) -> int:
    if not at:
        return OPENING
    day, _, hour = at.rpartition(" ")
    start = date.fromisoformat(day) if day else datetime.fromtimestamp(OPENING / 1000, UTC).date()
    return moments.at(start, time.fromisoformat(hour), zone)


def _made_up(person: p.Person) -> Member:
    base = cast()["moses"]
    base.record["id"] = person.name
    base.record["supervisor"] = f"supervisor of {person.name}"
    return with_fields(base, person.fields)


def stand_in(spec: p.InputSpec, worker: Member, today: date) -> Packed:
    """What an input holds that nobody gave (RULES T2)."""
    if spec.many == "rows":
        return pack(
            tuple(tuple(f"{column} {number + 1}" for column in spec.columns) for number in range(spec.least or 1))
        )
    if spec.many:
        return pack((unpack(stand_in(msgspec.structs.replace(spec, many=""), worker, today)),))
    if spec.worker:
        return str(supervisor_of(worker)["id"])
    if spec.optional:
        return None
    if spec.choices:
        return spec.choices[0].code
    if spec.type.kind in ("whole", "number", "decimal"):
        low = spec.type.low
        return pack(constant(low)) if isinstance(low, p.Const) else 0
    by_kind: dict[str, Packed] = {"date": pack(today), "yesno": True}
    return by_kind.get(spec.type.kind, spec.name)


def _of_runs(state: Session) -> dict[str, dict[str, Packed]]:
    """What the flows that were run left, as results by the name of the run."""
    found: dict[str, dict[str, Packed]] = {}
    for key, value in {**state.variables, **state.answers}.items():
        name, dot, part = key.partition("/")[0].rpartition(".")
        if dot:
            found.setdefault(name, {})[part] = value
    return found


def _by_element(values: dict[str, Packed]) -> dict[str, Packed]:
    return {element: pack(unpack(value)) for element, value in values.items()}
